"""Crowds and hostile clients at the dashboard: the proxy on the same loop does not notice."""

import contextlib
import json
import socket

import pytest

from support.admin import TOKEN, AdminBalancer
from support.address import connect
from support.configuration import NO_CHECKS
from support.http_balancer import HTTPBalancer
from support.http_server import HTTPServer, response
from support.load_command import result, url
from support.polling import wait_until
from support.proc import resident_bytes, socket_count
from support.readers import Readers
from support.scripted_server import ScriptedServer, respond
from support.stopwatch import at_most, took

READERS = 150
# Requests a second through the proxy while they read, and for how many seconds.
RATE, SECONDS = 100, 2
SERVICE = "/api/v1/services/main"
ROUTES = [
    (2, "/api/v1/services"), (2, f"{SERVICE}/exchanges?limit=200"), (2, f"{SERVICE}/history"),
    (2, "/api/v1/status"), (2, "/"), (2, "/metrics"), (2, "/nothing"),
    (40, "/api/v1/services"), (40, f"{SERVICE}/exchanges?limit=200"),
    (1000, "/api/v1/services"), (1000, f"{SERVICE}/history"), (1000, "/metrics"), (1000, "/api/v1/status"),
    (1000, f"{SERVICE}/servers/server-7")]


def p99(balancer):
    """Seconds in which 99 of 100 requests are answered that are sent on schedule, each over a connection of its own; at
    least 95 of 100 must be."""
    report = result("--disable-keepalive", "-c", "50", "-q", str(RATE), "-z", f"{SECONDS}s", url(balancer.address))
    assert report["latency_ms"]["count"] >= 0.95 * RATE * SECONDS and not report["failed"]
    return report["latency_ms"]["p99"] / 1000


def answers_as_soon_as(balancer, alone):
    """Whether requests wait no longer than alone, and 20 ms; the best of three, because others use the machine too and
    a loop that is held up is so each time."""
    return any(p99(balancer) < alone + at_most(0.02) for _ in range(3))


def with_servers(start, count, **more):
    """A balancer with so many servers, all of them the same one at other addresses, and 200 exchanges to remember."""
    port = start(ScriptedServer(respond(), at="0.0.0.0:0")).address.rpartition(":")[2]
    servers = [(f"server-{number}", f"127.0.{number // 250}.{number % 250 + 1}:{port}") for number in range(count)]
    balancer = start(AdminBalancer(servers, health=NO_CHECKS, **more))
    for _ in range(200):
        assert balancer.get().status == 200
    return balancer


@pytest.mark.parametrize("count, path", ROUTES)
def test_a_crowd_of_readers_does_not_keep_requests_waiting(start, count, path):
    balancer = with_servers(start, count)
    alone = p99(balancer)
    with Readers(balancer.admin_address, path, READERS) as readers:
        wait_until(lambda: readers.answers > 10, 20, "the crowd reads")
        assert answers_as_soon_as(balancer, alone)
        before = readers.answers
        wait_until(lambda: readers.answers > before, 20, "the crowd is served too")


def test_a_change_goes_before_a_crowd_of_readers(start):
    balancer = with_servers(start, 40)
    with Readers(balancer.admin_address, "/api/v1/services", READERS) as readers:
        wait_until(lambda: readers.answers > READERS, 20, "the crowd reads")
        for weight in range(2, 7):
            answer, seconds = took(
                lambda: balancer.admin.ask(f"{SERVICE}/servers/server-1", "PATCH", {"weight": weight}))
            assert answer.status == 200 and seconds < at_most(0.2)


def test_those_who_watch_very_many_servers_do_not_keep_requests_waiting(start):
    balancer = with_servers(start, 1000)
    alone = p99(balancer)
    head = f"GET /api/v1/events HTTP/1.1\r\nHost: {balancer.admin_address}\r\n\r\n".encode()
    watchers = []
    for _ in range(10):
        watchers.append(start(contextlib.closing(connect(balancer.admin_address))))
        watchers[-1].sendall(head)
    assert answers_as_soon_as(balancer, alone)
    watchers[0].settimeout(10)
    seen = b""
    while b"\n\n" not in seen.partition(b"event: tick")[2]:
        seen += watchers[0].recv(1 << 20)


def test_an_answer_about_very_many_servers_is_whole_and_shows_a_change_at_once(start):
    balancer = with_servers(start, 200)
    for weight in range(2, 5):
        assert balancer.admin.ask(f"{SERVICE}/servers/server-7", "PATCH", {"weight": weight}).status == 200
        servers = json.loads(balancer.admin.ask(f"{SERVICE}/servers").body)["servers"]
        assert [server["name"] for server in servers] == [f"server-{number}" for number in range(200)]
        assert servers[7]["weight"] == weight


