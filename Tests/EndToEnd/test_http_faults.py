"""Servers that go wrong: what their clients get, and the word for it."""

import json
import signal
import time

import pytest

from support.access_log import only_entry, wait_for_entries
from support.admin import AdminBalancer
from support.backends import backends
from support.black_hole import BlackHole
from support.configuration import HTTP_CHECK
from support.error_answer import assert_error, assert_frame, assert_json_error
from support.http_balancer import HTTPBalancer, logging_balancer
from support.http_client import request
from support.http_message import chunked, head
from support.http_server import HTTPServer, playing
from support.load import Load, kinds
from support.malformed_chunks import MALFORMED_BODIES
from support.peer import Peer
from support.polling import every, stays
from support.reserved_port import ReservedPort
from support.sanitizer import scaled
from support.scripted_server import close_at_once, reset_at_once
from support.stopwatch import at_most, took


# A server that cannot be reached


def test_a_server_that_refuses_is_replaced_at_once(start):
    refusing, good = start(ReservedPort()), start(HTTPServer(name="good"))
    balancer = logging_balancer(start, ("refusing", refusing.address), good)
    client = start(balancer.client())
    for method in ("GET", "POST", "PATCH", "GET"):
        answer, seconds = took(lambda: client.ask("/", method, body=b"once"))
        assert (answer.status, answer.body) == (200, b"good\n")
        assert seconds < at_most(0.5)
    assert {entry.attempts for entry in wait_for_entries(balancer, 4)} == {1, 2}


def test_servers_that_all_refuse_are_503(start):
    ports = [start(ReservedPort()) for _ in range(2)]
    balancer = logging_balancer(start, *(port.address for port in ports))
    client = start(balancer.client())
    for _ in range(2):
        answer, seconds = took(client.ask)
        assert_error(answer, 503, "connect_failed", closes=False)
        assert seconds < at_most(0.5)
    assert {entry.reason for entry in wait_for_entries(balancer, 2)} == {"connect_failed"}


def test_a_server_whose_syn_is_swallowed_is_replaced_after_the_connect_timeout(start):
    hole, good = start(BlackHole()), start(HTTPServer(name="good"))
    balancer = logging_balancer(start, ("hole", hole.address), good, timeouts={"connect": "300ms"})
    times = []
    for _ in range(2):
        answer, seconds = took(lambda: balancer.exchange("/", "POST", body=b"once"))
        assert answer.body == b"good\n"
        times.append(seconds)
    assert 0.3 <= max(times) < at_most(0.8)


def test_servers_whose_syns_are_all_swallowed_are_504(start):
    holes = [start(BlackHole()) for _ in range(2)]
    balancer = logging_balancer(start, *(hole.address for hole in holes), timeouts={"connect": "200ms"})
    answer, seconds = took(balancer.exchange)
    assert_error(answer, 504, "connect_timeout", closes=False)
    assert 0.4 <= seconds < at_most(1.2)
    entry = only_entry(balancer)
    assert (entry.status, entry.attempts, entry.reason) == ("504", 2, "connect_timeout")


def test_no_eligible_server_is_503_at_once(start):
    server = start(HTTPServer())
    balancer = start(AdminBalancer([server], access_log="on"))
    balancer.admin.change(server.name, administrative_state="disabled")
    client = start(balancer.client())
    for _ in range(3):
        answer, seconds = took(client.ask)
        assert_error(answer, 503, "no_server_eligible", closes=False)
        assert seconds < at_most(0.2)
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
    return playing(start, LATE_ENDINGS[ending], name="ending")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
@pytest.mark.parametrize("ending", [*ENDINGS, *list(LATE_ENDINGS)[:2]])
def test_an_idempotent_request_goes_to_another_server_when_one(start, ending, method):
    bad, good = ending_server(start, ending), start(HTTPServer(name="good"))
    balancer = logging_balancer(start, bad, good)
    client = start(balancer.client())
    answers = [client.ask(f"/{n}", method, body=b"small" if method == "PUT" else b"") for n in range(4)]
    assert [answer.status for answer in answers] == [200] * 4
    assert bad.connections > 0
    assert {entry.attempts for entry in wait_for_entries(balancer, 4)} == {1, 2}


@pytest.mark.parametrize("ending", LATE_ENDINGS)
def test_a_post_is_502_when_its_server(start, ending):
    bad, other = ending_server(start, ending), start(HTTPServer(name="other"))
    balancer = logging_balancer(start, bad, other, limits={"retries": 2})
    client = start(balancer.client())
    answers = [client.ask(f"/{n}", "POST", body=b"once") for n in range(2)]
    [failed] = [answer for answer in answers if answer.status != 200]
    assert_error(failed, 502, "server_closed", closes=False)
    assert sorted(bad.targets + other.targets) == ["/0", "/1"]
    assert client.ask("/2", "GET").status == 200, "the client's connection goes on"


@pytest.mark.parametrize("ending", [*ENDINGS, *LATE_ENDINGS])
def test_a_get_is_502_when_every_server(start, ending):
    servers = [ending_server(start, ending) for _ in range(2)]
    balancer = logging_balancer(start, ("a", servers[0].address), ("b", servers[1].address))
    client = start(balancer.client())
    assert_error(client.ask(), 502, "server_closed", closes=False)
    entry = only_entry(balancer)
    assert (entry.status, entry.reason) == ("502", "server_closed")
    # With half a head the response began to arrive, yet no byte has gone to the client.
    assert entry.attempts == 2


# A server that is too slow


