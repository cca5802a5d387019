"""A failed attempt is made again where that is safe, and never so often that it makes an outage worse."""

import collections
import threading
import time

import pytest

from support.apache_bench import ApacheBench
from support.backends import backends
from support.configuration import HTTP_CHECK
from support.error_answer import assert_error
from support.http_balancer import HTTPBalancer
from support.http_client import request
from support.http_message import chunked
from support.http_server import HTTPServer, named, response
from support.polling import wait_until
from support.recording_server import RecordingServer
from support.reserved_port import ReservedPort
from support.sanitizer import scaled
from support.worker import Worker

IDEMPOTENT = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]
NOT_IDEMPOTENT = ["POST", "PATCH", "PROPFIND"]


def leaving_after(answered, name="server"):
    """A server whose connections answer so many requests, and then close when they have read one more."""
    def script(peer):
        for number in range(answered + 1):
            asked = server.read_request(peer)
            if asked is None or number == answered:
                return
            peer.send(response(b"", "200 OK") if asked.method == "HEAD" else response(name.encode()))

    server = HTTPServer(script=script, name=name)
    return server


# Which requests


@pytest.mark.parametrize("method", IDEMPOTENT + NOT_IDEMPOTENT)
def test_a_refused_connection_costs_no_request_whatever_its_method(start, method):
    ports, good = [start(ReservedPort()) for _ in range(2)], start(HTTPServer(name="good"))
    balancer = start(HTTPBalancer([("a", ports[0].address), ("b", ports[1].address), good]))
    for body in (b"", b"small", bytes(300_000)):
        assert balancer.exchange("/", method, body=body).status == 200
    assert [seen.body for seen in good.seen] == [b"", b"small", bytes(300_000)]


@pytest.mark.parametrize("method", IDEMPOTENT)
def test_a_used_connection_that_dies_unanswered_is_replaced_by_a_fresh_one(start, method):
    server = start(leaving_after(1))
    balancer = start(HTTPBalancer([server]))
    client = start(balancer.client())
    for number in range(5):
        assert client.ask(f"/{number}", method, body=b"x" if method == "PUT" else b"").status == 200
    # Each connection answers one, and leaves with the next, which comes again on a fresh one.
    assert server.connections == 5
    assert server.targets == ["/0", "/1", "/1", "/2", "/2", "/3", "/3", "/4", "/4"]


@pytest.mark.parametrize("method", NOT_IDEMPOTENT)
def test_what_is_not_idempotent_is_never_sent_twice(start, method):
    server, other = start(leaving_after(1, "a")), start(leaving_after(1, "b"))
    balancer = start(HTTPBalancer([server, other]))
    client = start(balancer.client())
    answers = [client.ask(f"/{number}", method, body=b"once") for number in range(8)]
    for answer in answers:
        if answer.status != 200:
            assert_error(answer, 502, "server_closed", closes=False)
    assert {answer.status for answer in answers} == {200, 502}
    assert sorted(server.targets + other.targets) == [f"/{number}" for number in range(8)]


def test_a_server_that_closed_an_idle_connection_costs_no_post(start):
    closed = threading.Event()

    def script(peer):
        server.read_request(peer)
        peer.send(response())
        if len(server.seen) % 2:
            closed.wait(5)

    server = start(HTTPServer(script=script))
    balancer = start(HTTPBalancer([server]))
    client = start(balancer.client())
    assert client.ask("/0", "POST", body=b"once").status == 200
    closed.set()
    assert server.peers[0].is_over.wait(2)
    for number in range(1, 6):
        assert client.ask(f"/{number}", "POST", body=b"once").status == 200
        wait_until(lambda: all(peer.is_over.is_set() for peer in server.peers), what="it closed")
    assert server.targets == [f"/{number}" for number in range(6)]


@pytest.mark.parametrize("size, statuses", [(1000, {200}), (3_000_000, {200, 502})], ids=["small", "large"])
def test_a_put_is_sent_again_only_while_all_of_it_is_still_there(start, size, statuses):
    def leave(peer):
        bad.read_request(peer)

    bad, good = start(HTTPServer(script=leave, name="bad")), start(HTTPServer(name="good"))
    balancer = start(HTTPBalancer([bad, good]))
    answers = [balancer.exchange(f"/{number}", "PUT", body=bytes(size)) for number in range(4)]
    assert {answer.status for answer in answers} == statuses
    assert all(len(seen.body) == size for seen in good.seen)


def test_a_chunked_put_is_sent_again_whole(start):
    def leave(peer):
        bad.read_request(peer)

    bad, good = start(HTTPServer(script=leave, name="bad")), start(HTTPServer(name="good"))
    balancer = start(HTTPBalancer([bad, good]))
    body = chunked(b"one", b"two", trailers=[("X-Sum", "6")])
    for number in range(4):
        answer = balancer.exchange(f"/{number}", "PUT", {"Transfer-Encoding": "chunked"}, body)
        assert answer.status == 200
    assert {seen.body for seen in good.seen} == {b"onetwo"}
    assert len(good.seen) == 4


def test_an_attempt_keeps_the_id_of_its_request(start):
    bad, good = start(leaving_after(0, "bad")), start(HTTPServer(name="good"))
    balancer = start(HTTPBalancer([bad, good]))
    for number in range(6):
        assert balancer.exchange(f"/{number}").status == 200
    ids = {seen.target: seen.get("x-request-id") for seen in good.seen}
    assert bad.seen and all(ids[seen.target] == seen.get("x-request-id") for seen in bad.seen)
    assert len(set(ids.values())) == 6


# How often


