"""The nine steps that docs/demo.md walks through, in its order, on one demo and in one tab. A picture of each."""

import re

import pytest
from playwright.sync_api import expect

from dashboard import screenshots
from dashboard.demo import NAMES, Demo
from dashboard.visit import Visit
from support.load import Load, kinds
from support.polling import wait_until
from support.process import Process


@pytest.fixture(scope="module")
def demo():
    with Demo() as running:
        yield running


@pytest.fixture(scope="module")
def show(browser, demo):
    with Visit(browser, demo.admin_address, height=1000) as visit:
        yield visit.wait_until_ready()


@pytest.fixture(autouse=True)
def no_complaint(show):
    """Each step leaves the page without a complaint."""
    yield
    show.check()


def choose(show, strategy):
    """Chooses a strategy by its title."""
    show.find("#strategy").select_option(label=strategy)
    expect(show.find("#status-strategy")).to_have_text(strategy)


def served(show, name):
    """How many requests a server's card says."""
    return show.number(show.card(name).locator('[data-figure="served"]'))


def run_load_test(show):
    """Presses Load Test, and gives who answered how many, as the result says."""
    before = show.find("#test-result").get_attribute("data-test")
    show.find("#load-test").click()
    expect(show.find("#test-result")).not_to_have_attribute("data-test", before or "none")
    expect(show.find("#test-result")).to_have_attribute("data-state", "finished")
    rows = show.find("#test-result .test-servers tbody tr").all()
    return {row.get_attribute("data-server"): show.number(row.locator("td").first) for row in rows}


def test_step_1_start_everything(show):
    expect(show.find("#status-state")).to_have_text("Running")
    expect(show.find("#status-healthy")).to_have_text("3 of 3 in turn")
    for name in NAMES:
        expect(show.state(name)).to_have_text("Up")
    screenshots.take(show, "step-1-start", ".topbar", "#servers")


def test_step_2_round_robin_shares_evenly(demo, show):
    choose(show, "Round Robin")
    answered = [demo.get().server for _ in range(9)]
    assert sorted(answered[:3]) == NAMES and answered == answered[:3] * 3
    for name in NAMES:
        expect(show.find(f'#distribution-legend > [data-server="{name}"]')).to_contain_text("33.3 % · 3")
    screenshots.take(show, "step-2-round-robin", "#metrics", "#flow", "#controls")


def test_step_3_least_connections_looks_alike_while_requests_are_short(demo, show):
    choose(show, "Least Connections")
    answered = [demo.get().server for _ in range(6)]
    assert sorted(answered) == sorted(NAMES * 2)
    expect(show.metric("total")).to_have_text("15")
    screenshots.take(show, "step-3-least-connections", "#flow", "#controls")


def test_step_4_slow_requests_are_seen_in_flight(demo, show):
    slow = [demo.held_request("/?delay=3000") for _ in range(6)]
    expect(show.metric("in-flight")).to_have_text("6")
    for name in NAMES:
        expect(show.card(name).locator('[data-figure="in-flight"]')).to_have_text("2")
    screenshots.take(show, "step-4-in-flight", "#metrics", "#servers")
    assert {request.finish().status for request in slow} == {200}
    expect(show.metric("in-flight")).to_have_text("0")
    expect(show.find("#recent")).to_contain_text("GET /?delay=3000")


def test_step_5_a_slow_server_gets_less_of_the_work(demo, show):
    demo.delay_server("Server-1", 1500)
    try:
        with Load(demo.address, connections=6) as load:
            load.wait_for(120)
            expect(show.find('#flow-servers [data-server="Server-1"] .flow-share')).to_have_text(re.compile(r"^\d(\.\d+)? %$"))
            screenshots.take(show, "step-5-slow-server", "#flow", "#servers")
            outcomes = load.stop()
    finally:
        demo.delay_server("Server-1", 0)
    assert kinds(outcomes) == {"200": len(outcomes)}
    slow = sum(outcome.server == "Server-1" for outcome in outcomes)
    assert slow * 4 < len(outcomes) / 3, "a fair third would be four times as much at least"


def test_step_6_a_stopped_server_is_missed_by_nobody(show):
    show.button("Stop Server-3").click()
    expect(show.state("Server-3")).to_have_text("Stopped")
    answered = run_load_test(show)
    assert sum(answered.values()) == 50 and answered.get("Server-3", 0) == 0
    expect(show.find("#test-result .test-state")).to_contain_text("Finished")
    show.ticks(2)
    screenshots.take(show, "step-6-server-stopped", "#flow", "#servers")
    show.button("Start Server-3").click()
    expect(show.state("Server-3")).to_have_text("Up")
    assert run_load_test(show)["Server-3"] > 0


def test_step_7_the_load_test_tells_what_came_of_it(show):
    answered = run_load_test(show)
    assert sum(answered.values()) == 50 and sorted(answered) == NAMES
    expect(show.find("#test-result .test-match")).to_have_text("The balancer counted the same: 50 requests")
    screenshots.take(show, "step-7-load-test", "#controls")
    show.button("Pause live").click()
    expect(show.find('[data-banner="paused"]')).to_contain_text("The view is frozen")
    show.button("Resume live").click()
    expect(show.find('[data-banner="paused"]')).to_have_count(0)


def test_step_8_the_stress_test_keeps_fifty_requests_under_way(show):
    show.find("#stress-test").click()
    progress = show.find("#test-progress")
    expect(progress).to_contain_text("of 30 s")
    expect(progress).to_contain_text("50 at once")
    for name in NAMES:
        expect(show.card(name).locator('[data-figure="in-flight"]')).to_have_text(re.compile(r"^\d\d$"))
    show.ticks(4)
    screenshots.take(show, "step-8-stress-test", "#metrics", "#flow", "#controls")
    show.button("Cancel").click()
    expect(show.find("#test-result")).to_have_attribute("data-state", "cancelled")


def test_step_9_continuous_traffic_adapts_to_a_server_that_goes_and_comes(start, demo, show):
    traffic = start(Process("load", "--continuous", "--rate", "40", f"http://{demo.address}/"))
    before = {name: served(show, name) for name in NAMES}
    for name in NAMES:
        wait_until(lambda name=name: served(show, name) > before[name], 10, f"{name} serves")
    show.button("Stop Server-2").click()
    expect(show.state("Server-2")).to_have_text("Stopped")
    stopped = demo.requests_of("Server-2")
    show.ticks(4)
    assert served(show, "Server-2") == demo.requests_of("Server-2") <= stopped + 1, "one may have been under way"
    screenshots.take(show, "step-9-continuous", "#servers", "#throughput", ".area-recent")
    show.button("Start Server-2").click()
    wait_until(lambda: served(show, "Server-2") > stopped + 1, 10, "Server-2 serves again")
    assert traffic.is_running
    lines = traffic.output.splitlines()
    assert len([line for line in lines if "Server-" in line]) > 20, traffic.output
    assert demo.admin.state()["requests"]["failed"] == 0
