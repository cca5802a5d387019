"""Malformed messages: from a client an error with its status and word, from a server a 502."""

import contextlib

import pytest

from support.error_answer import assert_error
from support.http_balancer import HTTPBalancer
from support.http_client import HTTPClient, request
from support.http_message import chunked, head
from support.http_server import HTTPServer, response
from support.malformed_requests import MALFORMED_CHUNKS, MALFORMED_REQUESTS
from support.malformed_responses import MALFORMED_RESPONSES
from support.polling import wait_until


@pytest.fixture(scope="module")
def pair():
    """One balancer for all, and its server."""
    with contextlib.ExitStack() as started:
        server = started.enter_context(HTTPServer())
        yield started.enter_context(HTTPBalancer([server])), server


@pytest.fixture
def balancer(pair):
    pair[1].seen.clear()
    return pair[0]


@pytest.fixture
def server(pair):
    return pair[1]


def shown(case):
    return repr(case)[2:60] if isinstance(case, bytes) else None


@pytest.mark.parametrize("raw, status, reason", MALFORMED_REQUESTS, ids=shown)
def test_a_malformed_request_is_refused_and_closed(balancer, server, raw, status, reason):
    with balancer.client() as client:
        client.send(raw)
        assert_error(client.answer(), status, reason, closes=None if status in (405, 417) else True)
        assert client.is_over()
    assert server.seen == []


@pytest.mark.parametrize("raw, status, reason", MALFORMED_REQUESTS[::7], ids=shown)
def test_a_malformed_request_behind_a_good_one_is_refused_after_its_answer(
        balancer, server, raw, status, reason):
    with balancer.client() as client:
        client.send(request("/good") + raw)
        assert client.answer().status == 200
        assert_error(client.answer(), status, reason)
        assert client.is_over()
    assert server.targets == ["/good"]


@pytest.mark.parametrize("raw, status, reason", MALFORMED_REQUESTS[::11], ids=shown)
def test_a_malformed_request_is_refused_byte_by_byte_too(balancer, server, raw, status, reason):
    with balancer.client() as client:
        with contextlib.suppress(OSError):
            for index in range(min(len(raw), 400)):
                client.send(raw[index:index + 1])
            client.send(raw[400:])
        assert_error(client.answer(), status, reason)
    assert server.seen == []


@pytest.mark.parametrize("body", MALFORMED_CHUNKS, ids=shown)
def test_malformed_chunks_of_a_request_never_make_a_whole_one(balancer, server, body):
    with balancer.client() as client:
        client.send(request("/", "POST", {"Transfer-Encoding": "chunked"}) + body + request("/smuggled"))
        received = b""
        with contextlib.suppress(ConnectionResetError):
            received = client.read_to_end()
    # 400, and 431 for trailers; or cut where forwarding had begun.
    assert received == b"" or received[:13] in (b"HTTP/1.1 400 ", b"HTTP/1.1 431 "), received
    assert received.count(b"HTTP/1.1") <= 1
    assert server.seen == []
    server.check()


def test_a_bad_client_does_not_harm_the_next(balancer):
    for raw, status, _ in MALFORMED_REQUESTS[::5]:
        with balancer.client() as client:
            client.send(raw)
            assert client.answer().status == status
        assert balancer.exchange().status == 200


# Limits, to the byte


def line_of(length):
    """A request line of so many bytes, without its end."""
    return "GET /" + "x" * (length - len("GET / HTTP/1.1")) + " HTTP/1.1"


def head_of(length):
    """A request head of so many bytes, with its end."""
    fields = [("Host", "h")] + [(f"X-{number}", "y" * 1000) for number in range(15)]
    missing = length - len(head("GET / HTTP/1.1", [*fields, ("X-Last", "")]))
    return head("GET / HTTP/1.1", [*fields, ("X-Last", "y" * missing)])


def fields_of(count):
    """A request with so many fields."""
    return head("GET / HTTP/1.1", [("Host", "h")] + [(f"X-{number}", "y") for number in range(count - 1)])


