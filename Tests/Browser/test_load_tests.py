"""Load tests from the page: exact results, visible progress, one at a time, and a form that says what is wrong."""

import re

import pytest
from playwright.sync_api import expect

from dashboard import screenshots
from dashboard.demo import NAMES
from support.load import Load


def result(dashboard):
    """The figures of the result, by name."""
    pairs = dashboard.find("#test-result .figures-grid > div").all()
    return {pair.locator("dt").inner_text(): pair.locator("dd").inner_text() for pair in pairs}


def finish(dashboard, state="finished"):
    """Waits for the test that is under way."""
    expect(dashboard.find("#test-progress")).to_be_hidden()
    expect(dashboard.find("#test-result")).to_have_attribute("data-state", state)


def custom(dashboard, **fields):
    """Opens the form of the custom test and fills it in."""
    dashboard.find("#custom-test").click()
    expect(dashboard.find("#custom-dialog")).to_be_visible()
    bound = "duration" if "duration" in fields else "requests"
    dashboard.find(f'#custom-bound label:has([value="{bound}"])').click()
    for name, value in fields.items():
        dashboard.find(f"#custom-{name}").fill(str(value))


def begin_custom(dashboard, **fields):
    """Starts a custom test."""
    custom(dashboard, **fields)
    dashboard.find("#custom-start").click()
    expect(dashboard.find("#custom-dialog")).to_be_hidden()


def problem(dashboard, field):
    """What is said of a field of the form."""
    return dashboard.find(f"#custom-{field}-problem")


def test_the_load_test_of_50_requests_is_told_exactly(demo, dashboard):
    dashboard.find("#load-test").click()
    finish(dashboard)
    figures = result(dashboard)
    assert [figures[name] for name in ("Total", "Successful", "Failed")] == ["50", "50", "0"]
    for name in ("Average", "Minimum", "Maximum", "p50", "p90", "p95", "p99", "p99.9", "Connecting"):
        assert re.fullmatch(r"[\d.]+ (ms|s)", figures[name]), (name, figures[name])
    assert re.fullmatch(r"[\d.,]+ req/s", figures["Rate"])
    rows = dashboard.find("#test-result .test-servers tbody tr").all()
    shares = {row.get_attribute("data-server"): int(row.locator("td").first.inner_text()) for row in rows}
    assert sorted(shares) == NAMES and sum(shares.values()) == 50 and max(shares.values()) - min(shares.values()) <= 1
    expect(dashboard.find("#test-result .test-match")).to_have_text("The balancer counted the same: 50 requests")
    expect(dashboard.metric("total")).to_have_text("50")
    assert {name: demo.requests_of(name) for name in NAMES} == shares


def test_with_every_server_stopped_all_50_have_failed(demo, dashboard):
    for name in NAMES:
        demo.admin.change(name, administrative_state="disabled")
    expect(dashboard.find('[data-banner="no-server"]')).to_be_visible()
    dashboard.find("#load-test").click()
    finish(dashboard)
    expect(dashboard.find("#test-result .test-state")).to_have_text("Finished, with 50 failures")
    figures = result(dashboard)
    assert [figures[name] for name in ("Total", "Successful", "Failed")] == ["50", "0", "50"]
    expect(dashboard.find("#test-result .test-errors")).to_have_text("answered 5xx: 50")


def test_requests_of_others_are_none_of_the_test(demo, dashboard):
    with Load(demo.address, connections=2) as load:
        load.wait_for(10)
        dashboard.find("#load-test").click()
        finish(dashboard)
    expect(dashboard.find("#test-result .test-match")).to_have_text("The balancer counted the same: 50 requests")
    expect(dashboard.find("#test-result .test-warning")).to_be_hidden()


def test_a_rate_that_was_not_reached_is_told(dashboard):
    begin_custom(dashboard, requests=20, concurrency=1, rate=1000, path="/?delay=20")
    finish(dashboard)
    expect(dashboard.find("#test-result .test-warning")).to_have_text(
        re.compile(r"^The rate was not reached: asked for 1,000 requests/s, reached [\d.]+\.$"))
    assert result(dashboard)["Statuses"] == "200: 20"


