"""What the API tells of services, and what can be changed of them."""

import time

import pytest

from support.admin import AdminBalancer, TCPAdminBalancer
from support.configuration import HTTP_CHECK
from support.http_message import head
from support.http_server import HTTPServer, named, response
from support.load import Load, kinds
from support.polling import stays, wait_until
from support.reserved_port import ReservedPort
from support.stopwatch import at_most


@pytest.fixture
def servers(start):
    return [start(server) for server in named(3)]


@pytest.fixture
def balancer(start, servers):
    return start(AdminBalancer(servers))


def test_the_status_is_the_process_at_a_glance(balancer):
    status = balancer.admin.get("/api/v1/status")
    assert abs(status["now"] - time.time()) < at_most(2)
    assert abs(status["started_at"] + status["uptime_seconds"] - status["now"]) < at_most(0.5)
    assert (status["state"], status["authentication"], status["test"]) == ("running", "none", None)
    assert status["services"] == [{
        "name": "main", "mode": "http", "state": "accepting", "strategy": "round_robin",
        "servers_total": 3, "servers_up": 3, "servers_eligible": 3}]


def test_each_start_is_another_instance(start, servers):
    instances = {start(AdminBalancer(servers)).admin.get("/api/v1/status")["instance"] for _ in range(2)}
    assert len(instances) == 2


def test_a_service_is_told_whole(balancer):
    service = balancer.admin.state()
    assert (service["name"], service["mode"], service["state"]) == ("main", "http", "accepting")
    assert service["address"] == balancer.address
    assert service["url"] == f"http://{balancer.address}/"
    assert [server["name"] for server in service["servers"]] == ["server-1", "server-2", "server-3"]
    assert [choice["name"] for choice in service["strategies"]] == ["round_robin", "least_connections"]
    assert service["requests"]["success_ratio"] is None and service["latency_ms"] is None
    assert [item["name"] for item in balancer.admin.get("/api/v1/services")["services"]] == ["main"]
    assert len(balancer.admin.get(f"{balancer.admin.service}/servers")["servers"]) == 3


def test_a_service_in_mode_tcp_counts_sessions(start, servers):
    tcp = start(TCPAdminBalancer([server.address for server in servers]))
    for _ in range(6):
        assert tcp.get().status == 200
    wait_until(lambda: tcp.admin.state()["requests"]["succeeded"] == 6, what="six sessions ended")
    service = tcp.admin.state()
    assert (service["mode"], service["url"]) == ("tcp", None)
    assert service["requests"]["by_status"] == {"1xx": 0, "2xx": 0, "3xx": 0, "4xx": 0, "5xx": 0, "none": 0}
    newest = tcp.admin.get(f"{tcp.admin.service}/exchanges")["exchanges"][0]
    assert (newest["kind"], newest["method"], newest["status"], newest["reason"]) == ("session", None, None, "finished")


def test_every_request_is_counted_by_what_became_of_it(start):
    balancer = start(AdminBalancer([start(HTTPServer(statuses))]))
    for path in ("/200", "/200", "/204", "/301", "/404", "/500", "/503"):
        balancer.exchange(path)
    assert balancer.exchange("/", fields=[("Host", "a"), ("Host", "b")], host=None).status == 400
    wait_until(lambda: balancer.admin.state()["requests"]["total"] == 8)
    requests = balancer.admin.state()["requests"]
    assert (requests["succeeded"], requests["failed"], requests["refused"], requests["aborted"]) == (5, 2, 1, 0)
    assert requests["by_status"] == {"1xx": 0, "2xx": 3, "3xx": 1, "4xx": 2, "5xx": 2, "none": 0}
    assert requests["success_ratio"] == pytest.approx(5 / 7)
    assert requests["in_flight"] == 0 and requests["peak_in_flight"] >= 1


def statuses(asked, peer):
    """Answers with the status that the path names."""
    status = asked.target.strip("/") or "200"
    if status == "204":
        return head("HTTP/1.1 204 No Content")
    return response(b"x", f"{status} Whatever")


