"""A page of another origin can change nothing and read nothing."""

import pytest

from support.admin import AdminBalancer, serving
from support.admin_routes import ALL, CHANGES, READABLE
from support.http_server import named

FOREIGN = {
    "another host": {"Origin": "http://evil.test"},
    "another port": {"Origin": "http://127.0.0.1:1"},
    "a longer name": {"Origin": "http://{address}.evil.test"},
    "no origin at all": {"Origin": "null"},
    "an empty one": {"Origin": ""},
    "a cross-site request": {"Sec-Fetch-Site": "cross-site"},
    "a same-site request": {"Sec-Fetch-Site": "same-site"},
    "a right origin that is cross-site": {"Origin": "http://{address}", "Sec-Fetch-Site": "cross-site"},
}
OTHER_TYPES = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
               "text/plain; application/json", "application/jsonp", "application/csp-report", ""]


@pytest.fixture
def balancer(start):
    return start(AdminBalancer([start(server) for server in named(1)]))


@pytest.fixture(scope="module")
def shared():
    """For what is refused: each test leaves it as it was."""
    with serving() as balancer:
        yield balancer


def unchanged(balancer):
    """Fails when any of `CHANGES` took place."""
    server = balancer.admin.server("server-1")
    assert (server["weight"], server["administrative_state"]) == (1, "enabled")
    assert balancer.admin.state()["strategy"] == "round_robin"
    assert balancer.admin.get("/api/v1/tests") == {"tests": []}


@pytest.mark.parametrize("fields", FOREIGN.values(), ids=FOREIGN.keys())
def test_nothing_is_changed_for(shared, fields):
    sent = {name: value.format(address=shared.admin_address) for name, value in fields.items()}
    for method, path, body in CHANGES:
        shared.admin.refuse(path, method, body, fields=sent, status=403, code="cross_origin")
    shared.admin.refuse("/api/v1/tests/1", "DELETE", fields=sent, status=403, code="cross_origin")
    unchanged(shared)


@pytest.mark.parametrize("kind", OTHER_TYPES, ids=lambda kind: kind or "none")
def test_nothing_is_changed_by_a_body_of_another_type(shared, kind):
    for method, path, body in CHANGES:
        shared.admin.refuse(path, method, body, fields={"Content-Type": kind}, status=415)
    unchanged(shared)


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_is_taken_however_it_is_called(balancer, kind):
    changed = balancer.admin.succeed(
        f"{balancer.admin.service}/servers/server-1", "PATCH", {"weight": 2}, fields={"Content-Type": kind})
    assert changed["weight"] == 2


@pytest.mark.parametrize("fields", [
    # A proxy before it may speak TLS.
    {}, {"Origin": "http://{address}"}, {"Origin": "https://{address}"}, {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},    {"Origin": "http://{address}", "Sec-Fetch-Site": "same-origin"}], ids=str)
def test_the_page_itself_changes_things(balancer, fields):
    sent = {name: value.format(address=balancer.admin_address) for name, value in fields.items()}
    balancer.admin.succeed(f"{balancer.admin.service}/strategy", "PUT", {"strategy": "least_connections"}, fields=sent)
    assert balancer.admin.state()["strategy"] == "least_connections"


def test_a_preflight_gives_nothing(balancer):
    for method, path, _ in CHANGES:
        answer = balancer.admin.ask(path, "OPTIONS", fields={
            "Origin": "http://evil.test", "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "content-type"})
        # That no field of CORS is there is checked of every answer.
        assert answer.status in (403, 405)


def test_no_answer_is_for_another_origin(balancer):
    for method, path, body in ALL:
        if path != "/api/v1/events":
            balancer.admin.ask(path, method, body, fields={"Origin": "http://evil.test"})


def test_reading_changes_nothing(balancer):
    balancer.admin.change("server-1", weight=5)
    for _ in range(2):
        for path in READABLE:
            for query in ("", "administrative_state=disabled&weight=9&strategy=least_connections"):
                joined = f"{path}{'&' if '?' in path else '?'}{query}" if query else path
                balancer.admin.ask(joined)
                balancer.admin.ask(joined, "HEAD")
    server = balancer.admin.server("server-1")
    assert (server["weight"], server["administrative_state"]) == (5, "enabled")
    assert balancer.admin.state()["strategy"] == "round_robin"


def test_the_routes_that_change_are_not_for_get(balancer):
    for path in ("/api/v1/metrics/reset", "/logout"):
        assert balancer.admin.ask(path).status in (404, 405)
    unchanged(balancer)


@pytest.mark.parametrize("field", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_no_field_replaces_the_method(balancer, field):
    balancer.admin.ask(f"{balancer.admin.service}/servers/server-1", "GET", {"weight": 9}, fields={field: "PATCH"})
    unchanged(balancer)
