"""What a supervisor and Prometheus read: alive, ready, and every counter."""

import contextlib
import math
import os

import psutil
import pytest

from support.admin import AdminBalancer, media_type
from support.admin_events import EventStream
from support.admin_metrics import Exposition
from support.configuration import HTTP_CHECK
from support.http_client import HTTPClient, request
from support.http_server import HTTPServer, named, playing, response
from support.load import Load, kinds
from support.polling import wait_until
from support.reserved_port import ReservedPort


@pytest.fixture
def balancer(start):
    return start(AdminBalancer([start(server) for server in named(2)], monitoring=True))


def metrics(listener):
    """All metrics, read strictly."""
    answer = listener.ask("/metrics")
    assert answer.status == 200
    assert answer.get("content-type").replace(" ", "").startswith("text/plain;version=0.0.4")
    return Exposition(answer.body.decode())


def test_it_is_alive_and_ready(balancer):
    for listener in (balancer.admin, balancer.monitoring):
        assert listener.get("/healthz") == {"status": "ok"}
        assert listener.get("/readyz") == {"status": "ready"}


def test_it_is_not_ready_without_an_eligible_server_and_says_why(balancer):
    for name in ("server-1", "server-2"):
        balancer.admin.change(name, administrative_state="disabled")
    for listener in (balancer.admin, balancer.monitoring):
        answer = listener.ask("/readyz")
        assert (answer.status, media_type(answer)) == (503, "application/json")
        assert b"main: no server is eligible" in answer.body
        assert listener.get("/healthz") == {"status": "ok"}
    balancer.admin.change("server-1", administrative_state="enabled")
    assert balancer.monitoring.get("/readyz") == {"status": "ready"}


def test_it_is_not_ready_with_every_server_down(start):
    closed = start(ReservedPort())
    balancer = start(AdminBalancer([("dead", closed.address)], health=HTTP_CHECK))
    balancer.wait_until_down("dead")
    assert balancer.admin.ask("/readyz").status == 503


def test_the_monitoring_listener_has_its_three_routes_and_no_more(balancer):
    for path in ("/healthz", "/readyz", "/metrics"):
        assert balancer.monitoring.ask(path, "HEAD").status == 200
        answer = balancer.monitoring.ask(path, "POST", {})
        assert answer.status == 405 and set(answer.options("allow")) == {"get", "head"}
    for path in ("/", "/login", "/api/v1/status", "/api/v1/events", "/api/v1/openapi.json", "/assets/x"):
        assert balancer.monitoring.ask(path).status == 404
    assert balancer.monitoring.ask(
        f"{balancer.admin.service}/servers/server-1", "PATCH", {"weight": 2}).status == 404
    assert balancer.admin.server("server-1")["weight"] == 1


def test_the_metrics_are_the_format_of_prometheus(balancer):
    before = metrics(balancer.monitoring)
    assert before.families and all(name.startswith(("evenkeel_", "process_")) for name in before.families)
    for _ in range(4):
        balancer.exchange()
    after = metrics(balancer.admin)
    assert set(before.families) <= set(after.families)
    for name, family in before.families.items():
        if family.kind == "counter":
            for key, number in family.samples.items():
                assert after.families[name].samples[key] >= number, f"{name} went back"


def test_the_counters_are_what_was_sent(start):
    def by_path(asked, peer):
        return response(b"0123456789", f"{asked.target.strip('/') or 200} Whatever")

    balancer = start(AdminBalancer([start(HTTPServer(by_path, name=f"server-{n}")) for n in (1, 2)]))
    for path in ["/200"] * 31 + ["/404"] * 5 + ["/500"] * 7:
        balancer.exchange(path)
    told = metrics(balancer.admin)
    assert told.total("evenkeel_requests_total", service="main") == 43
    assert told.total("evenkeel_requests_total", outcome="succeeded") == 36
    assert told.total("evenkeel_requests_total", outcome="failed", service="main") == 7
    assert told.value("evenkeel_responses_total", service="main", code="4xx") == 5
    assert told.total("evenkeel_bytes_total", direction="to_clients") == 430
    assert told.total("evenkeel_request_duration_seconds_count") == 43
    per_server = [told.total("evenkeel_requests_total", server=f"server-{number}") for number in (1, 2)]
    assert sorted(per_server) == [21, 22]


