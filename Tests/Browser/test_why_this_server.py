""""Why this server?": each recent request tells what its strategy saw."""

import os
import signal

from playwright.sync_api import expect

from dashboard import screenshots


def opened(dashboard, target):
    """Opens the request with this target, and gives its row."""
    row = dashboard.find("#recent > li", has_text=target).first
    row.locator("button").click()
    expect(row.locator(".exchange-detail")).to_be_visible()
    return row


def candidates(row):
    """What is said of each candidate: (in flight, weight, verdict) by its name."""
    found = {}
    for line in row.locator(".candidates tbody tr").all():
        in_flight, weight, verdict = line.locator("td").all_inner_texts()
        found[line.locator("th").inner_text()] = (int(in_flight), int(weight), verdict)
    return found


def test_an_opened_request_tells_each_candidates_load_weight_and_verdict(demo, dashboard):
    demo.admin.succeed(f"{demo.admin.service}/strategy", "PUT", {"strategy": "least_connections"})
    demo.admin.change("Server-2", weight=2)
    busy = [demo.slow_request(1500) for _ in range(3)]
    expect(dashboard.metric("in-flight")).to_have_text("3")
    taken = {server["name"]: server["in_flight"] for server in demo.admin.state()["servers"]}
    chosen = demo.get("/?why").server
    row = opened(dashboard, "GET /?why")
    said = candidates(row)
    assert {name: (load, weight) for name, (load, weight, _) in said.items()} == {
        name: (taken[name], 2 if name == "Server-2" else 1) for name in taken}
    assert said[chosen][2] == "picked"
    assert {said[name][2] for name in said if name != chosen} == {"could have been picked"}
    expect(row.locator(".pick-explanation")).to_contain_text(f"Least Connections: {chosen}")
    expect(row.locator(".facts")).to_contain_text("127.0.0.1")
    screenshots.take(dashboard, "why-this-server", of=".area-recent")
    for request in busy:
        request.finish()


def test_those_left_out_are_told_with_their_reason(own_demo, visit):
    dashboard = visit(own_demo)
    own_demo.kill_server("Server-1")
    expect(dashboard.card("Server-1")).to_have_attribute("data-state", "down")
    own_demo.admin.change("Server-2", administrative_state="disabled")
    assert own_demo.get("/?only").server == "Server-3"
    said = candidates(opened(dashboard, "GET /?only"))
    assert {name: verdict for name, (_, _, verdict) in said.items()} == {
        "Server-1": "down", "Server-2": "stopped", "Server-3": "picked"}


def test_a_request_that_was_tried_again_tells_both_picks(own_demo, visit):
    dashboard = visit(own_demo)
    # The kernel still takes connections for a frozen server, and nobody answers; a dead one refuses at once.
    own_demo.kill_server("Server-2")
    answers = [own_demo.get(f"/?try={number}") for number in range(3)]
    assert [answer.status for answer in answers] == [200] * 3
    row = dashboard.find("#recent > li", has=dashboard.page.locator(".exchange-tries")).first
    row.locator("button").click()
    titles = row.locator(".pick h3")
    expect(titles).to_have_text(["Why this server? Attempt 1 of 2", "Why this server? Attempt 2 of 2"])
    expect(row.locator(".pick").nth(1)).to_contain_text("tried already")
    screenshots.take(dashboard, "tried-again", of=".area-recent")


def test_a_frozen_server_is_found_by_its_checks(own_demo, visit):
    dashboard = visit(own_demo)
    os.kill(own_demo.pid_of("Server-3"), signal.SIGSTOP)
    expect(dashboard.card("Server-3")).to_have_attribute("data-state", "down", timeout=25_000)
    expect(dashboard.card("Server-3").locator(".card-health")).to_contain_text("timed out")
    screenshots.take(dashboard, "frozen-server", of='#servers > [data-server="Server-3"]')
    os.kill(own_demo.pid_of("Server-3"), signal.SIGCONT)
    expect(dashboard.card("Server-3")).to_have_attribute("data-state", "up", timeout=25_000)
