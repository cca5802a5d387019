"""Hostile and malformed input to the admin listener: one clean answer each, and nothing of it happens."""

import contextlib
import json
import re
import urllib.parse

import pytest

from support import address
from support.admin import AdminBalancer, check_fields, check_problem, media_type, serving
from support.admin_routes import ALL, CHANGES, READABLE, SERVICE
from support.http_client import HTTPClient, request
from support.http_response import BrokenResponse
from support.http_server import named
from support.polling import wait_until_still

LIMIT = 65_536

# What is not even read and forgotten, so that its client could be told why.
FAR_TOO_LONG = 16 * LIMIT + 1
HOSTILE_NAMES = ['<img src=x onerror=alert(1)>', '"; DROP TABLE', "a/b/../c", "%2e%2e", "?limit=1#x", "ünïcode", "{}"]


@pytest.fixture
def balancer(start):
    return start(AdminBalancer([start(server) for server in named(2)]))


@pytest.fixture(scope="module")
def shared():
    """For what is refused: each test leaves it as it was."""
    with serving(2) as balancer:
        yield balancer


# Bodies


NOT_JSON = [
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"{} {}", b"{'weight': 1}", b"\xff\xfe", b"weight=1",
    b'{"weight": 01}', b'{"weight": NaN}', b'{"weight": 1e}', b"[" * 30_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000]


@pytest.mark.parametrize("body", NOT_JSON, ids=lambda body: repr(body[:20]))
def test_what_is_no_json_object_is_refused(shared, body):
    for method, path, _ in CHANGES:
        if body or path != "/api/v1/metrics/reset":
            shared.admin.refuse(path, method, body, status=400)
    assert shared.admin.server("server-1")["weight"] == 1


WRONG_CHANGES = [
    {}, {"weight": -1}, {"weight": 0}, {"weight": 257}, {"weight": 1e99}, {"weight": 1.5}, {"weight": "1"},
    {"weight": True}, {"weight": None}, {"weight": [1]}, {"weight": {}}, {"weight": 2**63},
    {"weight": 2**64 + 1}, {"weight": -2**63},
    {"administrative_state": "down"}, {"administrative_state": "Enabled"}, {"administrative_state": None},
    {"administrative_state": 1}, {"administrative_state": ""}, {"drain_timeout_seconds": 5},
    {"weight": 2, "drain_timeout_seconds": 5}, {"administrative_state": "disabled", "drain_timeout_seconds": 5},
    {"administrative_state": "draining", "drain_timeout_seconds": 0},
    {"administrative_state": "draining", "drain_timeout_seconds": 3601},
    {"administrative_state": "draining", "drain_timeout_seconds": "5"},
    {"administrative_state": "draining", "drain_timeout_seconds": -1},
    {"weight": 2, "colour": "red"}, {"Weight": 2}, {"name": "x", "weight": 2}, {"weight": 2, "health": "up"},
    {"weight": 2, "administrative_state": "no"},
]


@pytest.mark.parametrize("change", WRONG_CHANGES, ids=json.dumps)
def test_a_wrong_change_of_a_server_changes_nothing(shared, change):
    problem = shared.admin.refuse(f"{SERVICE}/servers/server-1", "PATCH", change, status=400)
    assert len(problem["detail"]) > 10, "it says what would be right"
    server = shared.admin.server("server-1")
    assert (server["weight"], server["administrative_state"], server["drain"]) == (1, "enabled", None)


@pytest.mark.parametrize("change", [
    {}, {"strategy": "random"}, {"strategy": ""}, {"strategy": None}, {"strategy": 1}, {"strategy": ["round_robin"]},
    {"strategy": "Round Robin"}, {"strategy": "least_connections", "more": 1}], ids=json.dumps)
def test_a_wrong_strategy_changes_nothing(shared, change):
    shared.admin.refuse(f"{SERVICE}/strategy", "PUT", change, status=400)
    assert shared.admin.state()["strategy"] == "round_robin"


@pytest.mark.parametrize("change", [
    {"service": 1}, {"service": ["main"]}, {"services": []}, {"service": "main", "x": 1}], ids=json.dumps)
def test_a_wrong_reset_resets_nothing(balancer, change):
    balancer.exchange()
    balancer.admin.refuse("/api/v1/metrics/reset", "POST", change, status=400)
    assert balancer.admin.state()["requests"]["total"] == 1


