"""A balancer with few file descriptors: as many pages as may look at it work, and one too many says why it does not."""

from playwright.sync_api import expect

from dashboard.demo import Demo
from support.admin_events import EventStream

# `ulimit -n`, and how many streams of events that leaves.
LIMIT, STREAMS = 64, 8


def test_a_page_too_many_says_so_and_comes_to_life_when_another_is_closed(start, visit):
    demo = start(Demo(fd_limit=LIMIT))
    # Each is a browser of its own, with as many connections as a browser makes.
    pages = [visit(demo, motion=False) for _ in range(2)]
    others = [start(EventStream(demo.admin)) for _ in range(STREAMS - len(pages))]
    late = visit(demo, motion=False)
    late.allow("503 ")
    expect(late.find('[data-banner="crowded"]')).to_contain_text("Too many pages look at this balancer.")
    expect(late.find("#status-state")).to_have_text("Not live")
    expect(late.find('[data-banner="stale"]')).to_have_count(0)
    for page in pages:
        expect(page.find("#status-state")).to_have_text("Running")
    others[0].close()
    expect(late.find("#status-state")).to_have_text("Running")
    expect(late.find("#banner > *")).to_have_count(0)