# Wrong tokens


def test_wrong_tokens_are_told_once_in_a_while_with_their_number_and_never_their_text(start):
    balancer = start(AdminBalancer([start(HTTPServer())], token=TOKEN))
    guess = "a-guess-of-a-token-" + "x" * 20
    for _ in range(3):
        answer = balancer.admin.ask("/api/v1/status", fields={"Authorization": f"Bearer {guess}"}, authorized=False)
        assert answer.status == 401
    lines = balancer.matching("dashboard: .*wrong token")
    assert len(lines) == 1 and lines[0].string.endswith("a wrong token was shown, the last one by 127.0.0.1")
    assert guess not in balancer.log


def test_a_right_token_is_not_held_up_by_those_who_guess(start):
    balancer = start(AdminBalancer([start(HTTPServer())], token=TOKEN))
    head = f"GET /api/v1/status HTTP/1.1\r\nHost: {balancer.admin_address}\r\nAuthorization: Bearer {'x' * 30}\r\n\r\n"
    with contextlib.ExitStack() as guessing:
        for _ in range(300):
            guessing.enter_context(connect(balancer.admin_address)).sendall(head.encode())
        for _ in range(5):
            assert balancer.admin.ask("/api/v1/status").status == 200


def test_a_request_without_a_token_that_lacks_one_is_not_held_back(start):
    balancer = start(AdminBalancer([start(HTTPServer())], token=TOKEN))
    answer, seconds = took(lambda: balancer.admin.ask("/api/v1/status", authorized=False))
    assert answer.status == 401 and seconds < at_most(0.3)
    assert not balancer.matching("wrong token")


def test_bodies_of_clients_without_a_token_take_little_memory(start):
    balancer = start(AdminBalancer([start(HTTPServer())], token=TOKEN))
    before = resident_bytes(balancer.pid)
    head = (f"POST /api/v1/tests HTTP/1.1\r\nHost: {balancer.admin_address}\r\n"
            "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n").encode()
    with contextlib.ExitStack() as posting:
        for _ in range(200):
            client = posting.enter_context(connect(balancer.admin_address))
            with contextlib.suppress(OSError):
                client.sendall(head + b"x" * 900_000)
        assert balancer.get().status == 200
        assert resident_bytes(balancer.pid) - before < 64 << 20


# The session cookie


def seen_cookies(balancer, server, *values):
    client = balancer.client()
    head = "".join(f"Cookie: {value}\r\n" for value in values)
    client.send(f"GET /cookies HTTP/1.1\r\nHost: a\r\n{head}X-Last: 1\r\n\r\n".encode())
    assert client.answer().status == 200
    client.close()
    return server.seen[-1].all("cookie")


@pytest.mark.parametrize("sent, seen", [
    (["evenkeel_session_8090=secret"], []),
    (["a=1; evenkeel_session_8090=secret; b=2"], ["a=1; b=2"]),
    (["evenkeel_session=secret;a=1"], ["a=1"]),
    (["a=\"x y\" ;evenkeel_session_1=s ; c= d"], ["a=\"x y\"; c= d"]),
    (["evenkeel_session_8090=s", "a=1", "evenkeel_session_9090=t; b=2"], ["a=1", "b=2"]),
    (["a=evenkeel_session_8090; my_evenkeel_session=1"], ["a=evenkeel_session_8090; my_evenkeel_session=1"]),
    (["a=1;b=2;  c=3"], ["a=1;b=2;  c=3"]),
])
def test_the_dashboards_cookie_goes_to_no_server_and_others_do(start, sent, seen):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server]))
    assert seen_cookies(balancer, server, *sent) == seen


# Streams


def test_an_event_stream_that_nobody_reads_is_cut_in_the_documented_time(start):
    balancer = start(AdminBalancer([start(HTTPServer())]))
    head = f"GET /api/v1/events HTTP/1.1\r\nHost: {balancer.admin_address}\r\n\r\n".encode()
    before = socket_count(balancer.pid)
    watcher = start(contextlib.closing(connect(balancer.admin_address)))
    watcher.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    watcher.sendall(head)
    wait_until(lambda: socket_count(balancer.pid) == before + 1, what="it watches")
    # Something happens, so that there is something to tell; nobody reads it.
    with balancer.admin.client() as client:
        for turn in range(600):
            balancer.admin.ask(f"{balancer.admin.service}/servers/server", "PATCH", {"weight": 2 + turn % 2}, client=client)
    wait_until(lambda: socket_count(balancer.pid) == before, 20, "the stream is cut")