@pytest.mark.parametrize("query", [
    "limit=0", "limit=201", "limit=-1", "limit=x", "limit=", "limit=1.5", "limit=1e2", "limit=99999999999999999999",
    "after=-1", "after=x", "after=", "after=1.0", "limit=%00", "limit=5%0d%0a"])
def test_a_wrong_query_is_refused(shared, query):
    shared.admin.refuse(f"{SERVICE}/exchanges?{query}", status=400)


def test_a_body_of_the_limit_is_read_and_one_byte_more_is_not(balancer):
    path = f"{SERVICE}/servers/server-1"
    body = b'{"weight":4}'
    assert balancer.admin.succeed(path, "PATCH", body + b" " * (LIMIT - len(body)))["weight"] == 4
    balancer.admin.refuse(path, "PATCH", b'{"weight":5}' + b" " * (LIMIT - len(body) + 1), status=413)
    assert balancer.admin.server("server-1")["weight"] == 4


@pytest.mark.parametrize("length", [FAR_TOO_LONG, 10**9, 2**63 - 1])
def test_a_body_that_is_announced_far_too_long_is_refused_before_it_comes(shared, length):
    with shared.admin.client() as client:
        client.send(request("/api/v1/metrics/reset", "POST", {
            "Content-Type": "application/json", "Content-Length": length}, host=shared.admin_address))
        answer = client.answer()
    assert answer.status == 413
    check_fields(answer)
    assert check_problem(answer)["code"] == "body_too_large"


