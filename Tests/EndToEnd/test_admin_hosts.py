"""By which names the admin listener is reached: a page that rebinds a name of its own to it gets nothing."""

import pytest

from support.admin import TOKEN, AdminBalancer, check_fields, check_problem, serving
from support.admin_routes import ALL
from support.http_client import request
from support.http_server import named

FOREIGN = [
    "evil.test", "127.0.0.1.evil.test", "localhost.evil.test", "evil.test:{port}", "xlocalhost", "127.0.0.2",
    "127.0.0.1@evil.test", "[::2]", "localhost.", "0x7f000001", "2130706433", "",
]
KNOWN = ["localhost", "LOCALHOST", "127.0.0.1", "[::1]", "localhost:{port}", "127.0.0.1:{port}", "localhost:1",
         "panel.example.com", "panel.example.com:443", "PANEL.example.com"]


@pytest.fixture(scope="module")
def balancer():
    with serving(admin={"hosts": ["panel.example.com"]}) as shared:
        yield shared


@pytest.fixture
def host(balancer):
    """Fills the listener's port into a host."""
    return lambda text: text.format(port=balancer.admin_address.rsplit(":", 1)[1])


@pytest.mark.parametrize("method, path, body", ALL, ids=[f"{method} {path} {body or ''}" for method, path, body in ALL])
def test_an_unknown_host_is_refused_on_every_route(balancer, method, path, body):
    before = balancer.admin.server("server-1")
    balancer.admin.refuse(path, method, body, host="evil.test", status=403, code="unknown_host")
    after = balancer.admin.server("server-1")
    assert (after["weight"], after["administrative_state"]) == (before["weight"], before["administrative_state"])


@pytest.mark.parametrize("name", FOREIGN, ids=lambda name: name or "an empty one")
def test_a_host_that_only_looks_like_ours_is_refused(balancer, host, name):
    with balancer.admin.client() as client:
        client.send(request("/api/v1/status", fields={"Host": host(name)}))
        answer = client.answer()
    assert answer.status in (400, 403), answer
    check_fields(answer)


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_host_is_served(balancer, host, name):
    assert balancer.admin.get("/api/v1/status", host=host(name))["state"] == "running"


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_missing_host_is_refused(balancer, version):
    with balancer.admin.client() as client:
        client.send(request("/api/v1/status", host=None, version=version))
        answer = client.answer()
    assert answer.status in (400, 403), answer
    check_fields(answer)


def test_two_hosts_are_refused(balancer):
    for pair in (("localhost", "evil.test"), ("evil.test", "localhost")):
        with balancer.admin.client() as client:
            client.send(request("/api/v1/status", fields=[("Host", name) for name in pair]))
            assert client.answer().status in (400, 403)


def test_a_host_in_the_target_is_no_way_around_it(balancer):
    with balancer.admin.client() as client:
        client.send(request("http://localhost/api/v1/status", host="evil.test"))
        assert client.answer().status in (400, 403, 404)
    with balancer.admin.client() as client:
        client.send(request("http://evil.test/api/v1/status", host="localhost"))
        assert client.answer().status in (400, 403, 404)


def test_an_unknown_host_is_refused_before_the_token_is_looked_at(start):
    balancer = start(AdminBalancer([start(server) for server in named(1)], token=TOKEN))
    for authorized in (True, False):
        balancer.admin.refuse(
            "/api/v1/status", host="evil.test", status=403, code="unknown_host", authorized=authorized)


def test_a_hostile_host_is_not_echoed_raw(balancer):
    with balancer.admin.client() as client:
        client.send(request("/api/v1/status", fields={"Host": 'evil"<script>alert(1)</script>'}))
        answer = client.answer()
    assert answer.status in (400, 403)
    if answer.status == 403:
        check_problem(answer)


def test_the_monitoring_listener_is_reached_by_its_address_and_its_name(start):
    balancer = start(AdminBalancer([start(server) for server in named(1)], monitoring=True))
    for path in ("/metrics", "/healthz", "/readyz"):
        assert balancer.monitoring.ask(path).status == 200
        assert balancer.monitoring.ask(path, host="localhost").status == 200