@pytest.mark.parametrize("retries", [0, 1, 2, 5])
def test_as_many_other_servers_are_tried_as_the_limit_says_and_none_twice(start, retries):
    servers = [start(leaving_after(0, f"server-{number}")) for number in range(4)]
    balancer = start(HTTPBalancer(servers, limits={"retries": retries}))
    assert_error(balancer.exchange(), 502, "server_closed")
    tried = min(4, 1 + retries)
    assert sorted(len(server.seen) for server in servers)[-tried:] == [1] * tried
    assert sum(len(server.seen) for server in servers) == tried


def test_a_retry_never_goes_to_the_same_server_while_another_is_eligible(start):
    bad, good = start(leaving_after(0, "bad")), start(HTTPServer(name="good"))
    balancer = start(HTTPBalancer([bad, good], limits={"retries": 10}))
    for number in range(10):
        assert balancer.exchange(f"/{number}").status == 200
    assert max(collections.Counter(bad.targets).values()) == 1


def test_retries_cannot_multiply_an_outage(start, tmp_path):
    def leave(peer):
        for server in servers:
            if peer in server.peers:
                server.read_request(peer)

    servers = [HTTPServer(script=leave, name=f"server-{number}") for number in range(4)]
    for server in servers:
        start(server)
    balancer = start(HTTPBalancer(servers, limits={"retries": 3}))
    load = start(Worker("numbered_load", balancer.address, "GET", 8, "outage"))
    requests = scaled(1500)
    started = time.monotonic()
    kinds = load.ask(requests, 50)["kinds"]
    seconds = time.monotonic() - started
    attempts = sum(len(server.seen) for server in servers)
    assert set(kinds) <= {"502", "503"}
    # A budget may begin with what a few seconds would have filled it with.
    assert attempts <= 1.2 * requests + 10 * (seconds + 10)
    assert attempts >= min(requests, kinds.get("502", 0))


def test_a_few_failures_are_always_within_the_budget(start):
    bad, good = start(leaving_after(0, "bad")), start(HTTPServer(name="good"))
    balancer = start(HTTPBalancer([bad, good]))
    assert [balancer.exchange(f"/{number}").status for number in range(10)] == [200] * 10
    assert bad.seen


# Under load


@pytest.mark.timeout(60)
def test_killing_one_of_three_servers_at_full_load_fails_no_get(start):
    trio = [start(backend) for backend in backends(3)]
    balancer = start(HTTPBalancer(
        [(backend.name, backend.address) for backend in trio], health=HTTP_CHECK))
    for backend in trio:
        balancer.wait_until_up(backend.name)
    requests = scaled(24_000)
    bench = start(ApacheBench(balancer.address, requests))
    wait_until(lambda: trio[1].requests > requests // 10, 20, "it has its share of the load")
    trio[1].kill()
    assert bench.is_running, "the load ended too early"
    report = bench.report()
    assert report["Complete requests"] == requests
    assert report["Failed requests"] == 0
    assert report.get("Non-2xx responses", 0) == 0
    assert report.get("Write errors", 0) == 0
    assert trio[0].requests + trio[2].requests >= requests // 2


@pytest.mark.timeout(60)
def test_killing_one_of_three_servers_sends_no_post_twice_and_each_that_failed_says_502(start, tmp_path):
    trio = [start(RecordingServer(tmp_path / f"{number}.log", name=f"server-{number}")) for number in range(3)]
    balancer = start(HTTPBalancer(trio, health={"type": "tcp"}))
    for server in trio:
        balancer.wait_until_up(server.name)
    requests = scaled(10_000)
    load = start(Worker("numbered_load", balancer.address, "POST", 64, "post"))
    load.tell(requests)
    wait_until(lambda: len(trio[1].requests) > requests // 10, 20, "it has its share of the load")
    trio[1].kill()
    result = load.answer(50)

    assert set(result["kinds"]) <= {"200", "502"}
    assert sum(result["kinds"].values()) == requests
    assert result["kinds"].get("502", 0) <= 64, "more failed than were in flight"
    received = [asked for server in trio for asked in server.requests]
    targets = collections.Counter(target for _, target, _ in received)
    assert max(targets.values()) == 1, "a POST arrived twice"
    assert len({identifier for _, _, identifier in received}) == len(received)
    failed = {f"/post/{number}" for number, _ in result["failed"]}
    wanted = {f"/post/{number}" for number in range(1, requests + 1)}
    assert wanted - set(targets) <= failed, "one that was answered never arrived"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_servers_that_close_idle_connections_at_random_moments(start, tmp_path, method):
    pair = [start(RecordingServer(tmp_path / f"{n}.log", closing=0.1, name=f"server-{n}")) for n in range(2)]
    balancer = start(HTTPBalancer(pair))
    requests = scaled(20_000 if method == "GET" else 10_000)
    load = start(Worker("numbered_load", balancer.address, method, 32, "idle"))
    result = load.ask(requests, 50)
    received = collections.Counter(target for server in pair for _, target, _ in server.requests)
    assert len(received) >= requests - result["kinds"].get("502", 0)
    if method == "GET":
        assert result["kinds"] == {"200": requests}
    else:
        assert set(result["kinds"]) <= {"200", "502"}
        assert max(received.values()) == 1, "a POST arrived twice"


def test_pipelined_requests_survive_a_server_that_leaves(start):
    servers = [start(server) for server in named(2)] + [start(leaving_after(2, "leaving"))]
    balancer = start(HTTPBalancer(servers))
    client = start(balancer.client())
    client.send(b"".join(request(f"/{number}") for number in range(30)))
    assert [client.answer().status for _ in range(30)] == [200] * 30
