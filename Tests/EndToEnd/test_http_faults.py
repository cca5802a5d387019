"""Servers and clients that go wrong: what each side gets, and the word for it."""

import json
import signal
import time

import pytest

from support.access_log import entries, only_entry, wait_for_entries
from support.backends import backends
from support.black_hole import BlackHole
from support.configuration import HTTP_CHECK
from support.error_answer import assert_error, assert_frame, assert_json_error
from support.http_balancer import HTTPBalancer
from support.http_client import request
from support.http_message import chunked, head
from support.http_response import BrokenResponse
from support.http_server import HTTPServer, response
from support.load import Load, kinds
from support.peer import Peer
from support.polling import every, stays, wait_until, wait_until_still
from support.proc import fd_count
from support.reserved_port import ReservedPort
from support.sanitizer import scaled
from support.scripted_server import close_at_once, reset_at_once

SMUGGLED = request("/smuggled")


def scripted(start, play, name="server"):
    """A server that reads a request and then plays `play(peer)`; when that returns, it closes."""
    def script(peer):
        if server.read_request(peer):
            play(peer)

    server = HTTPServer(script=script, name=name)
    return start(server)


def balancing(start, *servers, **settings):
    """A balancer with an access log."""
    return start(HTTPBalancer(servers, access_log="on", **settings))


def took(action):
    """What `action()` gives, and how many seconds it took."""
    started = time.monotonic()
    value = action()
    return value, time.monotonic() - started


# A server that cannot be reached


def test_a_server_that_refuses_is_replaced_at_once(start):
    refusing, good = start(ReservedPort()), start(HTTPServer(name="good"))
    balancer = balancing(start, ("refusing", refusing.address), good)
    client = start(balancer.client())
    for method in ("GET", "POST", "PATCH", "GET"):
        answer, seconds = took(lambda: client.ask("/", method, body=b"once"))
        assert (answer.status, answer.body) == (200, b"good\n")
        assert seconds < 0.5
    assert {entry.attempts for entry in wait_for_entries(balancer, 4)} == {1, 2}


def test_servers_that_all_refuse_are_503(start):
    ports = [start(ReservedPort()) for _ in range(2)]
    balancer = balancing(start, *(port.address for port in ports))
    client = start(balancer.client())
    for _ in range(2):
        answer, seconds = took(client.ask)
        assert_error(answer, 503, "connect_failed", closes=False)
        assert seconds < 0.5
    assert {entry.reason for entry in wait_for_entries(balancer, 2)} == {"connect_failed"}


def test_a_server_whose_syn_is_swallowed_is_replaced_after_the_connect_timeout(start):
    hole, good = start(BlackHole()), start(HTTPServer(name="good"))
    balancer = balancing(start, ("hole", hole.address), good, timeouts={"connect": "300ms"})
    times = []
    for _ in range(2):
        answer, seconds = took(lambda: balancer.exchange("/", "POST", body=b"once"))
        assert answer.body == b"good\n"
        times.append(seconds)
    assert 0.3 <= max(times) < 0.8


def test_servers_whose_syns_are_all_swallowed_are_504(start):
    holes = [start(BlackHole()) for _ in range(2)]
    balancer = balancing(start, *(hole.address for hole in holes), timeouts={"connect": "200ms"})
    answer, seconds = took(balancer.exchange)
    assert_error(answer, 504, "connect_timeout", closes=False)
    assert 0.4 <= seconds < 1.2
    entry = only_entry(balancer)
    assert (entry.status, entry.attempts, entry.reason) == ("504", 2, "connect_timeout")


def test_no_eligible_server_is_503_at_once(start):
    port = start(ReservedPort())
    balancer = balancing(start, port.address, health={"type": "tcp", "fall": 1})
    balancer.wait_until_down("server-1")
    client = start(balancer.client())
    for _ in range(3):
        answer, seconds = took(client.ask)
        assert_error(answer, 503, "no_server_eligible", closes=False)
        assert seconds < 0.2
    entry = wait_for_entries(balancer, 3)[0]
    assert (entry.status, entry.attempts, entry.reason, entry.reused) \
        == ("503", 0, "no_server_eligible", False)


# A server that ends before its answer


ENDINGS = {
    "closes at once": close_at_once, "resets at once": reset_at_once,
}
LATE_ENDINGS = {
    "closes when asked": lambda peer: None, "resets when asked": Peer.reset,
    "closes inside its head": lambda peer: peer.send(b"HTTP/1.1 200 OK\r\nContent-Len"),
}