@pytest.mark.parametrize("line, status", [
    (b"GET / HTTP/3.0", 505), (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked", 501), (b"M" * 40 + b" / HTTP/1.1", 501),
    (b"CONNECT a:1 HTTP/1.1", 405), (b"GET /" + b"a" * 20_000 + b" HTTP/1.1", 414)])
def test_what_a_client_may_not_ask_is_no_failure_of_the_service_whatever_the_status(start, line, status):
    balancer = start(AdminBalancer([start(HTTPServer())]))
    with balancer.client() as client:
        client.send(line + b"\r\nHost: a\r\n\r\n")
        assert client.answer().status == status
    requests = wait_until(lambda: balancer.admin.state()["requests"] if balancer.admin.state()["requests"]["total"] else None)
    assert (requests["failed"], requests["refused"]) == (0, 1)


def test_a_client_that_goes_away_is_no_failure_of_the_service(start):
    reached = []

    def never(asked, peer):
        reached.append(asked.target)
        peer.released.wait(10)
        return None

    balancer = start(AdminBalancer([start(HTTPServer(never))]))
    client = balancer.client()
    client.send(b"GET /gone HTTP/1.1\r\nHost: a\r\n\r\n")
    wait_until(lambda: reached)
    assert balancer.admin.state()["requests"]["in_flight"] == 1
    client.reset()
    wait_until(lambda: balancer.admin.state()["requests"]["aborted"] == 1, what="it counts as aborted")
    requests = balancer.admin.state()["requests"]
    assert (requests["failed"], requests["success_ratio"], requests["in_flight"]) == (0, None, 0)


def test_the_counters_of_the_servers_add_up(balancer):
    with Load(balancer.address, 4, keep_alive=True, total=90) as load:
        assert kinds(load.finish()) == {"200": 90}
    wait_until(lambda: balancer.admin.state()["requests"]["total"] == 90)
    service = balancer.admin.state()
    assert sum(server["requests"]["total"] for server in service["servers"]) == 90
    assert [server["requests"]["total"] for server in service["servers"]] == [30, 30, 30]
    # Shares are rounded.
    assert sum(server["requests"]["share"] for server in service["servers"]) == pytest.approx(1, abs=0.001)
    assert sum(server["bytes"]["to_clients"] for server in service["servers"]) == service["bytes"]["to_clients"] > 0
    latency = service["latency_ms"]
    assert latency["count"] == 90
    assert latency["min"] <= latency["p50"] <= latency["p95"] <= latency["p99"] <= latency["max"]
    assert latency["min"] <= latency["mean"] <= latency["max"]
    assert service["connections"]["accepted"] == 4
    wait_until(lambda: balancer.admin.state()["connections"]["open"] == 0)


def test_latency_is_the_time_that_an_exchange_takes(start):
    def late(asked, peer):
        peer.released.wait(0.1)
        return response()

    balancer = start(AdminBalancer([start(HTTPServer(late))]))
    for _ in range(5):
        balancer.exchange()
    latency = balancer.admin.state()["latency_ms"]
    assert 98 <= latency["min"] <= latency["p50"] <= latency["max"] < at_most(300)


def test_retries_are_counted_and_failures_have_their_server(start):
    closed, good = start(ReservedPort()), start(HTTPServer(name="good"))
    balancer = start(AdminBalancer([("bad", closed.address), good]))
    for _ in range(4):
        assert balancer.exchange().status == 200
    assert balancer.admin.state()["requests"]["retries"] == 2
    assert balancer.admin.server("bad")["failures"] == 2
    assert balancer.admin.server("good")["requests"]["total"] == 4
    assert balancer.admin.server("bad")["requests"]["total"] == 0


def test_health_is_told_with_its_reason(start):
    closed, good = start(ReservedPort()), start(HTTPServer(name="good"))
    balancer = start(AdminBalancer([("dead", closed.address), good], health=HTTP_CHECK))
    balancer.wait_until_down("dead")
    server = balancer.admin.server("dead")
    assert (server["health"]["state"], server["health"]["checked"], server["eligible"]) == ("down", True, False)
    assert "refused" in server["health"]["reason"]
    assert server["health"]["last_check"]["passed"] is False
    balancer.wait_until_up("good")
    health = balancer.admin.server("good")["health"]
    assert health["state"] == "up" and health["last_check"]["passed"] and "200" in health["last_check"]["detail"]
    assert balancer.admin.state()["servers_eligible"] == 1
    before = health["since_seconds"]
    wait_until(lambda: balancer.admin.server("good")["health"]["since_seconds"] > before)


def test_a_server_without_checks_is_up_unchecked(balancer):
    health = balancer.admin.server("server-1")["health"]
    assert (health["state"], health["checked"]) == ("up", False)
    assert (health["last_check"], health["next_check_seconds"]) == (None, None)


# The strategy


def test_a_change_of_strategy_takes_effect_at_once(start):
    def hold(asked, peer):
        if asked.target == "/held":
            peer.released.wait(10)
        return response(b"held")

    servers = [start(HTTPServer(hold, name=f"server-{number}")) for number in (1, 2)]
    balancer = start(AdminBalancer(servers))
    path = f"{balancer.admin.service}/strategy"
    assert balancer.admin.get(path) == {"strategy": "round_robin", "title": "Round Robin"}
    changed = balancer.admin.succeed(path, "PUT", {"strategy": "least_connections"})
    assert changed == {"strategy": "least_connections", "title": "Least Connections"}
    client = start(balancer.client())
    client.send(b"GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
    wait_until(lambda: servers[0].targets or servers[1].targets)
    before = [len(server.targets) for server in servers]
    for _ in range(6):
        balancer.exchange()
    gained = [len(server.targets) - count for server, count in zip(servers, before, strict=True)]
    assert sorted(gained) == [0, 6], "all go to the one that holds nothing"
    balancer.admin.succeed(f"{balancer.admin.service}/strategy", "PUT", {"strategy": "round_robin"})
    assert balancer.admin.state()["strategy_title"] == "Round Robin"


def test_a_change_of_strategy_in_full_traffic_fails_nobody(balancer):
    with Load(balancer.address, 8, keep_alive=True) as load:
        load.wait_for(50)
        for turn in range(10):
            name = ("least_connections", "round_robin")[turn % 2]
            balancer.admin.succeed(f"{balancer.admin.service}/strategy", "PUT", {"strategy": name})
        load.wait_for(50)
        outcomes = load.stop()
    assert set(kinds(outcomes)) == {"200"}


# Resetting


def test_a_reset_counts_anew(balancer):
    for _ in range(6):
        balancer.exchange()
    before = balancer.admin.state()
    assert before["requests"]["total"] == 6
    reset = balancer.admin.reset()
    after = balancer.admin.state()
    assert after["counting_since"] == pytest.approx(reset["counting_since"], abs=0.01)
    assert after["counting_since"] > before["counting_since"]
    assert (after["requests"]["total"], after["requests"]["success_ratio"], after["latency_ms"]) == (0, None, None)
    assert after["bytes"] == {"to_clients": 0, "to_servers": 0}
    assert all(server["requests"]["total"] == 0 and server["requests"]["share"] is None for server in after["servers"])
    balancer.exchange()
    assert balancer.admin.state()["requests"]["total"] == 1


def test_a_reset_forgets_nothing_that_is_in_flight(start):
    gate = []

    def hold(asked, peer):
        gate.append(peer)
        peer.released.wait(10)
        return response()

    balancer = start(AdminBalancer([start(HTTPServer(hold))]))
    client = start(balancer.client())
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    wait_until(lambda: gate)
    balancer.admin.succeed("/api/v1/metrics/reset", "POST", {"service": "main"})
    assert balancer.admin.state()["requests"]["in_flight"] == 1
    gate[0].released.set()
    assert client.answer().status == 200
    wait_until(lambda: balancer.admin.state()["requests"]["in_flight"] == 0)
    assert balancer.admin.state()["requests"]["succeeded"] == 1


def test_an_unknown_service_is_not_reset(balancer):
    balancer.exchange()
    balancer.admin.refuse("/api/v1/metrics/reset", "POST", {"service": "nothing"}, status=(400, 404))
    assert balancer.admin.state()["requests"]["total"] == 1


# The past


def test_the_history_has_each_second(balancer):
    for _ in range(9):
        balancer.exchange()
    path = f"{balancer.admin.service}/history"

    def told():
        history = balancer.admin.get(path)
        return history if sum(history["total"]["requests"]) == 9 else None

    history = wait_until(told, what="the second with the requests is over")
    assert history["service"] == "main"
    assert [server["name"] for server in history["servers"]] == ["server-1", "server-2", "server-3"]
    series = [history["total"], *history["servers"]]
    lengths = {len(row[name]) for row in series for name in ("requests", "failed", "p50", "p95", "p99")}
    assert len(lengths) == 1, lengths
    assert [sum(server["requests"]) for server in history["servers"]] == [3, 3, 3]
    for row in series:
        for requests, p50 in zip(row["requests"], row["p50"], strict=True):
            assert (p50 is None) == (requests == 0)
    assert abs(history["end_at"] - time.time()) < at_most(3)
    later = wait_until(lambda: (now := balancer.admin.get(path))["second"] > history["second"] and now)
    assert len(later["total"]["requests"]) > len(history["total"]["requests"])


def test_recent_figures_fade_and_totals_stay(balancer):
    for _ in range(5):
        balancer.exchange()
    wait_until(lambda: balancer.admin.state()["recent"]["requests"] == 5, what="whole seconds hold them")
    service = balancer.admin.state()
    assert service["recent"]["requests_per_second"] == pytest.approx(5 / service["recent"]["seconds"], abs=0.1)
    assert service["recent"]["success_ratio"] == 1 and service["last_minute"]["requests"] == 5
    stays(lambda: balancer.admin.state()["requests"]["total"] == 5, 0.1)