def test_a_chunked_body_without_end_is_refused(balancer):
    with balancer.admin.client() as client:
        client.send(request("/api/v1/metrics/reset", "POST", {
            "Content-Type": "application/json", "Transfer-Encoding": "chunked"}, host=balancer.admin_address))
        with contextlib.suppress(OSError):
            for _ in range(8 * FAR_TOO_LONG // 4096):
                client.send(b"1000\r\n" + b" " * 4096 + b"\r\n")
        with contextlib.suppress(ConnectionError, BrokenResponse):
            assert client.answer().status == 413
    assert balancer.admin.get("/healthz") == {"status": "ok"}


def test_a_chunked_body_is_read(balancer):
    with balancer.admin.client() as client:
        client.send(request(f"{SERVICE}/servers/server-1", "PATCH", {
            "Content-Type": "application/json", "Transfer-Encoding": "chunked"}, host=balancer.admin_address))
        client.send(b'5\r\n{"wei\r\n7\r\nght":3}\r\n0\r\n\r\n')
        assert json.loads(client.answer().body)["weight"] == 3


# Names and paths


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_of_a_server_is_data(start, name):
    servers = [start(server) for server in named(1)]
    balancer = start(AdminBalancer([(name, servers[0].address)]))
    assert [server["name"] for server in balancer.admin.state()["servers"]] == [name]
    path = urllib.parse.quote(name, safe="")
    assert balancer.admin.server(path)["name"] == name
    assert balancer.admin.change(path, weight=2)["weight"] == 2
    balancer.exchange()
    answer = balancer.admin.ask(f"{SERVICE}/exchanges")
    assert media_type(answer) == "application/json"
    assert json.loads(answer.body)["exchanges"][0]["server"] == name
    assert balancer.admin.get("/api/v1/changes")["changes"][0]["server"] == name


def test_hostile_requests_of_clients_are_data(balancer):
    target = "/%0d%0aX-Evil:%201?'<script>alert(1)</script>"
    balancer.exchange(target, fields={"User-Agent": "<img src=x onerror=alert(1)>"})
    newest = balancer.admin.get(f"{SERVICE}/exchanges")["exchanges"][0]
    assert newest["target"] == target


@pytest.mark.parametrize("spelling", [
    "%0d%0aX-Evil:1", "a%00b", "%0a", "%7f", "%1b[31m", "%ff%fe", "%c0%ae", "%", "%zz", "%u0041"])
def test_control_bytes_in_a_name_stay_in_the_body(shared, spelling):
    for path in (f"{SERVICE}/servers/", "/api/v1/services/", "/", "/assets/"):
        answer = shared.admin.ask(path + spelling)
        assert answer.status in (400, 404), answer
        assert "x-evil" not in answer.names
        problem = check_problem(answer)
        assert problem["detail"].isprintable(), problem


@pytest.mark.parametrize("path, code", [
    ("/api/v1/services/nothing", "unknown_service"), ("/api/v1/services/nothing/servers", "unknown_service"),
    (f"{SERVICE}/servers/nothing", "unknown_server"), (f"{SERVICE}/servers/Server-1", "unknown_server"),
    (f"{SERVICE}/exchanges/4000000000", "unknown_exchange"), ("/api/v1/tests/77", "unknown_test"),
    ("/api/v1", None), ("/api/v1/", None), ("/api", None), ("/api/v2/status", None), ("/api/v1/status/", None),
    ("/api/v1/status/x", None), (f"{SERVICE}/servers/server-1/x", None), (f"{SERVICE}/nothing", None),
    ("/API/v1/status", None), ("/index.htm", None), ("/metrics/", None)])
def test_what_is_not_there_is_not_found(shared, path, code):
    shared.admin.refuse(path, status=404, code=code)


@pytest.mark.parametrize("method, path, body", [
    ("PATCH", f"{SERVICE}/servers/nothing", {"weight": 2}),
    ("PATCH", "/api/v1/services/nothing/servers/server-1", {"weight": 2}),
    ("PUT", "/api/v1/services/nothing/strategy", {"strategy": "round_robin"}), ("DELETE", "/api/v1/tests/77", None)])
def test_what_is_not_there_cannot_be_changed(shared, method, path, body):
    shared.admin.refuse(path, method, body, status=404)


def test_an_unknown_server_is_told_with_those_there_are(shared):
    detail = shared.admin.refuse(f"{SERVICE}/servers/x", status=404, code="unknown_server")["detail"]
    assert "server-1" in detail and "server-2" in detail and '"x"' in detail


@pytest.mark.parametrize("spelling", [
    "/../etc/passwd", "/assets/../../../etc/passwd", "/assets/..%2f..%2fetc%2fpasswd",
    "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets/..\\..\\etc\\passwd", "/assets/....//....//etc/passwd",
    "/assets/%252e%252e/etc/passwd", "/assets//etc/passwd",
    "/assets/%c0%ae%c0%ae/etc/passwd", "/assets/..;/etc/passwd", "/assets/%5c..%5cetc", "/assets/./index.html",
    "/assets/index.html%00.js", "/assets/../api/v1/status", "/assets/../index.html", "/.git/config", "/assets/.",
    "/assets/..", "/%2e%2e/%2e%2e/etc/passwd", "/assets/%2fetc/passwd", "/assets/file:///etc/passwd"])
def test_no_spelling_of_a_path_leads_out_of_the_page(shared, spelling):
    answer = shared.admin.ask(spelling)
    assert answer.status in (400, 404), answer
    assert b"root:" not in answer.body


# Requests that are none


MALFORMED = {
    "garbage": (b"\x00\x01\x02\r\n\r\n", 400, "invalid_method"),
    "a TLS hello": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64), 400, "tls_hello"),
    "no version": (b"GET /api/v1/status\r\n\r\n", 400, "missing_version"),
    "an unknown method": (b"FROB /api/v1/status HTTP/1.1\r\nHost: {host}\r\n\r\n", 405, "wrong_method"),
    "CONNECT": (b"CONNECT evil.test:80 HTTP/1.1\r\nHost: {host}\r\n\r\n", 405, "connect_refused"),
    "TRACE": (b"TRACE /api/v1/status HTTP/1.1\r\nHost: {host}\r\n\r\n", 405, "trace_refused"),
    "a field without a colon": (b"GET /api/v1/status HTTP/1.1\r\nHost: {host}\r\nX\r\n\r\n", 400, "missing_colon"),
    "a negative length": (
        b"POST /api/v1/metrics/reset HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1\r\n\r\n", 400,
        "invalid_content_length"),
    "a length that is none": (
        b"POST /api/v1/metrics/reset HTTP/1.1\r\nHost: {host}\r\nContent-Length: x\r\n\r\n", 400,
        "invalid_content_length"),
    "a head without end": (
        b"GET /api/v1/status HTTP/1.1\r\nHost: {host}\r\n" + b"X: y\r\n" * 20_000, 431, "too_many_fields"),
    "a field without end": (
        b"GET /api/v1/status HTTP/1.1\r\nHost: {host}\r\nX: " + b"y" * 200_000, 431, "head_too_large"),
    "a target without end": (b"GET /" + b"x" * 200_000, 414, "request_line_too_long"),
}