def test_a_reset_does_not_turn_the_counters_back(balancer):
    for _ in range(8):
        balancer.exchange()
    before = metrics(balancer.monitoring)
    balancer.admin.reset()
    after = metrics(balancer.monitoring)
    for name, family in before.families.items():
        if family.kind in ("counter", "histogram"):
            for key, number in family.samples.items():
                assert after.families[name].samples[key] >= number, f"{name}{key}"


def test_the_state_of_each_server_is_told(balancer):
    balancer.admin.change("server-2", administrative_state="disabled")
    told = metrics(balancer.monitoring)
    for server, eligible in (("server-1", 1), ("server-2", 0)):
        assert told.value("evenkeel_server_eligible", service="main", server=server) == eligible
        assert told.value("evenkeel_server_up", service="main", server=server) == 1


STATES = {"up", "down", "checking", "ejected", "draining", "disabled"}


def state(told, server):
    """The only state that a server is in."""
    series = {dict(labels)["state"]: number for labels, number in told.values(
        "evenkeel_server_state", service="main", server=server).items()}
    assert set(series) == STATES and sorted(series.values()) == [0] * 5 + [1], series
    return next(name for name, number in series.items() if number == 1)


def test_each_state_of_a_server_is_a_series_of_its_own(start):
    failing = start(HTTPServer(lambda asked, peer: response(b"", "500 No"), name="failing"))
    servers = [start(server) for server in named(3)]
    slow = playing(start, lambda peer: peer.read_to_end(), name="slow")
    closed = start(ReservedPort())
    balancer = start(AdminBalancer(
        [*servers, failing, slow, ("dead", closed.address)],
        health={"type": "tcp", "consecutive_failures": 1, "ejection": "60s"}))
    balancer.wait_until_down("dead")
    balancer.admin.change("server-2", administrative_state="disabled")
    with balancer.client() as client:
        # The rotation comes to the one that never answers within as many requests as there are servers.
        balancer.admin.change("slow", weight=256)
        client.send(request("/", host="x"))
        wait_until(lambda: balancer.admin.server("slow")["in_flight"])
        balancer.admin.change("slow", administrative_state="draining")
        wait_until(lambda: balancer.exchange() and balancer.admin.server("failing")["ejection"])
        told = metrics(balancer.admin)
        assert [state(told, name) for name in ("server-1", "server-2", "failing", "slow", "dead")] == [
            "up", "disabled", "ejected", "draining", "down"]


def test_checks_are_counted_by_what_they_found_with_the_time_that_they_took(start):
    closed = start(ReservedPort())
    (server,) = [start(server) for server in named(1)]
    balancer = start(AdminBalancer([server, ("dead", closed.address)], health={"type": "tcp"}))

    def told(server, outcome):
        return metrics(balancer.admin).value("evenkeel_checks_total", server=server, outcome=outcome)

    wait_until(lambda: told("dead", "failed") >= 3 and told("server-1", "passed") >= 2)
    assert told("dead", "passed") == told("server-1", "failed") == told("dead", "impossible") == 0
    balancer.admin.reset()
    now = metrics(balancer.admin)
    for name in ("dead", "server-1"):
        count = now.value("evenkeel_check_duration_seconds_count", server=name)
        assert count == now.total("evenkeel_checks_total", server=name) >= 2, "a reset is for people"
        assert 0 < now.value("evenkeel_check_duration_seconds_sum", server=name) < 5


def test_servers_without_checks_have_no_series_of_them(balancer):
    assert not metrics(balancer.admin).values("evenkeel_checks_total")


