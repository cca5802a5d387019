"""Updates change what they must and nothing else: no lost focus, no doubled card, no row that closes by itself."""

import collections

import pytest
from playwright.sync_api import expect

from dashboard.demo import NAMES
from support.load import Load
from support.polling import wait_until

FOCUS = """() => {
  const node = document.activeElement;
  return [node.id, node.dataset.action ?? null, node.closest("[data-server]")?.dataset.server ?? null];
}"""

# In one go, for a row that is not open leaves the list with the next ticks.
OPEN_NEWEST = """() => {
  const row = document.querySelector("#recent > li");
  row.querySelector("button").click();
  return row.dataset.exchange;
}"""


@pytest.fixture
def traffic(demo, start):
    """A steady load, so that each update has something to say."""
    load = start(Load(demo.address, connections=4))
    load.wait_for(20)
    return load


def doubled(dashboard, selector, attribute):
    """The values that more than one child has, and must not."""
    values = dashboard.page.evaluate(
        "([selector, name]) => [...document.querySelectorAll(selector)].map((node) => node.getAttribute(name))",
        [selector, attribute])
    return [value for value, count in collections.Counter(values).items() if count > 1]


def test_focus_and_an_open_request_survive_ten_updates_and_nothing_is_doubled(demo, dashboard, traffic):
    dashboard.ticks(1)
    opened = dashboard.find(f'#recent > li[data-exchange="{dashboard.page.evaluate(OPEN_NEWEST)}"]')
    expect(opened.locator(".exchange-detail")).to_be_visible()
    stop = dashboard.button("Stop Server-2")
    stop.focus()
    before = dashboard.page.evaluate(FOCUS)
    for number in range(2, 12):
        demo.admin.change("Server-1", weight=number)
        expect(dashboard.card("Server-1").locator('[data-action="weight"]')).to_have_value(str(number))
    assert dashboard.page.evaluate(FOCUS) == before == ["", "toggle", "Server-2"]
    expect(opened).to_have_count(1)
    expect(opened.locator(".exchange-detail")).to_be_visible()
    expect(opened.locator("button")).to_have_attribute("aria-expanded", "true")
    assert doubled(dashboard, "#servers > li", "data-server") == []
    assert doubled(dashboard, "#flow-servers > li", "data-server") == []
    assert doubled(dashboard, "#recent > li", "data-exchange") == []
    expect(dashboard.find("#servers > li")).to_have_count(len(NAMES))


def test_a_number_that_is_being_typed_survives_updates(demo, dashboard, traffic):
    weight = dashboard.card("Server-1").locator('[data-action="weight"]')
    weight.fill("7")
    dashboard.ticks(3)
    expect(weight).to_have_value("7")
    weight.press("Enter")
    expect(dashboard.find("#notice")).to_have_text("Server-1 has weight 7.")
    assert demo.admin.server("Server-1")["weight"] == 7


def test_a_paused_view_stands_still_while_counting_goes_on_and_resumes(demo, dashboard, traffic):
    dashboard.button("Pause live").click()
    expect(dashboard.find('[data-banner="paused"]')).to_be_visible()
    with dashboard.still("#metrics", "#servers", "#recent", "#distribution", "#status-uptime", "#throughput"):
        counted = demo.admin.state()["requests"]["total"]
        dashboard.hidden_ticks(3)
        now = demo.admin.state()["requests"]["total"]
        assert now > counted
    dashboard.button("Resume live").click()
    expect(dashboard.find('[data-banner="paused"]')).to_have_count(0)
    wait_until(lambda: dashboard.number(dashboard.metric("total")) >= now, 5, "the page shows what happened meanwhile")


def test_what_a_person_does_while_paused_is_told_at_once(demo, dashboard):
    dashboard.button("Pause live").click()
    dashboard.button("Stop Server-1").click()
    expect(dashboard.find("#notice")).to_contain_text("The view is paused; Resume shows it.")
    expect(dashboard.state("Server-1")).to_have_text("Up")
    dashboard.button("Resume live").click()
    expect(dashboard.state("Server-1")).to_have_text("Stopped")


def test_racing_updates_double_nothing(dashboard, traffic):
    for _ in range(6):
        dashboard.find("#refresh").click()
    dashboard.ticks(2)
    expect(dashboard.find("#servers > li")).to_have_count(len(NAMES))
    expect(dashboard.find("#distribution-legend > li")).to_have_count(len(NAMES))
    assert doubled(dashboard, "#recent > li", "data-exchange") == []
