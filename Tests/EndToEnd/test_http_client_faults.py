"""Clients that go wrong, and errors of ours: what each side gets, and the word for it."""

import time

import pytest

from support.access_log import entries, only_entry, wait_for_entries
from support.error_answer import assert_error
from support.http_balancer import logging_balancer
from support.http_client import request
from support.http_message import head
from support.http_response import BrokenResponse
from support.http_server import HTTPServer, playing, response
from support.malformed_chunks import MALFORMED_BODIES
from support.peer import Peer
from support.polling import stays, wait_until, wait_until_still
from support.proc import fd_count, socket_count
from support.reserved_port import ReservedPort
from support.sanitizer import scaled
from support.stopwatch import at_most, took

SMUGGLED = request("/smuggled")
# What is kept of them for the next bodies in bulk.
SPARE_PIPES = 4


# Early answers


@pytest.mark.parametrize("status", ["413 Content Too Large", "200 OK", "401 Unauthorized"])
def test_an_early_answer_is_passed_on_and_its_connection_is_not_used_again(start, status):
    def script(peer):
        while asked := server.read_request(peer, body=False):
            if asked.method == "POST":
                peer.send(response(b"early\n", status))
                peer.read_to_end()
                return
            peer.send(response(b"good\n"))

    server = start(HTTPServer(script=script))
    balancer = logging_balancer(start, server)
    for _ in range(3):
        with balancer.client() as client:
            client.send(request("/", "POST", {"Content-Length": 3_000_000}) + bytes(200_000))
            answer = client.answer()
            assert (answer.status, answer.body) == (int(status[:3]), b"early\n")
        assert balancer.exchange().body == b"good\n"
    assert server.broken == []


def test_after_an_early_answer_the_rest_of_the_body_is_never_read_as_a_request(start):
    def script(peer):
        asked = server.read_request(peer, body=False)
        if asked is None:
            return
        if asked.method == "POST":
            peer.send(response(b"early\n", "413 Content Too Large"))
            peer.read_to_end()
        else:
            server.read_request(peer)
            peer.send(response(b"good\n"))

    server = start(HTTPServer(script=script))
    balancer = logging_balancer(start, server)
    body = b"x" * 1000 + SMUGGLED * 20
    with balancer.client() as client:
        client.send(request("/", "POST", {"Content-Length": len(body)}) + body[:1000])
        assert client.answer().status == 413
        # Drained, or closed: either way it ends with the body.
        try:
            client.send(body[1000:] + request("/next"))
            rest = client.answer().body
        except (OSError, BrokenResponse):
            rest = b"closed"
    assert rest in (b"good\n", b"closed")
    assert "/smuggled" not in server.targets
    assert [entry for entry in entries(balancer) if "smuggled" in entry.request] == []


def test_a_reset_after_an_early_answer_does_not_lose_the_answer(start):
    # It says that it closes: a POST that follows on a connection which then dies would rightly be 502.
    answer = response(bytes(20_000), "413 Content Too Large", {"Connection": "close"})

    def early(peer):
        server.read_request(peer, body=False)
        peer.send(answer)
        # Closing with unread bytes makes the kernel reset: the balancer's next write fails.

    server = start(HTTPServer(script=early))
    balancer = logging_balancer(start, server)
    for _ in range(10):
        with balancer.client() as client:
            client.send(request("/", "POST", {"Content-Length": 100_000}) + bytes(100_000))
            got = client.answer()
            assert (got.status, len(got.body)) == (413, 20_000)


# Errors of ours before the body was read


UNREAD = {
    "no server": (503, "connect_failed", {}, {}),
    "a body over the limit": (413, "request_body_too_large", {}, {"limits": {"request_body": "100B"}}),
    "an expectation": (417, "unsupported_expectation", {"Expect": "magic"}, {}),
    "a coding": (501, "unsupported_transfer_coding", {"Transfer-Encoding": "gzip"}, {}),
}


@pytest.mark.parametrize("status, reason, fields, settings", UNREAD.values(), ids=UNREAD.keys())
def test_an_error_is_never_followed_by_the_unread_body_as_a_request(start, status, reason, fields, settings):
    server = start(ReservedPort()) if status == 503 else start(HTTPServer())
    balancer = logging_balancer(start, server, **settings)
    body = SMUGGLED * 30
    with balancer.client() as client:
        framing = {} if "Transfer-Encoding" in fields else {"Content-Length": len(body)}
        client.send(request("/", "POST", {**framing, **fields}))
        client.send(body)
        assert_error(client.answer(), status, reason)
        try:
            rest = client.read_some() if status != 503 else b""
        except OSError:
            rest = b""
        assert rest == b"", "the body was answered"
    assert getattr(server, "targets", []) == []
    assert len(wait_until_still(lambda: entries(balancer))) == 1


