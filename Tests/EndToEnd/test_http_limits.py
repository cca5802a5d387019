"""Each time-out and limit ends what it is for, and nobody else."""

import contextlib
import threading
import time

import pytest

from support.access_log import entries, wait_for_entries
from support.error_answer import assert_error
from support.http_balancer import HTTPBalancer
from support.http_client import request
from support.http_message import head
from support.http_server import HTTPServer, named, response
from support.polling import every, stays, wait_until
from support.proc import cpu_share
from support.sanitizer import SANITIZED
from support.scripted_client import ScriptedClient
from support.stopwatch import at_most

# What a client may wait at most while others misuse the balancer, in seconds. Without them it is about 1 ms.
MOST_LATENCY = 0.25 if not SANITIZED else 2


class Gate:
    """Holds requests for /held… until the test opens it."""

    def __init__(self):
        self.opened = threading.Event()

    def answer(self, asked, peer):
        if asked.target.startswith("/held"):
            self.opened.wait(10)
        return response(asked.target.encode())


# Slow ones, and others beside them


def drip_head(client, turn):
    """A byte of a head that never ends."""
    client.send(b"GET / HTTP/1.1\r\nX: "[turn:turn + 1] or b"x")


def drip_body(client, turn):
    """A head, and then a body that stops."""
    if turn == 0:
        client.send(request("/", "POST", {"Content-Length": 1000}) + b"x")


def read_nothing(client, turn):
    """Asks for much, and reads nothing of it."""
    if turn == 0:
        client.send(request("/large"))


def say_nothing(client, turn):
    """Connects, and that is all."""


SLOW = {
    "a slow head": (drip_head, b"HTTP/1.1 408 ", {"request_head_timeout"}),
    "a slow body": (drip_body, b"HTTP/1.1 408 ", {"request_body_timeout"}),
    "a slow reader": (read_nothing, None, {"response_body_timeout", "client_stalled"}),
    "silence": (say_nothing, b"", set()),
}


# Far more than the kernel keeps for a client that does not read; made once, for it takes time.
LARGE = response(bytes(60_000_000))


def large(asked, peer):
    return LARGE if asked.target == "/large" else response()


@pytest.mark.parametrize("misuse, answer, reasons", SLOW.values(), ids=SLOW.keys())
def test_it_is_ended_by_its_own_timeout_and_nobody_else_notices(start, misuse, answer, reasons):
    server = start(HTTPServer(large))
    balancer = start(HTTPBalancer(
        [server], access_log="on",
        timeouts={"request_head": "900ms", "body": "900ms", "keep_alive": "900ms", "response_head": "10s"}))
    slow = [start(ScriptedClient(balancer.address, timeout=3)) for _ in range(20)]
    other = start(balancer.client())
    latencies = []
    started = time.monotonic()
    for turn in every(0.05, 0.6):
        for client in slow:
            misuse(client, turn)
        asked = time.monotonic()
        assert other.ask().status == 200
        latencies.append(time.monotonic() - asked)
    assert max(latencies) < at_most(MOST_LATENCY)

    if answer is None:
        # Nothing is read until the balancer has given up.
        ended = wait_for_slow(balancer, len(slow))
    else:
        for client in slow:
            got = client.read_to_end()
            assert got.startswith(answer) if answer else got == b""
        ended = wait_for_slow(balancer, len(slow) if answer else 0)
    assert 0.85 < time.monotonic() - started < at_most(2.5)
    assert {entry.reason for entry in ended} <= reasons
    assert balancer.exchange().status == 200
    stays(lambda: True, 0.1)
    for peer in server.peers:
        assert peer.error is None or "reset" in str(peer.error).lower() or "pipe" in str(peer.error).lower()


def wait_for_slow(balancer, count):
    """The entries of exchanges that were not whole, once there are so many."""
    def ended():
        return [entry for entry in entries(balancer) if entry.reason != "none"]
    wait_until(lambda: len(ended()) >= count, 5, f"{count} exchanges are ended")
    assert len(ended()) == count
    return ended()


