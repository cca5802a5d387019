"""The page for those who use no mouse, who listen, or whom motion disturbs."""

from playwright.sync_api import expect

from support.load import Load

FOCUSED = """() => {
  const node = document.activeElement;
  const style = getComputedStyle(node);
  return { id: node.id, name: node.getAttribute("aria-label") ?? node.textContent, outline: parseFloat(style.outlineWidth) };
}"""

# More stops than the page has, so that a lost focus ends the search.
MOST_STOPS = 120


def tab_to(dashboard, wanted):
    """Goes on with Tab until the focus is on what `wanted` accepts; each stop on the way has a visible focus."""
    for _ in range(MOST_STOPS):
        dashboard.page.keyboard.press("Tab")
        focused = dashboard.page.evaluate(FOCUSED)
        if wanted(focused):
            assert focused["outline"] >= 2, f"the focus on {focused} cannot be seen"
            return
    raise AssertionError("Tab does not lead there")


def test_a_load_test_is_run_and_a_server_stopped_by_keyboard_alone(demo, visit):
    dashboard = visit(demo)
    dashboard.page.keyboard.press("Tab")
    expect(dashboard.find(".skip-link")).to_be_focused()
    expect(dashboard.find(".skip-link")).to_be_in_viewport()
    dashboard.page.keyboard.press("Enter")
    expect(dashboard.find("#main")).to_be_focused()
    tab_to(dashboard, lambda focused: focused["id"] == "load-test")
    dashboard.page.keyboard.press("Enter")
    expect(dashboard.find("#test-result")).to_have_attribute("data-state", "finished")
    expect(dashboard.find("#load-test")).to_be_focused()
    tab_to(dashboard, lambda focused: focused["name"] == "Stop Server-2")
    dashboard.page.keyboard.press("Enter")
    expect(dashboard.state("Server-2")).to_have_text("Stopped")
    assert demo.admin.server("Server-2")["administrative_state"] == "disabled"
    dashboard.page.keyboard.press("Enter")
    expect(dashboard.state("Server-2")).to_have_text("Up")


def test_a_dialog_takes_the_focus_and_gives_it_back(dashboard):
    dashboard.find("#custom-test").focus()
    dashboard.page.keyboard.press("Enter")
    expect(dashboard.find("#custom-requests")).to_be_focused()
    dashboard.page.keyboard.press("Escape")
    expect(dashboard.find("#custom-test")).to_be_focused()


def test_flips_and_results_are_announced_and_ticks_are_not(demo, dashboard):
    announcer = dashboard.find("#announcer")
    expect(announcer).to_have_attribute("aria-live", "polite")
    demo.kill_server("Server-3")
    # Requests find it out sooner than the next checks.
    assert {demo.get().status for _ in range(12)} == {200}
    expect(announcer).to_contain_text("Server-3 is down")
    demo.revive_server("Server-3")
    expect(announcer).to_contain_text("Server-3 is up")
    dashboard.find("#load-test").click()
    expect(announcer).to_contain_text("50 of 50 succeeded")
    with Load(demo.address, connections=1), dashboard.still("#announcer"):
        dashboard.ticks(3)


def test_dots_move_only_for_those_who_want_motion(demo, visit):
    moving, still = visit(demo, motion=True), visit(demo, motion=False)
    with Load(demo.address, connections=4):
        expect(moving.find(".flow-dot").first).to_be_attached()
        expect(still.find('#flow-servers [data-server="Server-1"] .flow-share')).not_to_have_text("0 %")
        still.ticks(2)
        expect(still.find(".flow-dot")).to_have_count(0)
        assert still.page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length") == 0


def test_every_state_has_a_word_and_an_icon_of_its_own(demo, dashboard):
    slow = [demo.held_request() for _ in range(3)]
    expect(dashboard.metric("in-flight")).to_have_text("3")
    demo.admin.change("Server-1", administrative_state="disabled")
    demo.admin.change("Server-2", administrative_state="draining", drain_timeout_seconds=60)
    icons = {}
    for name, word in (("Server-1", "Stopped"), ("Server-2", "Draining"), ("Server-3", "Up")):
        state = dashboard.state(name)
        expect(state).to_contain_text(word)
        icons[name] = state.locator("svg.icon").inner_html()
    assert len(set(icons.values())) == 3
    for request in slow:
        request.finish()