def ending_server(start, ending):
    if ending in ENDINGS:
        return start(HTTPServer(script=ENDINGS[ending], name="ending"))
    return scripted(start, LATE_ENDINGS[ending], name="ending")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
@pytest.mark.parametrize("ending", [*ENDINGS, *list(LATE_ENDINGS)[:2]])
def test_an_idempotent_request_goes_to_another_server_when_one(start, ending, method):
    bad, good = ending_server(start, ending), start(HTTPServer(name="good"))
    balancer = balancing(start, bad, good)
    client = start(balancer.client())
    answers = [client.ask(f"/{n}", method, body=b"small" if method == "PUT" else b"") for n in range(4)]
    assert [answer.status for answer in answers] == [200] * 4
    assert bad.connections > 0
    assert {entry.attempts for entry in wait_for_entries(balancer, 4)} == {1, 2}


@pytest.mark.parametrize("ending", LATE_ENDINGS)
def test_a_post_is_502_when_its_server(start, ending):
    bad, other = ending_server(start, ending), start(HTTPServer(name="other"))
    balancer = balancing(start, bad, other, limits={"retries": 2})
    client = start(balancer.client())
    answers = [client.ask(f"/{n}", "POST", body=b"once") for n in range(2)]
    [failed] = [answer for answer in answers if answer.status != 200]
    assert_error(failed, 502, "server_closed", closes=False)
    assert sorted(bad.targets + other.targets) == ["/0", "/1"]
    assert client.ask("/2", "GET").status == 200, "the client's connection goes on"


@pytest.mark.parametrize("ending", [*ENDINGS, *LATE_ENDINGS])
def test_a_get_is_502_when_every_server(start, ending):
    servers = [ending_server(start, ending) for _ in range(2)]
    balancer = balancing(start, ("a", servers[0].address), ("b", servers[1].address))
    client = start(balancer.client())
    assert_error(client.ask(), 502, "server_closed", closes=False)
    entry = only_entry(balancer)
    assert (entry.status, entry.reason) == ("502", "server_closed")
    # With half a head the response began to arrive, yet no byte has gone to the client.
    assert entry.attempts == 2


# A server that is too slow


def test_a_server_that_never_answers_is_504_at_the_deadline(start):
    server = scripted(start, lambda peer: peer.released.wait(10))
    balancer = balancing(start, server, timeouts={"response_head": "400ms"})
    client = start(balancer.client())
    answer, seconds = took(client.ask)
    assert_error(answer, 504, "response_head_timeout", closes=False)
    assert 0.35 <= seconds < 1.2
    assert only_entry(balancer).reason == "response_head_timeout"
    assert server.peers[0].sees_the_end() in ("closed", "reset"), "its connection is not used again"


def test_a_head_that_drips_is_504_at_the_same_absolute_deadline(start):
    def drip(peer):
        for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000:
            peer.send(bytes([byte]))
            peer.released.wait(0.05)

    balancer = balancing(start, scripted(start, drip), timeouts={"response_head": "500ms"})
    answer, seconds = took(balancer.exchange)
    assert_error(answer, 504, "response_head_timeout")
    assert 0.45 <= seconds < 1.3


def test_interim_responses_do_not_put_off_the_deadline(start):
    def early_for_ever(peer):
        while not peer.released.wait(0.05):
            peer.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")

    balancer = balancing(start, scripted(start, early_for_ever), timeouts={"response_head": "500ms"})
    answer, seconds = took(balancer.exchange)
    assert_error(answer, 504, "response_head_timeout")
    assert 0.45 <= seconds < 1.3


def test_the_deadline_counts_from_the_whole_request(start):
    server = start(HTTPServer())
    balancer = balancing(start, server, timeouts={"response_head": "300ms"})
    client = start(balancer.client())
    client.send(request("/", "POST", {"Content-Length": 10}))
    for _ in every(0.1, 0.95):
        client.send(b"x")
    assert client.answer().status == 200


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_a_slow_but_progressing_body_arrives(start, framing):
    heads = {"length": {"Content-Length": "10"}, "chunked": {"Transfer-Encoding": "chunked"}, "close": {}}

    def slowly(peer):
        peer.send(head("HTTP/1.1 200 OK", heads[framing]))
        for digit in b"0123456789":
            peer.released.wait(0.1)
            peer.send(b"1\r\n%c\r\n" % digit if framing == "chunked" else bytes([digit]))
        if framing == "chunked":
            peer.send(b"0\r\n\r\n")

    balancer = balancing(
        start, scripted(start, slowly), timeouts={"body": "400ms", "response_head": "200ms"})
    assert balancer.exchange().body == b"0123456789"