def test_a_client_that_sends_a_byte_now_and_then_is_cut_at_the_heads_deadline(start):
    balancer = start(HTTPBalancer([start(HTTPServer())], timeouts={"request_head": "1s"}))
    client = start(balancer.client())
    started = time.monotonic()
    with contextlib.suppress(OSError):
        for turn in every(0.1, 3):
            drip_head(client, turn)
            if time.monotonic() - started > 1.2:
                break
    assert_error(client.answer(), 408, "request_head_timeout", closes=True)
    assert time.monotonic() - started < at_most(2)


def test_a_kept_connection_is_closed_quietly_when_it_was_idle_for_too_long(start):
    keep_alive = at_most(0.4)
    balancer = start(HTTPBalancer(
        [start(HTTPServer())], access_log="on", timeouts={"keep_alive": f"{keep_alive * 1000:.0f}ms"}))
    client = start(balancer.client())
    for _ in range(3):
        assert client.ask().status == 200
        stays(lambda: True, keep_alive / 2)
    started = time.monotonic()
    assert client.read_to_end() == b""
    assert time.monotonic() - started < at_most(keep_alive + 0.6)
    wait_for_entries(balancer, 3)


def test_the_deadline_of_a_head_counts_from_its_first_byte(start):
    longest = at_most(0.4)
    balancer = start(HTTPBalancer(
        [start(HTTPServer())], timeouts={"keep_alive": "10s", "request_head": f"{longest * 1000:.0f}ms"}))
    client = start(balancer.client())
    stays(lambda: True, longest * 1.5)
    assert client.ask().status == 200
    stays(lambda: True, longest * 1.5)
    client.send(b"GET / HTTP/1.1\r\n")
    stays(lambda: True, longest / 2)
    client.send(b"Host: h\r\n\r\n")
    assert client.answer().status == 200


def test_a_body_that_keeps_moving_outlives_all_timeouts(start):
    server = start(HTTPServer())
    longest = at_most(0.3)
    names = ("body", "request_head", "keep_alive", "response_head")
    balancer = start(HTTPBalancer([server], timeouts=dict.fromkeys(names, f"{longest * 1000:.0f}ms")))
    client = start(balancer.client())
    client.send(request("/", "POST", {"Content-Length": 10}))
    for _ in every(longest / 2, 4.7 * longest):
        client.send(b"x")
    assert client.answer().status == 200


def test_a_slow_reader_that_keeps_reading_gets_it_all(start):
    size = 20_000_000
    timeout = at_most(0.5)
    balancer = start(HTTPBalancer(
        [start(HTTPServer(lambda asked, peer: response(bytes(size))))],
        timeouts={"body": f"{timeout * 1000:.0f}ms"}))
    client = start(balancer.client())
    client.send(request())
    assert client.answer_head().status == 200
    received = 0
    # Faster would not be slow, slower than the kernel's buffers empty is a stall to who writes.
    for _ in every(timeout / 5, 3 * timeout):
        received += len(client.read(1_000_000))
    assert received + len(client.read(size - received)) == size


# The queue


def full(start, count=1, **settings):
    """A server that holds the one request that it may have: (balancer, server, gate, the holder)."""
    gate = Gate()
    servers = [start(server) for server in named(count, gate.answer)]
    balancer = start(HTTPBalancer(servers, max_connections=1, access_log="on", **settings))
    holders = [start(balancer.client()) for _ in range(count)]
    for number, holder in enumerate(holders):
        holder.send(request(f"/held/{number}"))
    wait_until(lambda: sum(len(server.seen) for server in servers) == count, what="each server has its one")
    return balancer, servers, gate, holders


