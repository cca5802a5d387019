"""What a supervisor and Prometheus read: alive, ready, and every counter."""

import pytest

from support.admin import AdminBalancer, media_type
from support.admin_metrics import Exposition
from support.configuration import HTTP_CHECK
from support.http_server import HTTPServer, named, response
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