@pytest.mark.parametrize("said, status, code", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_request_is_refused_and_forgotten(shared, said, status, code):
    with shared.admin.client() as client:
        with contextlib.suppress(ConnectionError):
            client.send(said.replace(b"{host}", shared.admin_address.encode()))
            client.half_close()
        answer = client.answer()
    check_fields(answer)
    assert (answer.status, check_problem(answer)["code"]) == (status, code)
    if status == 405:
        assert "get" in answer.options("allow")
    assert shared.admin.get("/healthz") == {"status": "ok"}
    assert all(line.isprintable() for line in shared.lines)


def test_hostile_requests_make_clean_log_lines(balancer):
    for path in ("/%0a%0dforged", "/\x1b[31m", "/<script>", '/"quoted"', "/" + "x" * 6000):
        with contextlib.suppress(Exception), HTTPClient(balancer.admin_address) as client:
            client.send(request(path, host=balancer.admin_address, fields={"User-Agent": "x\x1b[31m\"y"}))
            client.answer()
    for line in wait_until_still(lambda: balancer.lines):
        assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \w+ +\S", line) and line.isprintable(), line


# Methods


def test_another_method_is_told_which_there_are(balancer):
    changes = {(method, path) for method, path, _ in CHANGES}
    for path in READABLE:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            plain = path.partition("?")[0]
            answer = balancer.admin.ask(plain, method, {} if method != "DELETE" else None)
            if (method, plain) in changes:
                assert answer.status == 400
                continue
            assert answer.status == 405, (method, plain, answer)
            allowed = answer.options("allow")
            assert {"get", "head"} <= set(allowed) and method.lower() not in allowed, (path, allowed)


@pytest.mark.parametrize("path, allowed", [
    ("/api/v1/status", {"get", "head"}), (f"{SERVICE}/servers/server-1", {"get", "head", "patch"}),
    (f"{SERVICE}/strategy", {"get", "head", "put"}), ("/api/v1/metrics/reset", {"post"}),
    ("/api/v1/tests", {"get", "head", "post"}), ("/metrics", {"get", "head"}), ("/", {"get", "head"})])
def test_the_allowed_methods_are_exact(shared, path, allowed):
    answer = shared.admin.ask(path, "OPTIONS")
    assert answer.status == 405
    assert set(answer.options("allow")) == allowed


def test_head_answers_as_get_without_the_body(balancer):
    for path in [*READABLE, "/", f"{SERVICE}/servers/nothing", "/nothing"]:
        full, bare = balancer.admin.ask(path), balancer.admin.ask(path, "HEAD")
        assert (bare.status, media_type(bare)) == (full.status, media_type(full)), path
        if bare.get("content-length") is not None and path in ("/", "/healthz", "/api/v1/openapi.json"):
            assert bare.get("content-length") == full.get("content-length")


def test_each_answer_of_one_connection_is_its_own(balancer):
    with balancer.admin.client() as client:
        for path in (*READABLE, "/nothing", *READABLE):
            answer = balancer.admin.ask(path, client=client)
            assert answer.status == (404 if path == "/nothing" else 200)


def test_every_answer_has_the_fields_of_every_answer(balancer):
    for method, path, body in ALL:
        if path != "/api/v1/events":
            balancer.admin.ask(path, method, body)
    page = balancer.admin.ask("/")
    assert media_type(page) == "text/html" and page.status == 200
    assets = set(re.findall(rb'(?:href|src)="(/?assets/[^"]+)"', page.body))
    for name in assets:
        answer = balancer.admin.ask("/" + name.decode().lstrip("/"))
        assert answer.status == 200
        assert answer.get("cache-control") == "no-cache" and answer.get("etag"), answer.fields
        again = balancer.admin.ask("/" + name.decode().lstrip("/"), fields={"If-None-Match": answer.get("etag")})
        assert (again.status, again.body) == (304, b"")


def test_the_listener_is_on_loopback_alone(balancer):
    host, port = balancer.admin_address.rsplit(":", 1)
    assert host == "127.0.0.1"
    with pytest.raises(OSError):
        address.connect(f"127.0.0.2:{port}", timeout=1).close()


@pytest.mark.parametrize("target", ["http://{}/api/v1/status", "HTTP://localhost/healthz"])
def test_a_target_with_a_scheme_and_a_host_is_taken(balancer, target):
    """RFC 9112 section 3.2.2: a server must accept the absolute form."""
    assert balancer.admin.ask(target.format(balancer.admin_address)).status == 200