def test_requests_beyond_max_connections_wait_in_order(start):
    balancer, [server], gate, [holder] = full(start)
    waiting = []
    for number in range(8):
        client = start(balancer.client())
        client.send(request(f"/{number}"))
        waiting.append(client)
        # One after another is in the queue before the next comes.
        stays(lambda: server.targets == ["/held/0"], 0.03, "nothing goes beyond the limit")
    gate.opened.set()
    assert holder.answer().status == 200
    assert [client.answer().body for client in waiting] == [b"/%d" % number for number in range(8)]
    assert server.targets[1:] == [f"/{number}" for number in range(8)]
    assert server.connections == 1


def test_one_that_waits_too_long_gets_503(start):
    balancer, [server], gate, _ = full(start, timeouts={"queue": "400ms"})
    client = start(balancer.client())
    started = time.monotonic()
    assert_error(client.ask("/late", "POST", body=b"x"), 503, "queue_timeout", closes=False)
    assert 0.35 <= time.monotonic() - started < at_most(1)
    gate.opened.set()
    assert client.ask("/after").status == 200, "its connection goes on"
    assert server.targets == ["/held/0", "/after"], "one that was given up was sent on after all"


def test_a_full_queue_is_503_at_once(start):
    balancer, [server], gate, [holder] = full(start, limits={"queue": 2})
    waiting = [start(balancer.client()) for _ in range(2)]
    for number, client in enumerate(waiting):
        client.send(request(f"/{number}"))
        stays(lambda: True, 0.05)
    client = start(balancer.client())
    started = time.monotonic()
    assert_error(client.ask("/too-many"), 503, "queue_full", closes=False)
    assert time.monotonic() - started < at_most(0.3)
    gate.opened.set()
    assert [each.answer().status for each in (holder, *waiting)] == [200] * 3
    assert server.targets == ["/held/0", "/0", "/1"]


def test_one_that_leaves_the_queue_leaves_its_place(start):
    balancer, [server], gate, [holder] = full(start, limits={"queue": 1})
    leaving = balancer.client()
    leaving.send(request("/leaving"))
    stays(lambda: True, 0.1)
    leaving.reset()
    stays(lambda: True, 0.1)
    staying = start(balancer.client())
    staying.send(request("/staying"))
    stays(lambda: True, 0.1)
    gate.opened.set()
    assert staying.answer().status == 200
    assert server.targets == ["/held/0", "/staying"]


def test_the_queue_is_for_whichever_server_is_free_first(start):
    gates = [Gate(), Gate()]
    servers = [start(HTTPServer(gate.answer, name=f"server-{n}")) for n, gate in enumerate(gates)]
    balancer = start(HTTPBalancer(servers, max_connections=1))
    holders = [start(balancer.client()) for _ in range(2)]
    for number, holder in enumerate(holders):
        holder.send(request(f"/held/{number}"))
    wait_until(lambda: sum(len(server.seen) for server in servers) == 2, what="each has one")
    waiting = start(balancer.client())
    waiting.send(request("/next"))
    stays(lambda: True, 0.1)
    gates[1].opened.set()
    assert waiting.answer().status == 200
    assert "/next" in servers[1].targets
    gates[0].opened.set()


def test_a_server_never_has_more_than_its_max_connections(start):
    lock, now, most = threading.Lock(), 0, 0

    def count(asked, peer):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        peer.released.wait(0.003)
        with lock:
            now -= 1
        return response()

    server = start(HTTPServer(count))
    balancer = start(HTTPBalancer([server], max_connections=3))
    clients = [start(balancer.client(timeout=10)) for _ in range(30)]
    for _ in range(5):
        for client in clients:
            client.send(request())
        assert [client.answer().status for client in clients] == [200] * 30
    assert most == 3
    assert server.connections <= 3


def test_clients_beyond_the_limit_of_connections_wait_for_their_turn(start):
    balancer = start(HTTPBalancer([start(HTTPServer())], limits={"connections": 2}))
    clients = [start(balancer.client()) for _ in range(4)]
    for client in clients:
        client.send(request())
    for client in clients:
        assert client.answer().status == 200
        client.close()
    told = balancer.matching("warn.* main: the limit of 2 connections is reached: new clients wait .*limits.connections")
    assert len(told) == 1, "it is told once a minute"


