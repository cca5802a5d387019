"""The page in both themes, from a phone to a wall: nothing sticks out, and nobody is kept out."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from dashboard import screenshots
from dashboard.demo import Demo
from dashboard.visit import Visit
from support.load import Load

HEIGHTS = {390: 844, 1280: 900}

# Each opens by a button.
DIALOGS = {"#custom-test": "#custom-dialog", "#reset": "#reset-dialog"}


@pytest.fixture(scope="module")
def busy_demo():
    """A demo whose page has something of everything: traffic, a result, an ill server, a stopped one."""
    with Demo() as demo, Load(demo.address, connections=2):
        demo.kill_server("Server-2")
        demo.admin.change("Server-3", administrative_state="disabled")
        demo.admin.succeed("/api/v1/tests", "POST", {"requests": 50}, status=201)
        yield demo


@pytest.fixture(scope="module")
def busy_visit(browser, busy_demo):
    """A tab with the busy page, with a recent request opened."""
    # Moving dots cost more than all else on a machine that draws without a graphics card.
    with Visit(browser, busy_demo.admin_address, motion=False) as opened:
        opened.wait_until_ready()
        expect(opened.card("Server-2")).to_have_attribute("data-state", "down")
        expect(opened.find("#test-result")).to_be_visible()
        opened.find("#recent .exchange-button").first.click()
        yield opened


@pytest.fixture(params=[(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark"), (3840, "light")],
                ids=lambda view: f"{view[0]} px, {view[1]}")
def view(request, busy_visit):
    """That tab in a window of some width, for somebody who likes it light or dark."""
    width, theme = request.param
    busy_visit.page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 2160)})
    busy_visit.page.emulate_media(color_scheme=theme)
    busy_visit.name = f"{width}-{theme}"
    yield busy_visit
    busy_visit.check()


def violations(view, within=None):
    """What axe finds on the page, or in one part of it; a line for each."""
    found = Axe().run(view.page, within).response["violations"]
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def sticks_out(view):
    """Whether the page can be scrolled sideways."""
    return view.page.evaluate("document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth")


def test_nothing_scrolls_sideways_and_axe_finds_nothing(view):
    screenshots.take(view, f"layout-{view.name}")
    assert not sticks_out(view)
    assert violations(view) == []
    for button, dialog in DIALOGS.items():
        view.find(button).click()
        expect(view.find(dialog)).to_be_visible()
        screenshots.take(view, f"layout-{view.name}-{dialog.strip('#')}", dialog)
        assert not sticks_out(view)
        assert violations(view, dialog) == []
        view.page.keyboard.press("Escape")
        expect(view.find(dialog)).to_be_hidden()


def test_the_theme_is_a_choice_that_a_reload_keeps(visit, busy_demo):
    view = visit(busy_demo, theme="light", motion=False)
    background = "getComputedStyle(document.body).backgroundColor"
    light = view.page.evaluate(background)
    seen = set()
    for _ in range(3):
        view.find("#theme").click()
        seen.add(view.page.evaluate(background))
    assert len(seen) == 2 and light in seen, "auto, light and dark are two colours in a light environment"
    while view.page.evaluate(background) == light:
        view.find("#theme").click()
    dark = view.page.evaluate(background)
    view.page.reload()
    view.wait_until_ready()
    assert view.page.evaluate(background) == dark != light
