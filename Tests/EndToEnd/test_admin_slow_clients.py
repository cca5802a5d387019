"""Slow and broken clients of the admin listener: they wait for themselves, and nobody waits for them."""

import contextlib
import threading
import time

import pytest

from support.admin import AdminBalancer
from support.admin_events import EventStream
from support.http_client import request
from support.http_server import named
from support.load import Load, kinds
from support.polling import every, wait_until
from support.proc import MIB, fd_count, private_bytes
from support.stopwatch import at_most

# Far below the deadline of any slow client, far above what two busy processors do to one request.
PROMPT = 1.0

# Within which a client that never gets done is cut. Seconds.
MOST_PATIENCE = 40


@pytest.fixture
def balancer(start):
    return start(AdminBalancer([start(server) for server in named(2)]))


def check_prompt(balancer):
    """Fails unless the proxy serves everybody, and the API another client, promptly."""
    with Load(balancer.address, 8, keep_alive=True, total=400) as load:
        times = []
        for _ in range(10):
            began = time.monotonic()
            balancer.admin.get("/api/v1/services")
            times.append(time.monotonic() - began)
        outcomes = load.finish()
    assert kinds(outcomes) == {"200": 400}
    assert max(outcome.ended - outcome.started for outcome in outcomes) < at_most(PROMPT)
    assert max(times) < at_most(PROMPT)


@contextlib.contextmanager
def clients(balancer, count, said=b""):
    """So many clients of the admin listener that have sent the same and wait."""
    with contextlib.ExitStack() as opened:
        crowd = [opened.enter_context(balancer.admin.client(timeout=40)) for _ in range(count)]
        for client in crowd:
            client.send(said.replace(b"{host}", balancer.admin_address.encode()))
        yield crowd


POST = b"POST /api/v1/metrics/reset HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"

SLOW = {
    "say nothing": b"",
    "send half a request": b"GET /api/v1/status HTTP/1.1\r\nHost: {ho",
    "announce a body that never comes":
        POST + b"Content-Length: 2\r\n\r\n",
    "send half a body":
        POST + b"Content-Length: 9\r\n\r\n{",
    "never end their chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
}


class NeverDone:
    """A balancer, and clients that never get done: some of each slow kind, and one that drips its head.

    A deadline, unlike an idle time, is not moved by the drip.
    """

    COUNT = 3 * len(SLOW) + 1

    def __init__(self, started):
        servers = [started.enter_context(server) for server in named(2)]
        self.balancer = started.enter_context(AdminBalancer(servers))
        self.fds_before = fd_count(self.balancer.pid)
        for said in SLOW.values():
            started.enter_context(clients(self.balancer, 3, said))
        self._dripping = started.enter_context(self.balancer.admin.client(timeout=0.01))
        self._dripping.send(f"GET /api/v1/status HTTP/1.1\r\nHost: {self.balancer.admin_address}\r\n".encode())
        wait_until(lambda: self.still_connected == self.COUNT, what="all are connected")
        threading.Thread(target=self._drip, daemon=True).start()

    @property
    def still_connected(self):
        return fd_count(self.balancer.pid) - self.fds_before

    def _drip(self):
        """Sends a further field, as long as anybody takes it."""
        with contextlib.suppress(OSError):
            for turn in every(0.1, MOST_PATIENCE):
                self._dripping.send(b"X-Slow: %d\r\n" % turn)


@pytest.fixture(scope="module", autouse=True)
def never_done():
    """They wait for their end while the tests of this file go on, which takes no less time."""
    with contextlib.ExitStack() as started:
        yield NeverDone(started)


@pytest.mark.parametrize("said", SLOW.values(), ids=SLOW.keys())
def test_nobody_waits_for_those_that(balancer, said):
    with clients(balancer, 150, said):
        check_prompt(balancer)
    check_prompt(balancer)