def test_waiting_costs_no_cpu_time(start):
    balancer, _, gate, _ = full(start, timeouts={"queue": "10s"})
    waiting = [start(balancer.client()) for _ in range(100)]
    for client in waiting:
        client.send(request())
    stays(lambda: True, 0.2)
    assert cpu_share(balancer.pid, seconds=0.5) < 0.1
    gate.opened.set()
    assert [client.answer().status for client in waiting] == [200] * 100


# Ejection


# Checks that see nothing wrong and seldom look, so that only traffic ejects.
SELDOM = {"type": "tcp", "interval": "1m", "rise": 1}


class Moody:
    """A server that answers with garbage while it is bad."""

    def __init__(self, name, bad=True):
        self.is_bad = bad
        self.server = HTTPServer(script=self._script, name=name)

    def _script(self, peer):
        while self.server.read_request(peer):
            if self.is_bad:
                peer.send(b"garbage\r\n\r\n")
                return
            peer.send(response(self.server.name.encode()))


def moody(start, *bad, **health):
    """Servers, the named ones bad, behind a balancer that retries nothing: (balancer, servers)."""
    servers = [Moody(f"server-{number}", number in bad) for number in range(1, 5)]
    for each in servers:
        start(each.server)
    balancer = start(HTTPBalancer(
        [each.server for each in servers], limits={"retries": 0}, health={**SELDOM, **health}))
    for each in servers:
        balancer.wait_until_up(each.server.name)
    return balancer, servers


def ask(balancer, count):
    """Asks so often; gives the statuses."""
    with balancer.client() as client:
        return [client.ask().status for _ in range(count)]


def test_a_server_whose_exchanges_fail_in_a_row_is_ejected(start):
    balancer, servers = moody(start, 1, consecutive_failures=3, ejection="10s")
    statuses = ask(balancer, 100)
    assert statuses.count(502) == 3
    assert len(servers[0].server.seen) == 3
    assert set(statuses[20:]) == {200}


def test_a_success_between_failures_keeps_a_server(start):
    balancer, servers = moody(start, consecutive_failures=3, ejection="10s")
    with balancer.client() as client:
        for turn in range(40):
            servers[0].is_bad = turn // 4 % 3 != 2
            client.ask()
    assert len(servers[0].server.seen) == 10


def test_an_ejected_server_comes_back_and_stays_away_longer_the_next_time(start):
    balancer, servers = moody(start, 1, consecutive_failures=2, ejection="400ms")

    def spans():
        return [int(match[1]) for match in balancer.matching(r"server-1 is left out for (\d+) ms")]

    started = time.monotonic()
    with balancer.client() as client:
        wait_until(lambda: client.ask() and len(spans()) == 3, 10, "it is left out for the third time")
    assert time.monotonic() - started >= 1.2, "it came back too soon"
    assert spans() == pytest.approx([400, 800, 1600], abs=20)
    servers[0].is_bad = False
    # The third time takes 1.6 s; after a success it is one like the others.
    wait_until(lambda: balancer.exchange().body == b"server-1", 5, "it is back")
    assert {balancer.exchange().body for _ in range(8)} == {b"server-1", b"server-2", b"server-3", b"server-4"}


def test_at_most_half_of_the_pool_is_ejected(start):
    balancer, servers = moody(start, 1, 2, 3, 4, consecutive_failures=2, ejection="10s")
    statuses = ask(balancer, 100)
    assert set(statuses) == {502}, "while half of them is asked, nobody gets 503"
    counts = sorted(len(each.server.seen) for each in servers)
    assert counts[:2] == [2, 2], "two are ejected"
    assert counts[2] > 10, "and the other two are not"


