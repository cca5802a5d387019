"""Each part of the dashboard that Evenkeel's forerunner had, and more truth in it."""

import re

from playwright.sync_api import expect

from dashboard.demo import NAMES


def send(demo, requests, path="/"):
    """So many requests, each on a connection of its own; gives who answered."""
    return [demo.get(path).server for _ in range(requests)]


# The first one: nothing else has sent anything yet.
def test_an_empty_list_says_that_there_are_no_recent_requests_and_how_to_send_one(demo, dashboard):
    expect(dashboard.find("#recent-empty")).to_contain_text("No recent requests")
    expect(dashboard.find("#recent-empty")).to_contain_text(f"curl http://{demo.address}/")
    expect(dashboard.find("#recent")).to_be_hidden()


def test_system_status_tells_state_strategy_healthy_servers_and_uptime(dashboard):
    expect(dashboard.find("#status-state")).to_have_text("Running")
    expect(dashboard.find("#status-strategy")).to_have_text("Round Robin")
    expect(dashboard.find("#status-healthy")).to_have_text("3 of 3 in turn")
    expect(dashboard.find("#status-uptime")).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))
    before = dashboard.find("#status-uptime").inner_text()
    dashboard.ticks(2)
    assert dashboard.find("#status-uptime").inner_text() > before


def test_performance_tells_total_in_flight_peak_and_success_rate(demo, dashboard):
    send(demo, 6)
    slow = [demo.held_request() for _ in range(3)]
    expect(dashboard.metric("in-flight")).to_have_text("3")
    for request in slow:
        request.finish()
    expect(dashboard.metric("in-flight")).to_have_text("0")
    expect(dashboard.metric("total")).to_have_text("9")
    expect(dashboard.metric("peak")).to_have_text("3")
    expect(dashboard.metric("success")).to_have_text("100")


def test_a_success_rate_is_not_claimed_before_the_first_request(dashboard):
    expect(dashboard.metric("success")).to_have_text("–")


def test_no_success_shows_as_0_percent(demo, dashboard):
    for name in NAMES:
        demo.admin.change(name, administrative_state="disabled")
    assert [demo.get().status for _ in range(4)] == [503] * 4
    expect(dashboard.metric("success")).to_have_text("0")
    expect(dashboard.metric("errors")).to_have_text("4")
    expect(dashboard.find('[data-banner="no-server"]')).to_contain_text("Requests are answered 503")


def test_response_and_throughput_tell_average_per_minute_data_and_errors(demo, dashboard):
    send(demo, 6)
    expect(dashboard.metric("total")).to_have_text("6")
    average = dashboard.find('[data-metric="average"]')
    expect(average).to_contain_text(re.compile(r"p50\s[\d.]+\sms · p95\s[\d.]+\sms · p99\s[\d.]+\sms"))
    assert 10 <= dashboard.number(dashboard.metric("average")) < 200, "the backends take 10 to 50 ms"
    assert dashboard.number(dashboard.metric("per-minute")) >= 6
    assert dashboard.number(dashboard.metric("data")) > 0
    expect(dashboard.metric("errors")).to_have_text("0")


def test_request_flow_has_a_legend_and_a_distribution_bar_with_tooltips(demo, visit):
    dashboard = visit(demo, motion=True)
    expect(dashboard.find("#flow-legend")).to_contain_text("a request")
    expect(dashboard.find("#distribution-empty")).to_be_visible()
    send(demo, 9)
    expect(dashboard.find("#distribution-since")).to_contain_text("9 requests")
    for name in NAMES:
        part = dashboard.find(f'#distribution-bar > [data-server="{name}"]')
        expect(part).to_have_attribute("title", f"{name}: 3 requests, 33.3 %")
        expect(dashboard.find(f'#distribution-legend > [data-server="{name}"]')).to_contain_text("33.3 % · 3")


def test_without_a_token_there_is_no_way_to_log_out(dashboard):
    expect(dashboard.find("#logout")).to_be_hidden()


def test_recent_requests_are_listed_newest_first_and_once(demo, dashboard):
    for number in range(5):
        demo.get(f"/?number={number}")
    targets = dashboard.find("#recent > li .exchange-target")
    expect(targets.first).to_have_text("GET /?number=4")
    assert targets.all_inner_texts()[:5] == [f"GET /?number={number}" for number in reversed(range(5))]
    dashboard.ticks(2)
    assert len([text for text in targets.all_inner_texts() if "number=" in text]) == 5
    expect(dashboard.find("#recent-empty")).to_be_hidden()


def test_a_server_card_tells_address_health_in_flight_failures_standing_and_served(demo, dashboard):
    send(demo, 6)
    for name in NAMES:
        card = dashboard.card(name)
        expect(card).to_contain_text(demo.address_of(name))
        expect(card.locator('[data-part="state"]')).to_have_text("Up")
        expect(card.locator(".card-check")).to_contain_text("200 OK in")
        expect(card.locator('[data-figure="in-flight"]')).to_have_text("0")
        expect(card.locator('[data-figure="served"]')).to_have_text("2")
        expect(card.locator('[data-figure="failures"]')).to_have_text("0")
        expect(card).to_contain_text("Turns owed")
        expect(card.locator(".card-percentiles")).to_contain_text(re.compile(r"[\d.]+ ms / [\d.]+ ms / [\d.]+ ms"))
        expect(card.locator("svg.sparkline")).to_be_visible()


def test_the_strategy_is_changed_by_its_select(demo, dashboard):
    dashboard.find("#strategy").select_option("least_connections")
    expect(dashboard.find("#notice")).to_have_text("Strategy is now Least Connections.")
    expect(dashboard.find("#status-strategy")).to_have_text("Least Connections")
    expect(dashboard.card("Server-1")).to_contain_text("In flight per weight")
    assert demo.admin.state()["strategy"] == "least_connections"


def test_refresh_says_that_it_was_done(dashboard):
    dashboard.button("Refresh").click()
    expect(dashboard.find("#notice")).to_have_text(re.compile(r"^Refreshed at \d\d:\d\d:\d\d\.$"))


def test_reset_asks_once_and_counts_from_zero(demo, dashboard):
    send(demo, 3)
    expect(dashboard.metric("total")).to_have_text("3")
    dashboard.find("#reset").click()
    dashboard.find("#reset-keep").click()
    dashboard.ticks(2)
    expect(dashboard.metric("total")).to_have_text("3")
    dashboard.find("#reset").click()
    expect(dashboard.find("#reset-dialog")).to_contain_text("begin at zero again")
    dashboard.find("#reset-confirm").click()
    expect(dashboard.metric("total")).to_have_text("0")
    expect(dashboard.find("#notice")).to_contain_text("Counting from zero since")
    assert demo.admin.state()["requests"]["total"] == 0
