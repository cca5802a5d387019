"""What docs/demo.md has to show beyond the nine steps, a picture of each: one demo, as it was after each test."""

import os
import re
import signal

import pytest
from playwright.sync_api import expect

from dashboard import screenshots
from dashboard.demo import NAMES
from dashboard.exchange_row import candidates, opened
from dashboard.visit import Visit
from support.load import Load, kinds
from support.polling import wait_until


@pytest.fixture(scope="module")
def shared_visit(browser, shared_demo):
    """A tab that moves dots, as the readers of the documents see them."""
    with Visit(browser, shared_demo.admin_address) as visit:
        yield visit.wait_until_ready()


def test_an_opened_request_tells_each_candidates_load_weight_and_verdict(demo, dashboard):
    demo.admin.succeed(f"{demo.admin.service}/strategy", "PUT", {"strategy": "least_connections"})
    demo.admin.change("Server-2", weight=2)
    busy = [demo.held_request() for _ in range(3)]
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
    screenshots.take(dashboard, "why-this-server", ".area-recent")
    for request in busy:
        request.finish()


def seconds_left(word):
    """The seconds that a server's card says are left of a drain."""
    expect(word).to_have_text(re.compile(r"^Draining, \d+ s left$"))
    return int(word.inner_text().split()[1])


def test_a_drain_counts_down_while_a_request_is_in_flight_and_lets_it_end(demo, dashboard):
    slow = [demo.held_request() for _ in range(3)]
    expect(dashboard.card("Server-1").locator('[data-figure="in-flight"]')).to_have_text("1")
    dashboard.button("Drain Server-1").click()
    expect(dashboard.find("#notice")).to_contain_text("1 request in flight may end")
    word = dashboard.state("Server-1")
    left = seconds_left(word)
    assert left <= 30, "the page's own drain is half a minute"
    wait_until(lambda: seconds_left(word) < left, 10, "the seconds count down")
    screenshots.take(dashboard, "draining", "#servers")
    assert {demo.get().server for _ in range(6)} == {"Server-2", "Server-3"}
    assert {request.finish().status for request in slow} == {200}
    expect(dashboard.card("Server-1").locator('[data-figure="in-flight"]')).to_have_text("0")
    expect(word).to_have_text("Stopped")


def test_weights_share_in_their_ratio(demo, dashboard):
    weight = dashboard.card("Server-1").locator('[data-action="weight"]')
    weight.fill("4")
    weight.press("Enter")
    expect(dashboard.find("#notice")).to_have_text("Server-1 has weight 4.")
    answered = [demo.get().server for _ in range(12)]
    assert [answered.count(name) for name in NAMES] == [8, 2, 2]
    expect(dashboard.find('#distribution-legend > [data-server="Server-1"]')).to_contain_text("66.7 % · 8")
    screenshots.take(dashboard, "weights", "#distribution", "#servers")


def test_the_first_line_says_whether_anything_is_served(demo, dashboard):
    icon = dashboard.find("#icon")
    expect(icon).to_have_attribute("href", "/assets/icon.svg")
    dashboard.button("Stop Server-1").click()
    expect(dashboard.find("#status-healthy")).to_have_text("2 of 3 in turn · 1 stopped")
    expect(dashboard.find("#status-state .label")).to_have_text("Running")
    expect(icon).to_have_attribute("href", "/assets/icon-part.svg")
    dashboard.button("Stop Server-2").click()
    dashboard.button("Stop Server-3").click()
    expect(dashboard.find("#status-healthy")).to_have_text("0 of 3 in turn · 3 stopped")
    expect(dashboard.find("#status-state .label")).to_have_text("No server")
    expect(dashboard.page).to_have_title(re.compile(r"^0/3 in turn"))
    expect(icon).to_have_attribute("href", "/assets/icon-down.svg")


def test_a_killed_backend_is_down_with_its_reason_and_start_sends_it_no_traffic(demo, dashboard):
    with Load(demo.address, connections=4) as load:
        load.wait_for(50)
        demo.kill_server("Server-2")
        expect(dashboard.state("Server-2")).to_have_text("Down")
        expect(dashboard.card("Server-2").locator(".card-health")).to_contain_text(re.compile("[Cc]onnection refused"))
        expect(dashboard.card("Server-2").locator(".card-check")).to_contain_text("next check")
        expect(dashboard.find("#status-healthy")).to_have_text("2 of 3 in turn · 1 down")
        expect(dashboard.find("#changes")).to_contain_text("Server-2 is down")
        screenshots.take(dashboard, "server-down", ".topbar", "#servers")

        dashboard.button("Stop Server-2").click()
        expect(dashboard.state("Server-2")).to_have_text("Stopped")
        expect(dashboard.card("Server-2").locator(".card-health")).to_contain_text("down for")
        dashboard.button("Start Server-2").click()
        expect(dashboard.find("#notice")).to_contain_text("takes part once")
        expect(dashboard.state("Server-2")).to_have_text("Down")
        got, failures = demo.requests_of("Server-2"), demo.admin.server("Server-2")["failures"]
        load.wait_for(100)
        assert demo.requests_of("Server-2") == got
        assert demo.admin.server("Server-2")["failures"] == failures

        test = demo.admin.succeed("/api/v1/tests", "POST", {"duration_seconds": 30, "concurrency": 20}, status=201)
        expect(dashboard.find("#test-progress")).to_contain_text("of 30 s")
        dashboard.ticks(4)
        screenshots.take(dashboard, "dashboard", ".topbar", "#servers")
        demo.admin.succeed(f"/api/v1/tests/{test['id']}", "DELETE")

        demo.revive_server("Server-2")
        expect(dashboard.state("Server-2")).to_have_text("Up")
        load.wait_for(20, server="Server-2")
        outcomes = load.stop()
    assert kinds(outcomes) == {"200": len(outcomes)}, "clients noticed nothing"


def test_a_frozen_server_is_found_by_its_checks_and_thawed_it_is_back(demo, dashboard):
    os.kill(demo.pid_of("Server-3"), signal.SIGSTOP)
    try:
        expect(dashboard.state("Server-3")).to_have_text("Down", timeout=25_000)
        expect(dashboard.card("Server-3").locator(".card-health")).to_contain_text("timed out")
        screenshots.take(dashboard, "frozen-server", '#servers > [data-server="Server-3"]')
    finally:
        os.kill(demo.pid_of("Server-3"), signal.SIGCONT)
    expect(dashboard.state("Server-3")).to_have_text("Up", timeout=25_000)