AT_THE_LIMIT = {
    "a request line of 8 KiB": head(line_of(8192), {"Host": "h"}),
    "a head of 16 KiB": head_of(16_384),
    "128 fields": fields_of(128),
    "one field of 9 kB": request("/", fields={"X-Long": "y" * 9000}),
}

OVER_THE_LIMIT = {
    "a request line of 8 KiB and a byte": (head(line_of(8193), {"Host": "h"}), 414, "request_line_too_long"),
    "a URL of 70 kB": (request("/" + "x" * 70_000), 414, "request_line_too_long"),
    "a URL without an end": (b"GET /" + b"x" * 70_000, 414, "request_line_too_long"),
    "a head of 16 KiB and a byte": (head_of(16_385), 431, "head_too_large"),
    "one field of 70 kB": (request("/", fields={"X-Long": "y" * 70_000}), 431, "head_too_large"),
    "a name without an end": (b"GET / HTTP/1.1\r\nHost: h\r\n" + b"x" * 70_000, 431, "head_too_large"),
    "129 fields": (fields_of(129), 431, "too_many_fields"),
    "200 fields": (fields_of(200), 431, "too_many_fields"),
}


@pytest.mark.parametrize("raw", AT_THE_LIMIT.values(), ids=AT_THE_LIMIT.keys())
def test_what_is_at_the_limit_is_served(balancer, server, raw):
    with balancer.client() as client:
        for _ in range(2):
            client.send(raw)
            assert client.answer().status == 200
    assert len(server.seen) == 2


@pytest.mark.parametrize("raw, status, reason", OVER_THE_LIMIT.values(), ids=OVER_THE_LIMIT.keys())
def test_what_is_over_the_limit_is_refused_and_closed(balancer, server, raw, status, reason):
    with balancer.client() as client:
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            client.send(raw)
        assert_error(client.answer(), status, reason, closes=True)
        assert client.is_over()
    assert server.seen == []


def test_one_body_at_the_limit_is_served_and_one_over_it_is_not(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server], limits={"request_body": "1KiB"}))
    coded = {"Transfer-Encoding": "chunked"}
    assert balancer.exchange("/", "POST", body=bytes(1024)).status == 200
    assert balancer.exchange("/", "POST", coded, chunked(bytes(512), bytes(512))).status == 200
    with balancer.client() as client:
        client.send(request("/", "POST", {"Content-Length": 1025}))
        assert_error(client.answer(), 413, "request_body_too_large", closes=True)
        assert client.is_over()
    with balancer.client() as client:
        client.send(request("/", "POST", coded, chunked(bytes(512), bytes(513))))
        assert_error(client.answer(), 413, "request_body_too_large", closes=True)
    assert [len(seen.body) for seen in server.seen] == [1024, 1024]
    wait_until(lambda: len(server.peers) < 3 or server.peers[-1].is_over.is_set())


# From servers


@pytest.fixture(scope="module")
def liar():
    """A balancer whose server answers with the bytes that its `says` holds."""
    def script(peer):
        if server.read_request(peer):
            peer.send(server.says)
            peer.read_to_end()

    with contextlib.ExitStack() as started:
        server = started.enter_context(HTTPServer(script=script))
        balancer = started.enter_context(
            HTTPBalancer([server], limits={"retries": 0}, timeouts={"body": "2s", "response_head": "2s"}))
        yield balancer, server


@pytest.mark.parametrize("raw", MALFORMED_RESPONSES, ids=shown)
def test_a_malformed_response_is_502(liar, raw):
    balancer, server = liar
    server.says = raw
    with balancer.client() as client:
        assert_error(client.ask(), 502, "bad_response", closes=False)
    assert wait_until(lambda: server.peers[-1].is_over.is_set(), what="its connection is closed")


def test_a_servers_body_without_an_end_is_not_smuggled_into_the_next_answer(start):
    server = start(HTTPServer(lambda asked, peer: response(b"", fields={"X-A": "b"}) + response(b"EVIL")))
    balancer = start(HTTPBalancer([server]))
    with HTTPClient(balancer.address) as client:
        assert [client.ask().body for _ in range(5)] == [b""] * 5
