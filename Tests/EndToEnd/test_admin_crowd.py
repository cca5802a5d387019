"""Crowds and hostile clients at the dashboard: the proxy on the same loop does not notice."""

import asyncio
import contextlib
import socket
import threading

import pytest

from support.admin import TOKEN, AdminBalancer
from support.address import connect, family_and_target
from support.configuration import NO_CHECKS
from support.http_balancer import HTTPBalancer
from support.http_server import HTTPServer, response
from support.polling import wait_until
from support.proc import resident_bytes, socket_count
from support.scripted_server import ScriptedServer, respond
from support.stopwatch import at_most, took

READERS = 100
ROUTES = [
    "/api/v1/services", "/api/v1/services/main/exchanges?limit=200", "/api/v1/services/main/history",
    "/api/v1/status", "/", "/metrics", "/nothing"]


class Readers:
    """Connections that ask for one path as fast as they get answers, until the end of the context."""

    def __init__(self, to, path):
        self._target = family_and_target(to)[1]
        self._asked = f"GET {path} HTTP/1.1\r\nHost: {to}\r\n\r\n".encode()
        self._stopping = False
        self.answers = 0

    def __enter__(self):
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopping = True
        self._thread.join(20)

    async def _run(self):
        await asyncio.gather(*(self._read() for _ in range(READERS)))

    async def _read(self):
        while not self._stopping:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection(*self._target)
                while not self._stopping:
                    writer.write(self._asked)
                    head = (await reader.readuntil(b"\r\n\r\n")).lower()
                    await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n")[0]))
                    self.answers += 1
                writer.close()


def median(balancer, count):
    """How long the middle one of so many requests takes, each on a connection of its own."""
    times = []
    for _ in range(count):
        answer, seconds = took(balancer.get)
        assert answer.status == 200
        times.append(seconds)
    return sorted(times)[count // 2]


@pytest.mark.parametrize("path", ROUTES)
def test_a_crowd_of_readers_does_not_keep_requests_waiting(start, path):
    server = start(ScriptedServer(respond()))
    balancer = start(AdminBalancer([("server", server.address)], health=NO_CHECKS))
    for _ in range(200):
        assert balancer.get().status == 200
    with Readers(balancer.admin_address, path) as readers:
        wait_until(lambda: readers.answers > READERS, 20, "the crowd reads")
        # Each answer of the crowd's one after the other would take a second and more.
        assert median(balancer, 50) < at_most(0.1)
        before = readers.answers
        wait_until(lambda: readers.answers > before, 20, "the crowd is served too")


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
