""""Why this server?": each recent request tells what its strategy saw."""

from playwright.sync_api import expect

from dashboard.exchange_row import candidates, opened


def test_those_left_out_are_told_with_their_reason(demo, dashboard):
    demo.kill_server("Server-1")
    expect(dashboard.card("Server-1")).to_have_attribute("data-state", "down")
    demo.admin.change("Server-2", administrative_state="disabled")
    assert demo.get("/?only").server == "Server-3"
    said = candidates(opened(dashboard, "GET /?only"))
    assert {name: verdict for name, (_, _, verdict) in said.items()} == {
        "Server-1": "down", "Server-2": "stopped", "Server-3": "picked"}


def test_a_request_that_was_tried_again_tells_both_picks(demo, dashboard):
    # Checks need three failures to tell; until then a pick may be wrong, and is made good by another.
    demo.kill_server("Server-2")
    answers = [demo.get(f"/?try={number}") for number in range(3)]
    assert [answer.status for answer in answers] == [200] * 3
    row = dashboard.find("#recent > li", has=dashboard.page.locator(".exchange-tries")).first
    row.locator("button").click()
    titles = row.locator(".pick h3")
    expect(titles).to_have_text(["Why this server? Attempt 1 of 2", "Why this server? Attempt 2 of 2"])
    expect(row.locator(".pick").nth(1)).to_contain_text("tried already")
