"""Servers die, stop, drain and come back, and their cards tell it."""

import re

import pytest
from playwright.sync_api import expect

from dashboard.demo import NAMES


def test_stop_takes_traffic_away_and_start_gives_it_back(demo, dashboard):
    dashboard.button("Stop Server-3").click()
    expect(dashboard.find("#notice")).to_contain_text("Server-3 is stopped")
    expect(dashboard.state("Server-3")).to_have_text("Stopped")
    assert {demo.get().server for _ in range(6)} == {"Server-1", "Server-2"}
    dashboard.button("Start Server-3").click()
    expect(dashboard.find("#notice")).to_contain_text("Server-3 is started; it takes part once checks pass")
    expect(dashboard.state("Server-3")).to_have_text("Up")
    assert {demo.get().server for _ in range(6)} == set(NAMES)


def test_a_drain_can_be_cut_short_or_taken_back(demo, dashboard):
    slow = [demo.held_request() for _ in range(3)]
    expect(dashboard.metric("in-flight")).to_have_text("3")
    dashboard.button("Drain Server-1").click()
    dashboard.button("Start Server-1").click()
    expect(dashboard.state("Server-1")).to_have_text("Up")
    dashboard.button("Drain Server-2").click()
    dashboard.button("Stop now Server-2").click()
    expect(dashboard.state("Server-2")).to_have_text("Stopped")
    for request in slow:
        request.finish()


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