def test_what_is_limited_has_its_limit_beside_it(start):
    server = playing(start, lambda peer: peer.read_to_end())
    balancer = start(AdminBalancer(
        [server], monitoring=True, max_connections=1,
        limits={"connections": 20, "queue": 7, "kept_connections": 3}))
    with balancer.client() as first, balancer.client() as second, EventStream(balancer.admin):
        first.send(request("/", host="x"))
        second.send(request("/", host="x"))
        wait_until(lambda: balancer.admin.state()["requests"]["queued"])
        told = metrics(balancer.monitoring)
        for name, now, limit in [
                ("evenkeel_connections_open", 2, 20), ("evenkeel_queued", 1, 7), ("evenkeel_in_flight", 1, 1),
                ("evenkeel_kept_connections", 0, 3), ("evenkeel_event_streams_open", 1, 128),
                ("evenkeel_retry_budget_used", 0, 100), ("evenkeel_server_connections_open", 1, None)]:
            name_of_limit = {"evenkeel_queued": "evenkeel_queue"}.get(name, name.removesuffix("_open").removesuffix("_used"))
            found = told.value(name), told.value(f"{name_of_limit}_limit")
            assert found[0] == now and limit in (found[1], None) and found[1] > 0, (name, found)
        for listener in ("dashboard", "monitoring"):
            assert 1 <= told.value("evenkeel_admin_connections_open", listener=listener) <= 256
            assert told.value("evenkeel_admin_connections_limit", listener=listener) == 256


def test_a_server_without_a_limit_has_an_infinite_one(balancer):
    assert metrics(balancer.admin).value("evenkeel_in_flight_limit", server="server-1") == math.inf


def test_the_process_is_told_as_client_libraries_do(balancer):
    with contextlib.ExitStack() as held:
        for _ in range(1500):
            client = held.enter_context(HTTPClient(balancer.address))
        client.send(request("/", host="x"))
        wait_until(lambda: balancer.admin.state()["connections"]["open"] == 1500)
        with balancer.monitoring.client() as client:
            answer = balancer.monitoring.ask("/metrics", client=client)
            descriptors = len(os.listdir(f"/proc/{balancer.pid}/fd"))
        told = Exposition(answer.body.decode())
        assert told.value("process_open_fds") == descriptors > 1500
    process = psutil.Process(balancer.pid)
    memory, times = process.memory_info(), process.cpu_times()
    assert told.value("process_max_fds") == process.rlimit(psutil.RLIMIT_NOFILE)[0]
    assert told.value("process_resident_memory_bytes") == pytest.approx(memory.rss, rel=0.5)
    assert told.value("process_virtual_memory_bytes") == pytest.approx(memory.vms, rel=0.5)
    assert told.value("process_virtual_memory_max_bytes") == math.inf
    assert 0 < told.value("process_cpu_seconds_total") <= times.user + times.system + 0.02
    assert told.value("process_start_time_seconds") == pytest.approx(process.create_time(), abs=2)


def test_hostile_names_are_escaped_labels(start):
    name = 'a"b\\c{d="e"}'
    (server,) = [start(server) for server in named(1)]
    balancer = start(AdminBalancer([(name, server.address)]))
    balancer.exchange()
    told = metrics(balancer.admin)
    assert any(
        dict(labels).get("server") == name for family in told.families.values() for _, labels in family.samples)


def test_the_counters_hold_under_load(balancer):
    with Load(balancer.address, 8, keep_alive=True, total=2000) as load:
        seen = [metrics(balancer.monitoring) for _ in range(5)]
        assert kinds(load.finish()) == {"200": 2000}
    seen.append(wait_until(
        lambda: (now := metrics(balancer.monitoring)).total("evenkeel_requests_total") == 2000 and now))
    counts = [told.total("evenkeel_requests_total") for told in seen]
    assert counts == sorted(counts)