# A body that breaks off


FRAMED = {
    "a length": head("HTTP/1.1 200 OK", {"Content-Length": "1000"}) + b"x" * 500,
    "chunks": head("HTTP/1.1 200 OK", {"Transfer-Encoding": "chunked"}) + chunked(b"x" * 500)[:-5],
    "half a chunk": head("HTTP/1.1 200 OK", {"Transfer-Encoding": "chunked"}) + b"3e8\r\n" + b"x" * 500,
}


def assert_cut(balancer, client):
    """The client gets the beginning and then an end that it cannot take for the body's own."""
    answer = client.answer_head()
    assert answer.status == 200
    try:
        data = client.read_to_end()
    except ConnectionResetError:
        return
    if answer.framing == "chunked":
        assert not data.endswith(b"0\r\n\r\n"), "a clean end of a body that was cut"
    else:
        assert len(data) < int(answer.get("content-length"))


@pytest.mark.parametrize("ending", [lambda peer: None, Peer.reset], ids=["closes", "resets"])
@pytest.mark.parametrize("data", FRAMED.values(), ids=FRAMED.keys())
def test_a_body_that_is_cut_cuts_the_client(start, data, ending):
    def cut(peer):
        peer.send(data)
        # The beginning is to arrive: a reset may overtake what is on its way.
        peer.released.wait(0.1)
        ending(peer)

    other = start(HTTPServer(name="other"))
    balancer = balancing(start, scripted(start, cut), other, strategy="least_connections")
    cut_clients = 0
    for _ in range(2):
        with balancer.client() as client:
            client.send(request())
            if client.read_until(b"\r\n\r\n").endswith(b"Content-Length: 6\r\n\r\n"):
                continue
            cut_clients += 1
            rest = b""
            try:
                rest = client.read_to_end()
            except ConnectionResetError:
                pass
            assert not rest.endswith(b"0\r\n\r\n") and len(rest) < 1000
    assert cut_clients >= 1
    cut_entries = [entry for entry in wait_for_entries(balancer, 2) if entry.reason != "none"]
    assert {(entry.status, entry.reason, entry.attempts) for entry in cut_entries} == {("200", "response_cut", 1)}


@pytest.mark.parametrize("data", FRAMED.values(), ids=FRAMED.keys())
def test_a_body_that_stalls_is_cut_at_the_body_timeout(start, data):
    def stall(peer):
        peer.send(data)
        peer.ending = peer.sees_the_end()

    server = scripted(start, stall)
    balancer = balancing(start, server, timeouts={"body": "400ms"})
    client = start(balancer.client())
    started = time.monotonic()
    client.send(request())
    assert_cut(balancer, client)
    assert 0.35 <= time.monotonic() - started < 1.3
    assert only_entry(balancer).reason == "response_body_timeout"
    assert server.peers[0].is_over.wait(1), "the server's side stayed open"


MALFORMED_BODIES = {
    "a bad chunk size": b"5\r\nhello\r\nxyz\r\n",
    "17 digits": b"5\r\nhello\r\n00000000000000005\r\nhello\r\n0\r\n\r\n",
    "an overflowing size": b"5\r\nhello\r\nffffffffffffffff\r\nhello",
    "a missing line end": b"5\r\nhello0\r\n\r\n",
    "a control byte in an extension": b"5\r\nhello\r\n5;\x00\r\nhello\r\n0\r\n\r\n",
    "a bare line feed": b"5\r\nhello\r\n5\nhello\r\n0\r\n\r\n",
    "a bare line feed in an extension": b"5\r\nhello\r\n5;a\nhello\r\n0\r\n\r\n",
    "a bad trailer": b"5\r\nhello\r\n0\r\nbad trailer\r\n\r\n",
}