def test_a_hundred_streams_that_nobody_reads_delay_nobody(balancer):
    said = request("/api/v1/events", host=balancer.admin_address)
    before = private_bytes(balancer.pid)
    with clients(balancer, 100, said) as crowd:
        for client in crowd:
            assert client.answer_head().status == 200
        check_prompt(balancer)
        with EventStream(balancer.admin) as stream:
            ticks = [stream.next("tick", deadline=2) for _ in range(3)]
        assert ticks[-1].at - ticks[0].at < at_most(2.5)
        assert private_bytes(balancer.pid) - before < 64 * MIB
    wait_until(lambda: balancer.admin.get("/api/v1/status")["event_streams"] == 0)
    check_prompt(balancer)


def test_a_client_that_asks_and_does_not_read_is_held_by_itself(balancer):
    said = request("/api/v1/openapi.json", host=balancer.admin_address) * 200
    before = private_bytes(balancer.pid)
    with contextlib.ExitStack() as opened:
        for _ in range(10):
            client = opened.enter_context(balancer.admin.client(timeout=0.2))
            with contextlib.suppress(TimeoutError, ConnectionError):
                client.send(said)
        check_prompt(balancer)
        assert private_bytes(balancer.pid) - before < 64 * MIB


FLOODS = {
    "a stream's client": request("/api/v1/events", host="localhost"),
    "a body that is announced too long": request(
        "/api/v1/metrics/reset", "POST", {"Content-Type": "application/json", "Content-Length": 2_000_000_000},
        host="localhost"),
    "a body that is too long, and taken": request(
        "/api/v1/metrics/reset", "POST", {"Content-Type": "application/json", "Content-Length": 1_000_000},
        host="localhost"),
    "chunks without end": request(
        "/api/v1/metrics/reset", "POST", {"Content-Type": "application/json", "Transfer-Encoding": "chunked"},
        host="localhost") + b"40000000\r\n",
    "requests without end": request("/api/v1/openapi.json", host="localhost"),
}


@pytest.mark.parametrize("said", FLOODS.values(), ids=FLOODS.keys())
def test_what_one_client_sends_does_not_fill_the_memory(balancer, said):
    before = private_bytes(balancer.pid)
    # Requests that follow the first are sent on as long as they are taken.
    part = said * 1000 if said.startswith(b"GET /api/v1/openapi") else b"x" * MIB
    with balancer.admin.client(timeout=0.5) as client:
        client.send(said)
        with contextlib.suppress(OSError):
            for _ in range(32):
                client.send(part)
        assert private_bytes(balancer.pid) - before < 8 * MIB
    check_prompt(balancer)


def test_clients_that_go_away_at_any_point_leave_nothing_behind(balancer):
    check_prompt(balancer)
    before = fd_count(balancer.pid)
    requests = [
        request("/api/v1/services", host=balancer.admin_address),
        request("/api/v1/events", host=balancer.admin_address),
        request(f"{balancer.admin.service}/servers/server-1", "PATCH", {"Content-Type": "application/json"},
                b'{"weight":1}', host=balancer.admin_address)]
    for said in requests:
        for end in range(1, len(said) + 1, 7):
            client = balancer.admin.client()
            client.send(said[:end])
            client.reset()
    wait_until(lambda: fd_count(balancer.pid) <= before + 1, what="their descriptors are closed")
    check_prompt(balancer)


def test_requests_sent_byte_by_byte_are_answered(balancer):
    with balancer.admin.client() as client:
        for byte in request("/healthz", host=balancer.admin_address):
            client.send(bytes([byte]))
        assert client.answer().body.strip() == b'{"status":"ok"}'


def test_a_pipeline_of_requests_is_answered_in_order(balancer):
    with balancer.admin.client() as client:
        paths = ["/healthz", "/api/v1/status", "/nothing", "/readyz"] * 5
        client.send(b"".join(request(path, host=balancer.admin_address) for path in paths))
        assert [client.answer().status for _ in paths] == [200, 200, 404, 200] * 5


# The last of the file: by now most of their time is over.
def test_those_that_never_get_done_are_cut_in_the_end(never_done):
    wait_until(lambda: never_done.still_connected == 0, MOST_PATIENCE, "all are cut")
    check_prompt(never_done.balancer)