def test_a_405_names_the_methods_and_is_not_followed_by_anything(start):
    server = start(HTTPServer())
    balancer = logging_balancer(start, server)
    for method, reason in (("CONNECT", "connect_refused"), ("TRACE", "trace_refused")):
        with balancer.client() as client:
            client.send(request("/", method, body=SMUGGLED))
            assert_error(client.answer(), 405, reason)
            assert client.is_over()
    assert server.seen == []


# Clients that are too slow, or leave


def test_a_client_that_says_nothing_is_closed_quietly(start):
    server = start(HTTPServer())
    balancer = logging_balancer(start, server, timeouts={"keep_alive": "400ms", "request_head": "200ms"})
    client = start(balancer.client())
    received, seconds = took(client.read_to_end)
    assert received == b""
    assert 0.35 <= seconds < at_most(1.2)
    assert entries(balancer) == []


@pytest.mark.parametrize("said", [b"G", b"GET / HTTP/1.1\r\nHost: a\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n\r"])
def test_half_a_head_is_408(start, said):
    server = start(HTTPServer())
    balancer = logging_balancer(start, server, timeouts={"request_head": "400ms"})
    client = start(balancer.client())
    client.send(said)
    answer, seconds = took(client.answer)
    assert_error(answer, 408, "request_head_timeout", closes=True)
    assert client.is_over()
    assert 0.35 <= seconds < at_most(1.2)
    assert server.connections == 0
    assert only_entry(balancer).reason == "request_head_timeout"


def test_a_head_that_drips_past_the_deadline_is_408(start):
    balancer = logging_balancer(start, start(HTTPServer()), timeouts={"request_head": "600ms", "keep_alive": "200ms"})
    client = start(balancer.client(timeout=0.05))
    started = time.monotonic()
    data = iter(b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 1000)
    answer = b""
    while not answer and time.monotonic() - started < 5:
        client.send(bytes([next(data)]))
        try:
            answer = client.read_some()
        except TimeoutError:
            continue
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert 0.55 <= time.monotonic() - started < at_most(1.5)


@pytest.mark.parametrize("framing", [{"Content-Length": 1000}, {"Transfer-Encoding": "chunked"}])
def test_a_clients_body_that_stalls_is_408(start, framing):
    server = start(HTTPServer())
    balancer = logging_balancer(start, server, timeouts={"body": "400ms"})
    client = start(balancer.client())
    client.send(request("/", "POST", framing) + b"5\r\nhello\r\n")
    answer, seconds = took(client.answer)
    assert_error(answer, 408, "request_body_timeout", closes=True)
    assert client.is_over()
    assert 0.35 <= seconds < at_most(1.2)
    assert server.seen == [], "half a request passed for a whole one"
    wait_until(lambda: all(peer.is_over.is_set() for peer in server.peers), what="the attempt is aborted")
    assert only_entry(balancer).reason == "request_body_timeout"


@pytest.mark.parametrize("body", [b"", b"whole"])
def test_a_client_that_half_closes_after_a_whole_request_is_answered(start, body):
    def late(asked, peer):
        peer.released.wait(0.1)
        return response(asked.body + bytes(100_000))

    balancer = logging_balancer(start, start(HTTPServer(late)))
    client = start(balancer.client())
    client.send(request("/", "POST", {"Content-Length": len(body)}, body))
    client.half_close()
    assert client.answer().body == body + bytes(100_000)
    assert client.is_over()


def test_a_client_that_half_closes_after_pipelined_requests_gets_all_answers(start):
    balancer = logging_balancer(start, start(HTTPServer(lambda asked, peer: response(asked.target.encode()))))
    client = start(balancer.client())
    client.send(b"".join(request(f"/{number}") for number in range(10)))
    client.half_close()
    assert [client.answer().body for _ in range(10)] == [b"/%d" % number for number in range(10)]
    assert client.is_over()