@pytest.mark.parametrize("body", MALFORMED_BODIES.values(), ids=MALFORMED_BODIES.keys())
def test_a_malformed_chunked_answer_cuts_both_sides(start, body):
    def break_the_rules(peer):
        peer.send(head("HTTP/1.1 200 OK", {"Transfer-Encoding": "chunked"}))
        peer.released.wait(0.1)
        peer.send(body)
        peer.ending = peer.sees_the_end()

    server = scripted(start, break_the_rules)
    balancer = balancing(start, server)
    client = start(balancer.client())
    client.send(request())
    assert_cut(balancer, client)
    assert only_entry(balancer).reason == "response_cut"
    assert server.peers[0].is_over.wait(1), "the server's side stayed open"


@pytest.mark.parametrize("body", MALFORMED_BODIES.values(), ids=MALFORMED_BODIES.keys())
def test_a_malformed_chunked_request_cuts_both_sides_once_it_is_on_its_way(start, body):
    def read_on(peer):
        server.read_request(peer)

    server = start(HTTPServer(script=read_on))
    balancer = balancing(start, server)
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


# Answers that are none


def test_a_response_head_of_70_kb_is_502(start):
    data = head("HTTP/1.1 200 OK", [("X-Long", "y" * 1000)] * 70 + [("Content-Length", 0)])
    balancer = balancing(start, scripted(start, lambda peer: (peer.send(data), peer.read_to_end())))
    client = start(balancer.client())
    assert_error(client.ask(), 502, "bad_response", closes=False)
    assert only_entry(balancer).reason == "bad_response"


@pytest.mark.parametrize("data", [b"garbage\r\n\r\n", bytes(range(256)) * 4, b"SSH-2.0-OpenSSH_9.2\r\n"],
                         ids=["words", "bytes", "another protocol"])
def test_garbage_as_a_response_is_502(start, data):
    server = scripted(start, lambda peer: (peer.send(data), peer.read_to_end()))
    balancer = balancing(start, server)
    client = start(balancer.client())
    assert_error(client.ask(), 502, "bad_response", closes=False)
    assert server.peers[0].is_over.wait(1), "its connection was kept"


def test_an_error_is_json_for_who_accepts_it(start):
    port = start(ReservedPort())
    balancer = balancing(start, port.address)
    for accept in ("application/json", "text/html, application/json;q=0.9", "Application/JSON"):
        assert_json_error(balancer.exchange(fields={"Accept": accept}), 503, "connect_failed", closes=False)
    for accept in ("*/*", "text/html", ""):
        assert_error(balancer.exchange(fields={"Accept": accept}), 503, "connect_failed", closes=False)


def test_an_error_to_head_has_no_body(start):
    port = start(ReservedPort())
    balancer = balancing(start, port.address)
    client = start(balancer.client())
    for _ in range(2):
        answer = client.ask("/", "HEAD")
        assert (answer.status, answer.body) == (503, b"")
        assert int(answer.get("content-length")) > 0


def test_an_error_to_a_client_of_http_1_0_closes(start):
    port = start(ReservedPort())
    balancer = balancing(start, port.address)
    with balancer.client() as client:
        assert_frame(client.ask(version="1.0"), closes=None)
        assert client.is_over()


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
    balancer = balancing(start, server)
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
    balancer = balancing(start, server)
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
    balancer = balancing(start, server)
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
    balancer = balancing(start, server, **settings)
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
    balancer = balancing(start, server)
    for method, reason in (("CONNECT", "connect_refused"), ("TRACE", "trace_refused")):
        with balancer.client() as client:
            client.send(request("/", method, body=SMUGGLED))
            assert_error(client.answer(), 405, reason)
            assert client.is_over()
    assert server.seen == []


# Clients that are too slow, or leave


def test_a_client_that_says_nothing_is_closed_quietly(start):
    server = start(HTTPServer())
    balancer = balancing(start, server, timeouts={"keep_alive": "400ms", "request_head": "200ms"})
    client = start(balancer.client())
    received, seconds = took(client.read_to_end)
    assert received == b""
    assert 0.35 <= seconds < 1.2
    assert entries(balancer) == []


@pytest.mark.parametrize("said", [b"G", b"GET / HTTP/1.1\r\nHost: a\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n\r"])
def test_half_a_head_is_408(start, said):
    server = start(HTTPServer())
    balancer = balancing(start, server, timeouts={"request_head": "400ms"})
    client = start(balancer.client())
    client.send(said)
    answer, seconds = took(client.answer)
    assert_error(answer, 408, "request_head_timeout", closes=True)
    assert client.is_over()
    assert 0.35 <= seconds < 1.2
    assert server.connections == 0
    assert only_entry(balancer).reason == "request_head_timeout"