@pytest.mark.parametrize("fault", ["closes", "stalls", "cuts its body"])
def test_what_counts_as_a_failure(start, fault):
    def script(peer):
        while asked := bad.read_request(peer):
            if fault == "cuts its body":
                peer.send(head("HTTP/1.1 200 OK", {"Content-Length": 10}) + b"x")
            if fault == "stalls":
                peer.read_to_end()
            return asked

    bad, good = start(HTTPServer(script=script, name="bad")), start(HTTPServer(name="good"))
    balancer = start(HTTPBalancer(
        [bad, good], limits={"retries": 0}, timeouts={"response_head": "100ms"},
        health={**SELDOM, "consecutive_failures": 2, "ejection": "10s"}))
    balancer.wait_until_up("bad")
    balancer.wait_until_up("good")
    for _ in range(12):
        with contextlib.suppress(Exception):
            balancer.exchange()
    assert (len(bad.seen), len(good.seen)) == (2, 10)


@pytest.mark.parametrize("status", ["404 Not Found", "429 Too Many Requests", "501 Not Implemented", "505 HTTP Version Not Supported", "599 Odd"])
def test_a_status_that_says_nothing_of_the_server_is_no_failure(start, status):
    bad, good = start(HTTPServer(lambda *_: response(b"no\n", status), name="bad")), start(HTTPServer(name="good"))
    balancer = start(HTTPBalancer([bad, good], health={**SELDOM, "consecutive_failures": 1, "ejection": "10s"}))
    balancer.wait_until_up("bad")
    balancer.wait_until_up("good")
    statuses = [balancer.exchange().status for _ in range(10)]
    assert statuses.count(int(status[:3])) == 5


def failing(start, count, health, **more):
    """Servers that answer 500 to everything, and one that is well, behind a balancer."""
    bad = [start(HTTPServer(lambda *_: response(b"no\n", "500 Internal Server Error"), name=f"bad-{n}"))
           for n in range(1, count + 1)]
    good = start(HTTPServer(name="good"))
    balancer = start(HTTPBalancer([*bad, good], health={**SELDOM, "ejection": "10s", **health}, **more))
    for server in [*bad, good]:
        balancer.wait_until_up(server.name)
    return balancer, bad, good


def test_a_server_that_answers_500_while_the_others_are_well_is_ejected(start):
    balancer, _, _ = failing(start, 1, {})
    statuses = [balancer.exchange().status for _ in range(40)]
    assert statuses.count(500) == 5
    assert "status 500 (5 failures in a row)" in balancer.wait_for_line("bad-1 is left out.*")[0]


def test_a_status_that_is_not_listed_ejects_nobody(start):
    balancer, _, _ = failing(start, 1, {"statuses": [503]})
    assert [balancer.exchange().status for _ in range(40)].count(500) == 20
    balancer, _, _ = failing(start, 1, {"statuses": []})
    assert [balancer.exchange().status for _ in range(40)].count(500) == 20


def test_servers_that_all_answer_500_are_all_asked_and_every_answer_is_passed_on(start):
    servers = [start(HTTPServer(lambda *_: response(b"no\n", "500 Internal Server Error"), name=f"bad-{n}"))
               for n in range(4)]
    balancer = start(HTTPBalancer(servers, health={**SELDOM, "ejection": "10s"}))
    assert {balancer.exchange().status for _ in range(100)} == {500}
    assert [len(server.seen) for server in servers] == [25] * 4
    assert not balancer.matching("left out")


def test_a_server_that_is_back_from_an_ejection_gets_one_request_and_is_ejected_for_longer(start):
    balancer, (bad,), _ = failing(start, 1, {"ejection": "300ms"})
    wait_until(lambda: balancer.exchange().status == 200 and balancer.matching("bad-1 is left out"))
    seen = len(bad.seen)
    balancer.wait_for_line("bad-1 may take part again: one request at a time")
    wait_until(lambda: balancer.exchange().status == 500, what="it is asked once more")
    assert [balancer.exchange().status for _ in range(10)] == [200] * 10
    assert len(bad.seen) == seen + 1
    assert len(balancer.matching("bad-1 is left out for 600 ms")) == 1