def test_a_server_that_never_answers_is_504_at_the_deadline(start):
    server = playing(start, lambda peer: peer.released.wait(10))
    balancer = logging_balancer(start, server, timeouts={"response_head": "400ms"})
    client = start(balancer.client())
    answer, seconds = took(client.ask)
    assert_error(answer, 504, "response_head_timeout", closes=False)
    assert 0.35 <= seconds < at_most(1.2)
    assert only_entry(balancer).reason == "response_head_timeout"
    assert server.peers[0].sees_the_end() in ("closed", "reset"), "its connection is not used again"


def test_a_head_that_drips_is_504_at_the_same_absolute_deadline(start):
    def drip(peer):
        for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000:
            peer.send(bytes([byte]))
            peer.released.wait(0.05)

    balancer = logging_balancer(start, playing(start, drip), timeouts={"response_head": "500ms"})
    answer, seconds = took(balancer.exchange)
    assert_error(answer, 504, "response_head_timeout")
    assert 0.45 <= seconds < at_most(1.3)


def test_interim_responses_do_not_put_off_the_deadline(start):
    def early_for_ever(peer):
        while not peer.released.wait(0.05):
            peer.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")

    balancer = logging_balancer(start, playing(start, early_for_ever), timeouts={"response_head": "500ms"})
    answer, seconds = took(balancer.exchange)
    assert_error(answer, 504, "response_head_timeout")
    assert 0.45 <= seconds < at_most(1.3)


def test_the_deadline_counts_from_the_whole_request(start):
    server = start(HTTPServer())
    balancer = logging_balancer(start, server, timeouts={"response_head": "300ms"})
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

    balancer = logging_balancer(
        start, playing(start, slowly), timeouts={"body": "400ms", "response_head": "200ms"})
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
    balancer = logging_balancer(start, playing(start, cut), other, strategy="least_connections")
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

    server = playing(start, stall)
    balancer = logging_balancer(start, server, timeouts={"body": "400ms", "stream": "400ms"})
    client = start(balancer.client())
    started = time.monotonic()
    client.send(request())
    assert_cut(balancer, client)
    assert 0.35 <= time.monotonic() - started < at_most(1.3)
    assert only_entry(balancer).reason == "response_body_timeout"
    assert server.peers[0].is_over.wait(1), "the server's side stayed open"


# Of a server a line may end in LF alone.
BROKEN_BODIES = {name: body for name, body in MALFORMED_BODIES.items() if "line feed" not in name}


@pytest.mark.parametrize("body", BROKEN_BODIES.values(), ids=BROKEN_BODIES.keys())
def test_a_malformed_chunked_answer_cuts_both_sides(start, body):
    def break_the_rules(peer):
        peer.send(head("HTTP/1.1 200 OK", {"Transfer-Encoding": "chunked"}))
        peer.released.wait(0.1)
        peer.send(body)
        peer.ending = peer.sees_the_end()

    server = playing(start, break_the_rules)
    balancer = logging_balancer(start, server)
    client = start(balancer.client())
    client.send(request())
    assert_cut(balancer, client)
    assert only_entry(balancer).reason == "response_cut"
    assert server.peers[0].is_over.wait(1), "the server's side stayed open"


# Answers that are none


def test_a_response_head_of_70_kb_is_502(start):
    data = head("HTTP/1.1 200 OK", [("X-Long", "y" * 1000)] * 70 + [("Content-Length", 0)])
    balancer = logging_balancer(start, playing(start, lambda peer: (peer.send(data), peer.read_to_end())))
    client = start(balancer.client())
    assert_error(client.ask(), 502, "bad_response", closes=False)
    assert only_entry(balancer).reason == "bad_response"


@pytest.mark.parametrize("data", [b"garbage\r\n\r\n", bytes(range(256)) * 4, b"SSH-2.0-OpenSSH_9.2\r\n"],
                         ids=["words", "bytes", "another protocol"])
def test_garbage_as_a_response_is_502(start, data):
    server = playing(start, lambda peer: (peer.send(data), peer.read_to_end()))
    balancer = logging_balancer(start, server)
    client = start(balancer.client())
    assert_error(client.ask(), 502, "bad_response", closes=False)
    assert server.peers[0].is_over.wait(1), "its connection was kept"


def test_an_error_is_json_for_who_accepts_it(start):
    port = start(ReservedPort())
    balancer = logging_balancer(start, port.address)
    for accept in ("application/json", "text/html, application/json;q=0.9", "Application/JSON"):
        assert_json_error(balancer.exchange(fields={"Accept": accept}), 503, "connect_failed", closes=False)
    for accept in ("*/*", "text/html", ""):
        assert_error(balancer.exchange(fields={"Accept": accept}), 503, "connect_failed", closes=False)


def test_an_error_to_head_has_no_body(start):
    port = start(ReservedPort())
    balancer = logging_balancer(start, port.address)
    client = start(balancer.client())
    for _ in range(2):
        answer = client.ask("/", "HEAD")
        assert (answer.status, answer.body) == (503, b"")
        assert int(answer.get("content-length")) > 0


def test_an_error_to_a_client_of_http_1_0_closes(start):
    port = start(ReservedPort())
    balancer = logging_balancer(start, port.address)
    with balancer.client() as client:
        assert_frame(client.ask(version="1.0"), closes=None)
        assert client.is_over()


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
    balancer = logging_balancer(start, port.address)
    hostile = "/<script>alert(1)</script>%0d%0aSet-Cookie:x\"\\'"
    answer = balancer.exchange(hostile)
    assert_error(answer, 503, "connect_failed")
    assert b"script" not in answer.body
    answer = balancer.exchange(hostile, fields={"Accept": "application/json"})
    assert "script" not in json.loads(answer.body)["detail"]
