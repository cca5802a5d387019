"""Servers die, stop, drain and come back, and their cards tell it."""

import re

import pytest
from playwright.sync_api import expect

from dashboard import screenshots
from dashboard.demo import NAMES
from support.load import Load, kinds


def state_of(dashboard, name):
    """The word of a card's state."""
    return dashboard.card(name).locator('[data-part="state"]')


def test_a_killed_backend_is_down_with_its_reason_and_start_sends_it_no_traffic(own_demo, visit):
    dashboard = visit(own_demo)
    with Load(own_demo.address, connections=4) as load:
        load.wait_for(50)
        own_demo.kill_server("Server-2")
        expect(state_of(dashboard, "Server-2")).to_have_text("Down")
        expect(dashboard.card("Server-2").locator(".card-health")).to_contain_text(re.compile("[Cc]onnection refused"))
        expect(dashboard.card("Server-2").locator(".card-check")).to_contain_text("next check")
        expect(dashboard.find("#status-healthy")).to_have_text("2 of 3 up")
        expect(dashboard.find("#changes")).to_contain_text("Server-2 is down")
        screenshots.take(dashboard, "server-down", whole=True)

        dashboard.button("Stop Server-2").click()
        expect(state_of(dashboard, "Server-2")).to_have_text("Stopped")
        expect(dashboard.card("Server-2").locator(".card-health")).to_contain_text("down for")
        dashboard.button("Start Server-2").click()
        expect(dashboard.find("#notice")).to_contain_text("takes part once its checks pass")
        expect(state_of(dashboard, "Server-2")).to_have_text("Down")
        got, failures = own_demo.requests_of("Server-2"), own_demo.admin.server("Server-2")["failures"]
        load.wait_for(100)
        assert own_demo.requests_of("Server-2") == got
        assert own_demo.admin.server("Server-2")["failures"] == failures

        own_demo.revive_server("Server-2")
        expect(state_of(dashboard, "Server-2")).to_have_text("Up")
        load.wait_for(20, server="Server-2")
        outcomes = load.stop()
    assert kinds(outcomes) == {"200": len(outcomes)}, "clients noticed nothing"


def test_stop_takes_traffic_away_and_start_gives_it_back(demo, dashboard):
    dashboard.button("Stop Server-3").click()
    expect(dashboard.find("#notice")).to_have_text("Server-3 is stopped: it gets nothing new. Start undoes it.")
    expect(state_of(dashboard, "Server-3")).to_have_text("Stopped")
    assert {demo.get().server for _ in range(6)} == {"Server-1", "Server-2"}
    dashboard.button("Start Server-3").click()
    expect(dashboard.find("#notice")).to_have_text("Server-3 takes part again.")
    expect(state_of(dashboard, "Server-3")).to_have_text("Up")
    assert {demo.get().server for _ in range(6)} == set(NAMES)


def test_a_drain_counts_down_while_a_request_is_in_flight_and_lets_it_end(demo, dashboard):
    slow = [demo.slow_request(4000) for _ in range(3)]
    expect(dashboard.card("Server-1").locator('[data-figure="in-flight"]')).to_have_text("1")
    dashboard.button("Drain Server-1").click()
    expect(dashboard.find("#notice")).to_have_text("Server-1 drains: nothing new, and 1 request in flight may end.")
    word = state_of(dashboard, "Server-1")
    expect(word).to_have_text(re.compile(r"^Draining, (29|30) s left$"))
    expect(word).to_have_text(re.compile(r"^Draining, (27|28) s left$"))
    screenshots.take(dashboard, "draining")
    assert {demo.get().server for _ in range(6)} == {"Server-2", "Server-3"}
    assert {request.finish().status for request in slow} == {200}
    expect(dashboard.card("Server-1").locator('[data-figure="in-flight"]')).to_have_text("0")


def test_a_drain_can_be_cut_short_or_taken_back(demo, dashboard):
    slow = [demo.slow_request(4000) for _ in range(3)]
    expect(dashboard.metric("in-flight")).to_have_text("3")
    dashboard.button("Drain Server-1").click()
    dashboard.button("Start Server-1").click()
    expect(state_of(dashboard, "Server-1")).to_have_text("Up")
    dashboard.button("Drain Server-2").click()
    dashboard.button("Stop now Server-2").click()
    expect(state_of(dashboard, "Server-2")).to_have_text("Stopped")
    for request in slow:
        request.finish()


def test_weights_share_in_their_ratio(demo, dashboard):
    weight = dashboard.card("Server-1").locator('[data-action="weight"]')
    weight.fill("4")
    weight.press("Enter")
    expect(dashboard.find("#notice")).to_have_text("Server-1 has weight 4.")
    answered = [demo.get().server for _ in range(12)]
    assert [answered.count(name) for name in NAMES] == [8, 2, 2]
    expect(dashboard.find('#distribution-legend > [data-server="Server-1"]')).to_contain_text("66.7 % · 8")


@pytest.mark.parametrize("weight", ["0", "257", "1.5"])
def test_a_weight_that_cannot_be_is_refused_with_the_reason(demo, dashboard, weight):
    dashboard.allow("400 ")
    field = dashboard.card("Server-1").locator('[data-action="weight"]')
    field.fill(weight)
    field.press("Enter")
    expect(dashboard.find("#notice")).to_have_attribute("data-tone", "bad")
    expect(dashboard.find("#notice")).to_contain_text(re.compile("weight", re.IGNORECASE))
    expect(field).to_have_value("1")
    assert demo.admin.server("Server-1")["weight"] == 1