def test_a_head_that_drips_past_the_deadline_is_408(start):
    balancer = balancing(start, start(HTTPServer()), timeouts={"request_head": "600ms", "keep_alive": "200ms"})
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
    assert 0.55 <= time.monotonic() - started < 1.5


@pytest.mark.parametrize("framing", [{"Content-Length": 1000}, {"Transfer-Encoding": "chunked"}])
def test_a_clients_body_that_stalls_is_408(start, framing):
    server = start(HTTPServer())
    balancer = balancing(start, server, timeouts={"body": "400ms"})
    client = start(balancer.client())
    client.send(request("/", "POST", framing) + b"5\r\nhello\r\n")
    answer, seconds = took(client.answer)
    assert_error(answer, 408, "request_body_timeout", closes=True)
    assert client.is_over()
    assert 0.35 <= seconds < 1.2
    assert server.seen == [], "half a request passed for a whole one"
    wait_until(lambda: all(peer.is_over.is_set() for peer in server.peers), what="the attempt is aborted")
    assert only_entry(balancer).reason == "request_body_timeout"


@pytest.mark.parametrize("body", [b"", b"whole"])
def test_a_client_that_half_closes_after_a_whole_request_is_answered(start, body):
    def late(asked, peer):
        peer.released.wait(0.1)
        return response(asked.body + bytes(100_000))

    balancer = balancing(start, start(HTTPServer(late)))
    client = start(balancer.client())
    client.send(request("/", "POST", {"Content-Length": len(body)}, body))
    client.half_close()
    assert client.answer().body == body + bytes(100_000)
    assert client.is_over()


def test_a_client_that_half_closes_after_pipelined_requests_gets_all_answers(start):
    balancer = balancing(start, start(HTTPServer(lambda asked, peer: response(asked.target.encode()))))
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
    balancer = balancing(start, server, **settings)
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

    server = scripted(start, send_and_reset)
    balancer = balancing(start, server, limits={"retries": 0})
    before = wait_until_still(lambda: fd_count(balancer.pid), what="the balancer's fds")
    rounds = scaled(300)
    for _ in range(rounds):
        client = balancer.client()
        try:
            client.send(request())
            client.read(1)
        except (OSError, AssertionError):
            pass
        client.reset()
    wait_until(lambda: fd_count(balancer.pid) <= before, what="all exchanges are gone")
    assert balancer.is_running


# Servers that stop, or die


@pytest.mark.timeout(40)
def test_a_stopped_server_costs_no_request(start):
    pair = [start(backend) for backend in backends(2)]
    balancer = start(HTTPBalancer(
        [(backend.name, backend.address) for backend in pair],
        health={**HTTP_CHECK, "timeout": "300ms", "fall": 2}))
    for backend in pair:
        balancer.wait_until_up(backend.name)
    with Load(balancer.address, connections=16, keep_alive=True) as load:
        load.wait_for(scaled(500), deadline=20)
        pair[0].process.send(signal.SIGSTOP)
        stopped = time.monotonic()
        reason = balancer.wait_until_down("Server-1", deadline=4)[1]
        assert {balancer.get().server for _ in range(20)} == {"Server-2"}, "it got traffic while it was down"
        # Those in flight with it wait for it; that is well within their deadline.
        stays(lambda: True, max(0, 3 - (time.monotonic() - stopped)))
        pair[0].process.send(signal.SIGCONT)
        balancer.wait_until_up("Server-1", occurrence=2)
        load.wait_for(scaled(200), server="Server-1", after=time.monotonic(), deadline=20)
        outcomes = load.stop()
    assert "timed out" in reason
    assert kinds(outcomes) == {"200": len(outcomes)}


def test_an_error_body_is_one_line_whatever_was_asked(start):
    port = start(ReservedPort())
    balancer = balancing(start, port.address)
    hostile = "/<script>alert(1)</script>%0d%0aSet-Cookie:x\"\\'"
    answer = balancer.exchange(hostile)
    assert_error(answer, 503, "connect_failed")
    assert b"script" not in answer.body
    answer = balancer.exchange(hostile, fields={"Accept": "application/json"})
    assert "script" not in json.loads(answer.body)["detail"]