def leaving(start, said, **settings):
    """A client that goes away after `said` once the server has some of it: (balancer, the server's peer)."""
    def script(peer):
        server.read_request(peer, body=False)
        peer.send(head("HTTP/1.1 200 OK", {"Content-Length": 1_000_000}) + bytes(1000))
        # A client that closes looks like one that only half-closes, until it is sent more.
        try:
            while not peer.released.wait(0.02):
                peer.send(b"more")
        except (BrokenPipeError, ConnectionResetError):
            peer.ending = "reset"

    def silent(peer):
        server.read_request(peer, body=False)
        peer.ending = peer.sees_the_end()

    server = start(HTTPServer(script=silent if b"POST" in said else script))
    balancer = logging_balancer(start, server, **settings)
    client = balancer.client()
    client.send(said)
    if b"POST" in said:
        wait_until(lambda: any(peer.received for peer in server.peers), what="the server has the beginning")
    else:
        client.read(50)
    return balancer, client, server


@pytest.mark.parametrize("leave", [Peer.close, Peer.reset], ids=["closes", "resets"])
@pytest.mark.parametrize("said", [
    request("/", "POST", {"Content-Length": 100}) + b"half",
    request("/", "POST", {"Transfer-Encoding": "chunked"}) + b"4\r\nhalf\r\n",
    request(),
], ids=["mid-body", "mid-chunks", "mid-response"])
def test_a_client_that_goes_away_aborts_its_attempt_at_once(start, said, leave):
    balancer, client, server = leaving(start, said)
    leave(client)
    assert server.peers[0].is_over.wait(1), "the server's side stayed open"
    assert server.peers[0].ending in ("closed", "reset")
    assert only_entry(balancer).reason == "client_closed"
    assert server.connections == 1, "it was tried again for nobody"


@pytest.mark.parametrize("said", [request(), request("/", "POST", {"Content-Length": 100}) + b"half"],
                         ids=["mid-response", "mid-body"])
def test_clients_that_go_away_do_not_count_against_the_server(start, said):
    balancer, client, server = leaving(
        start, said, health={"type": "tcp", "interval": "1m", "rise": 1, "consecutive_failures": 1})
    client.reset()
    for _ in range(5):
        with balancer.client() as client:
            client.send(said)
            stays(lambda: True, 0.05)
            client.reset()
    wait_for_entries(balancer, 6)
    assert balancer.matching("server is (down|ejected)|ejected") == []
    with balancer.client() as client:
        client.send(request())
        wait_until(lambda: server.connections >= 7, what="it still gets requests")


def test_both_sides_that_reset_in_mid_transfer_leave_nothing_behind(start):
    def send_and_reset(peer):
        peer.send(head("HTTP/1.1 200 OK", {"Content-Length": 1_000_000}) + bytes(60_000))
        peer.reset()

    server = playing(start, send_and_reset)
    balancer = logging_balancer(start, server, limits={"retries": 0})
    sockets = wait_until_still(lambda: socket_count(balancer.pid), what="the balancer's sockets")
    fds = fd_count(balancer.pid)
    rounds = scaled(300)
    for _ in range(rounds):
        client = balancer.client()
        try:
            client.send(request())
            client.read(1)
        except (OSError, AssertionError):
            pass
        client.reset()
    wait_until(lambda: socket_count(balancer.pid) <= sockets, what="all exchanges are gone")
    assert fd_count(balancer.pid) <= fds + 2 * SPARE_PIPES
    assert balancer.is_running


# Bodies that break the rules on their way


@pytest.mark.parametrize("body", MALFORMED_BODIES.values(), ids=MALFORMED_BODIES.keys())
def test_a_malformed_chunked_request_cuts_both_sides_once_it_is_on_its_way(start, body):
    def read_on(peer):
        server.read_request(peer)

    server = start(HTTPServer(script=read_on))
    balancer = logging_balancer(start, server)
    client = start(balancer.client())
    client.send(request("/", "POST", {"Transfer-Encoding": "chunked"}) + b"3\r\nfoo\r\n")
    wait_until(lambda: server.peers and b"foo" in server.peers[0].received, what="it is on its way")
    client.send(body + SMUGGLED)
    received = b""
    try:
        received = client.read_to_end()
    except ConnectionResetError:
        pass
    assert received == b"" or received.startswith(b"HTTP/1.1 400 ")
    assert b"200 OK" not in received
    assert server.peers[0].is_over.wait(2), "the server's side stayed open"
    assert server.seen == [], "half a request passed for a whole one"
    assert not any(b"smuggled" in bytes(peer.received) for peer in server.peers)
