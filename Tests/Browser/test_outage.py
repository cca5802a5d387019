"""The balancer dies under an open page: the page says so, and heals by itself when it is back."""

import re

from playwright.sync_api import expect

from dashboard import screenshots
from support.load import Load


def test_a_killed_balancer_is_told_of_and_its_return_heals_the_page_without_a_reload(own_demo, visit):
    dashboard = visit(own_demo)
    # The browser's own words for a connection that is refused or cut.
    dashboard.allow(r"net::ERR_")
    dashboard.page.evaluate("window.sameDocument = true")
    for _ in range(6):
        own_demo.get()
    expect(dashboard.metric("total")).to_have_text("6")

    own_demo.kill()
    banner = dashboard.find('[data-banner="stale"]')
    expect(banner).to_contain_text(re.compile(r"stale since \d\d:\d\d:\d\d"))
    expect(dashboard.find("#status-state")).to_have_text("Unreachable")
    expect(dashboard.find("#announcer")).to_have_text("The balancer cannot be reached.")
    dashboard.find("#load-test").click(force=True)
    expect(dashboard.find("#tests-note")).to_have_text("The balancer cannot be reached.")
    dashboard.button("Stop Server-1").click()
    expect(dashboard.find("#notice")).to_have_text("The balancer cannot be reached.")
    expect(dashboard.find("#notice")).to_have_attribute("data-tone", "bad")
    screenshots.take(dashboard, "stale")

    own_demo.stop()
    own_demo.start()
    expect(banner).to_have_count(0, timeout=20_000)
    expect(dashboard.find("#status-state")).to_have_text("Running")
    expect(dashboard.metric("total")).to_have_text("0")
    assert dashboard.page.evaluate("window.sameDocument"), "nobody reloaded the page"
    with Load(own_demo.address, connections=2) as load:
        load.wait_for(20)
        expect(dashboard.find("#throughput .chart-legend")).to_contain_text(re.compile(r"Server-1\s*[1-9]"))
    expect(dashboard.find("#recent > li")).not_to_have_count(0)