def test_the_stress_test_means_50_connections_for_30_s_and_can_be_cancelled(demo, dashboard):
    dashboard.find("#stress-test").click()
    expect(dashboard.find("#test-progress")).to_contain_text("of 30 s")
    plan = demo.admin.get("/api/v1/status")["test"]["plan"]
    assert (plan["duration_seconds"], plan["requests"], plan["concurrency"]) == (30, None, 50)
    dashboard.find("#cancel-test").click()
    expect(dashboard.find("#notice")).to_have_text(re.compile(r"^Test \d+ (stops|is cancelled)\.$"))
    finish(dashboard, "cancelled")
    expect(dashboard.find("#test-result .test-state")).to_contain_text("Cancelled")
    expect(dashboard.find("#test-result .figures-grid")).to_be_visible()
    expect(dashboard.find("#load-test")).to_be_focused()


def test_progress_is_seen_to_go_on_while_the_page_stays_alive(dashboard):
    begin_custom(dashboard, duration=4, concurrency=20)
    bar = dashboard.find("#test-progress progress")
    seen = []
    for _ in range(3):
        dashboard.ticks(1)
        seen.append(bar.evaluate("node => node.value"))
    assert seen == sorted(set(seen)) and 0 < seen[0] < seen[-1] < 1, seen
    expect(dashboard.find("#test-progress")).to_contain_text(re.compile(r"[\d,]+ ok · 0 failed · 20 at once"))
    finish(dashboard)
    assert 3.9 < float(result(dashboard)["Took"].split()[0]) < 6


def test_a_test_at_a_rate_sends_as_many_as_were_asked_for(demo, dashboard):
    begin_custom(dashboard, requests=60, concurrency=10, rate=40, path="/?delay=5")
    finish(dashboard)
    figures = result(dashboard)
    assert figures["Total"] == "60"
    assert float(figures["Took"].split()[0]) >= 1.4
    expect(dashboard.find("#recent > li .exchange-target").first).to_have_text("GET /?delay=5")


@pytest.mark.parametrize("field, value, words", [
    ("requests", "0", "1 to 1,000,000"), ("requests", "many", "whole number"), ("concurrency", "9001", "1 to 9,000"),
    ("rate", "0", "1 to 100,000"), ("path", "no-slash", "/"), ("duration", "601", "1 to 600")])
def test_the_form_says_beside_the_field_what_is_wrong(demo, dashboard, field, value, words):
    tests = len(demo.admin.get("/api/v1/tests")["tests"])
    custom(dashboard, **{field: value})
    dashboard.find("#custom-start").click()
    expect(problem(dashboard, field)).to_contain_text(words)
    expect(dashboard.find(f"#custom-{field}")).to_have_attribute("aria-invalid", "true")
    expect(dashboard.find(f"#custom-{field}")).to_be_focused()
    expect(dashboard.find("#custom-dialog")).to_be_visible()
    assert len(demo.admin.get("/api/v1/tests")["tests"]) == tests
    usual = {"requests": "1000", "concurrency": "10", "rate": "", "path": "/", "duration": "30"}
    dashboard.find(f"#custom-{field}").fill(usual[field])
    expect(problem(dashboard, field)).to_have_text("")


def test_a_second_test_is_refused_with_the_reason(demo, dashboard):
    dashboard.allow("409 ")
    custom(dashboard, requests=20, concurrency=1)
    demo.admin.succeed("/api/v1/tests", "POST", {"duration_seconds": 60, "concurrency": 2}, status=201)
    dashboard.find("#custom-start").click()
    expect(dashboard.find("#custom-error")).to_contain_text("still runs")
    expect(dashboard.find("#custom-dialog")).to_be_visible()
    screenshots.take(dashboard, "second-test-refused")
    dashboard.find("#custom-close").click()
    for button in ("#load-test", "#stress-test", "#custom-test"):
        expect(dashboard.find(button)).to_have_attribute("aria-disabled", "true")
    expect(dashboard.find("#tests-note")).to_have_text("A test is under way: one at a time.")
    dashboard.find("#cancel-test").click()
    finish(dashboard, "cancelled")
    expect(dashboard.find("#load-test")).not_to_have_attribute("aria-disabled", "true")
