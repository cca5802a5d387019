"""What a server sees of a request and a client of its answer: rewritten from what was understood."""

import ipaddress
import re
import socket

import pytest

from support.http_balancer import HTTPBalancer
from support.http_client import request
from support.http_message import chunked, head
from support.http_server import HTTPServer, response

# Clients come from here; whoever listens only on it is believed when it is in `trusted_proxies`.
TRUSTING = {"trusted_proxies": ["192.0.2.0/24", "127.0.0.0/8", "::1"]}

# Told of each other, so that neither a missing nor an added field escapes.
ADDED = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-request-id", "cdn-loop"}


@pytest.fixture
def server(start):
    return start(HTTPServer())


def forwarded(start, server, data, **settings):
    """The request that the server sees when a client sends `data`."""
    balancer = start(HTTPBalancer([server], **settings))
    with balancer.client() as client:
        client.send(data)
        assert client.answer().status == 200
    return server.seen_once()


def returned(start, answer, fields=(), path="/"):
    """The answer that a client sees when the server sends the bytes `answer`."""
    server = start(HTTPServer(lambda asked, peer: answer))
    balancer = start(HTTPBalancer([server]))
    return balancer.exchange(path, fields=fields)


# Fields that speak of one connection


HOP_BY_HOP = {
    "Connection": "x-something", "Keep-Alive": "timeout=5", "Proxy-Connection": "keep-alive",
    "TE": "trailers;q=0.5", "Trailer": "X-Sum", "Upgrade": "h2c",
    "HTTP2-Settings": "AAMAAABkAARAAAAAAAIAAAAA", "Proxy-Authenticate": "Basic", }


@pytest.mark.parametrize("name", [*HOP_BY_HOP, "Proxy-Authorization"])
def test_a_server_does_not_see_the_clients_own(start, server, name):
    fields = {name: HOP_BY_HOP.get(name, "Basic eDp5"), "X-Stays": "yes"}
    seen = forwarded(start, server, request("/", fields=fields))
    assert not {name.lower()} & (set(seen.names) - {"connection"})
    assert "x-something" not in seen.options("connection")
    assert seen.get("x-stays") == "yes"


@pytest.mark.parametrize("name", [name for name in HOP_BY_HOP if not name.startswith(("TE", "Trailer"))])
def test_a_client_does_not_see_the_servers_own(start, name):
    got = returned(start, response(fields={name: HOP_BY_HOP[name], "X-Stays": "yes"}))
    assert not {name.lower()} & (set(got.names) - {"connection"})
    assert "x-something" not in got.options("connection")
    assert got.get("x-stays") == "yes"


NAMED = {
    "one": ["X-Secret"], "in another case": ["x-sEcReT"], "several": ["close, X-Secret ,keep-alive"],
    "in two fields": ["x-other", "X-Secret"], "among empty members": [",, X-Secret,,"]}


@pytest.mark.parametrize("connection", NAMED.values(), ids=NAMED.keys())
def test_a_field_that_connection_names_goes_no_further(start, connection):
    fields = [*(("Connection", value) for value in connection), ("X-Secret", "1"), ("X-Stays", "yes"),
              ("X-Secret", "2")]
    server = start(HTTPServer(lambda asked, peer: response(fields=fields)))
    balancer = start(HTTPBalancer([server]))
    got = balancer.exchange(fields=fields)
    for message in (server.seen_once(), got):
        assert message.all("x-secret") == []
        assert message.get("x-stays") == "yes"


@pytest.mark.parametrize("name", ["Host", "Content-Length", "X-Request-ID", "X-Forwarded-For",
                                  "X-Forwarded-Proto", "X-Forwarded-Host"])
def test_connection_cannot_take_away_what_a_server_needs(start, server, name):
    data = request("/", "POST", {"Host": "shop.test", "Connection": f"{name}, {name.lower()}"}, b"whole")
    seen = forwarded(start, server, data)
    assert seen.get(name), f"{name} is missing"
    assert (seen.get("host"), seen.body) == ("shop.test", b"whole")


# Who the client is


def test_a_server_learns_who_asked_and_for_what(start, server):
    seen = forwarded(start, server, request("/", host="shop.test:8080"))
    assert seen.get("x-forwarded-for") == "127.0.0.1"
    assert seen.get("x-forwarded-proto") == "http"
    assert seen.get("x-forwarded-host") == "shop.test:8080"
    assert seen.get("host") == "shop.test:8080"


def test_a_client_over_ipv6_is_named(start, server):
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    seen = forwarded(start, server, request(), listen="[::1]:0")
    assert ipaddress.ip_address(seen.get("x-forwarded-for")) == ipaddress.ip_address("::1")


FORGED = {
    "X-Forwarded-For": "10.9.8.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.test",
    "X-Request-ID": "forged-id"}

SPELLINGS = {
    "plain": lambda name: name, "in lower case": str.lower,
    "with underscores": lambda name: name.replace("-", "_"),
    "half with underscores": lambda name: name.replace("-", "_", 1)}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS.keys())
@pytest.mark.parametrize("connection", [None, "named"])
def test_a_server_sees_only_our_values_of_an_untrusted_client(start, server, spell, connection):
    fields = [(spell(name), value) for name, value in FORGED.items() for _ in range(2)]
    if connection:
        fields.append(("Connection", ", ".join([*FORGED, *map(spell, FORGED)])))
    seen = forwarded(start, server, request("/", fields=fields))
    assert seen.get("x-forwarded-for") == "127.0.0.1"
    assert seen.get("x-forwarded-proto") == "http"
    assert seen.get("x-forwarded-host") == "evenkeel.test"
    assert seen.get("x-request-id") not in (None, "forged-id")
    underscored = [name for name in seen.names if "_" in name]
    assert underscored == [], "to CGI and its heirs these are the same names"
    assert not set(FORGED.values()) & {value for _, value in seen.fields}


@pytest.mark.parametrize("name", ["Content_Length", "Transfer_Encoding", "Host_", "X_Real_IP"])
def test_an_underscore_makes_no_field_of_ours(start, server, name):
    seen = forwarded(start, server, request("/", fields={name: "7", "X_Other": "stays"}))
    assert seen.body == b"" and seen.framing == "none"
    if name != "Host_":
        assert name.lower() not in seen.names
    assert seen.get("x_other") == "stays"


def test_a_trusted_proxy_is_believed_and_added(start, server):
    fields = {"X-Forwarded-For": "10.9.8.7, 10.1.1.1", "X-Forwarded-Proto": "https",
              "X-Forwarded-Host": "shop.test", "X-Request-ID": "abc-123"}
    seen = forwarded(start, server, request("/", fields=fields), **TRUSTING)
    assert seen.options("x-forwarded-for") == ["10.9.8.7", "10.1.1.1", "127.0.0.1"]
    assert seen.get("x-forwarded-proto") == "https"
    assert seen.get("x-forwarded-host") == "shop.test"
    assert seen.get("x-request-id") == "abc-123"


def test_all_the_values_that_a_trusted_proxy_names_are_kept_in_order(start, server):
    fields = [("X-Forwarded-For", "10.0.0.1"), ("x-forwarded-for", "10.0.0.2, 10.0.0.3")]
    seen = forwarded(start, server, request("/", fields=fields), **TRUSTING)
    assert seen.options("x-forwarded-for") == ["10.0.0.1", "10.0.0.2", "10.0.0.3", "127.0.0.1"]


def test_what_a_trusted_proxy_leaves_out_is_made(start, server):
    seen = forwarded(start, server, request(host="shop.test"), **TRUSTING)
    assert (seen.get("x-forwarded-for"), seen.get("x-forwarded-proto"), seen.get("x-forwarded-host")) \
        == ("127.0.0.1", "http", "shop.test")
    assert seen.get("x-request-id")


@pytest.mark.parametrize("trusted", ["128.0.0.0/8", "127.0.0.2", "127.0.1.0/24", "::1", "10.0.0.0/8"])
def test_another_network_than_the_trusted_one_is_not_believed(start, server, trusted):
    seen = forwarded(start, server, request("/", fields=FORGED), trusted_proxies=[trusted])
    assert seen.get("x-forwarded-for") == "127.0.0.1"
    assert seen.get("x-request-id") != "forged-id"


def test_each_request_without_an_id_gets_one_of_its_own(start, server):
    balancer = start(HTTPBalancer([server]))
    client = start(balancer.client())
    for _ in range(300):
        assert client.ask().status == 200
    ids = [seen.get("x-request-id") for seen in server.seen]
    assert len(set(ids)) == 300
    assert all(re.fullmatch(r"[0-9A-Za-z_-]{8,64}", text) for text in ids), ids[0]


# What is passed on as it is


def test_all_other_fields_arrive_as_they_were_sent(start, server):
    fields = [
        ("X-Twice", "one"), ("Cookie", "a=b; c=d"), ("X-Twice", "two"), ("User-Agent", "odd/1.0 (\"quoted\")"),
        ("Authorization", "Bearer x.y.z"), ("X-Empty", ""), ("X-Obs-Text", "caf\xe9 \xff"),
        ("X-Inner", "tab\there  and spaces"), ("X-lOwEr", "UPPER"), ("Via", "1.0 other"), ("Date", "never")]
    seen = forwarded(start, server, request("/", fields=fields))
    kept = [(name.lower(), value) for name, value in seen.fields if name.lower() not in ADDED | {"host"}]
    assert kept == [(name.lower(), value) for name, value in fields]


def test_an_answers_fields_arrive_as_they_were_sent(start):
    fields = [
        ("Set-Cookie", "a=b; Path=/"), ("Server", "odd/1.0"), ("Set-Cookie", "c=d"), ("X-Empty", ""),
        ("Date", "Thu, 01 Jan 1970 00:00:00 GMT"), ("Location", "http://else.test/"), ("X-Obs", "caf\xe9"),
        ("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"), ("Content-Length", "2")]
    got = returned(start, head("HTTP/1.1 299 Odd But Fine", fields) + b"ok")
    assert (got.status, got.body) == (299, b"ok")
    kept = [(name.lower(), value) for name, value in got.fields if name.lower() != "x-request-id"]
    assert kept == [(name.lower(), value) for name, value in fields]


TARGETS = [
    "/", "//", "/a/../b", "/a%2Fb%00", "/%zz", "/?", "/??a=b&c", "/a;b=c", "/'\"<>\\^`{|}", "/:@!$&()*+,=~-._",
    "/" + "x" * 8000, "/[a]", "/*", "/a//b/./c/", "/http://other.test/"]


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target[:20])
def test_a_target_in_origin_form_arrives_as_it_was_sent(start, server, target):
    assert forwarded(start, server, request(target)).target == target


ABSOLUTE = [
    ("GET", "http://other.test/x?y", "/x?y", "other.test"), ("GET", "http://other.test", "/", "other.test"),
    ("GET", "http://other.test?a=b", "/?a=b", "other.test"), ("GET", "HTTP://Other.test:81/", "/", "Other.test:81"),
    ("GET", "http://[::1]:81/a", "/a", "[::1]:81"), ("OPTIONS", "http://other.test", "*", "other.test"),
    ("OPTIONS", "http://other.test/", "/", "other.test"), ("OPTIONS", "*", "*", "evenkeel.test"),
    ("OPTIONS", "/", "/", "evenkeel.test")]


@pytest.mark.parametrize("method, target, path, host", ABSOLUTE)
def test_an_absolute_target_and_its_host_are_rewritten(start, server, method, target, path, host):
    seen = forwarded(start, server, request(target, method))
    assert (seen.method, seen.target, seen.get("host")) == (method, path, host)
    assert seen.get("x-forwarded-host") == host


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND",
                                    "get", "M-SEARCH", "!#$%&'*+.^_`|~"])
def test_a_method_is_passed_on_as_it_is(start, server, method):
    balancer = start(HTTPBalancer([server]))
    assert balancer.exchange("/", method).status == 200
    assert server.seen_once().method == method


# Bodies


BODIES = {
    "with a length": (request("/", "POST", body=b"hello body"), b"hello body", "length"),
    "of length zero": (request("/", "POST", {"Content-Length": "0"}), b"", "length"),
    "of length zero, written long": (request("/", "POST", {"Content-Length": "000"}), b"", "length"),
    "with a length that has zeros before it": (
        request("/", "POST", {"Content-Length": "0005"}) + b"hello", b"hello", "length"),
    "with a GET": (request("/", body=b"hello"), b"hello", "length"),
    "in chunks": (
        request("/", "POST", {"Transfer-Encoding": "chunked"}, chunked(b"hel", b"lo")), b"hello", "chunked"),
    "in no chunk": (request("/", "PUT", {"Transfer-Encoding": "chunked"}, chunked()), b"", "chunked"),
    "in chunks written oddly": (
        request("/", "POST", {"Transfer-Encoding": " ChUnKeD "})
        + b"0003;a=b;c=\"d;\";e\r\nhel\r\n00000000000000A \t;x\r\n0123456789\r\n000\r\n\r\n",
        b"hel0123456789", "chunked"),
}


@pytest.mark.parametrize("data, body, framing", BODIES.values(), ids=BODIES.keys())
def test_a_body_arrives_with_framing_of_our_own(start, server, data, body, framing):
    seen = forwarded(start, server, data)
    assert (seen.body, seen.framing) == (body, framing)
    if framing == "length":
        assert seen.get("content-length") == str(len(body))
    else:
        assert seen.get("transfer-encoding") == "chunked"


def test_a_request_without_a_body_has_no_framing(start, server):
    assert forwarded(start, server, request()).framing == "none"


ANSWERS = {
    "with a length": (response(b"hello"), b"hello"),
    "in chunks": (head("HTTP/1.1 200 OK", {"Transfer-Encoding": "chunked"}) + chunked(b"hel", b"lo"), b"hello"),
    "in chunks written oddly": (
        head("HTTP/1.1 200 OK", {"transfer-encoding": "CHUNKED"})
        + b"003;x=\"y\"\r\nhel\r\n02;z\r\nlo\r\n0000;end\r\n\r\n", b"hello"),
    "of length zero": (response(b""), b""),
}


@pytest.mark.parametrize("answer, body", ANSWERS.values(), ids=ANSWERS.keys())
def test_an_answers_body_arrives_with_framing_of_our_own(start, answer, body):
    server = start(HTTPServer(lambda asked, peer: answer))
    balancer = start(HTTPBalancer([server]))
    client = start(balancer.client())
    for _ in range(2):
        got = client.ask()
        assert (got.status, got.body, got.says_close) == (200, body, False)
    with balancer.client() as raw:
        raw.send(request("/", fields={"Connection": "close"}))
        assert b";" not in raw.read_to_end().partition(b"\r\n\r\n")[2], "chunk extensions are hop by hop"


def test_an_answer_that_ends_with_its_connection_arrives_whole(start):
    def script(peer):
        server.read_request(peer)
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(3):
            peer.send(b"x" * 10_000)

    server = start(HTTPServer(script=script))
    balancer = start(HTTPBalancer([server]))
    with balancer.client() as client:
        got = client.ask()
        assert got.body == b"x" * 30_000
        assert got.framing == "chunked" or (got.says_close and client.is_over())


def test_trailers_are_passed_on_both_ways(start):
    answer = head("HTTP/1.1 200 OK", {"Transfer-Encoding": "chunked", "Trailer": "X-Sum"}) \
        + chunked(b"data", trailers=[("X-Sum", "123"), ("X-More", "4")])
    server = start(HTTPServer(lambda asked, peer: answer))
    balancer = start(HTTPBalancer([server]))
    body = chunked(b"hello", trailers=[("X-Checksum", "abc"), ("Server-Timing", "a;dur=1")])
    client = start(balancer.client())
    fields = {"Transfer-Encoding": "chunked", "TE": "trailers"}
    client.send(request("/", "POST", fields, body))
    got = client.answer()
    assert [(name.lower(), value) for name, value in server.seen_once().trailers] \
        == [("x-checksum", "abc"), ("server-timing", "a;dur=1")]
    assert [(name.lower(), value) for name, value in got.trailers] == [("x-sum", "123"), ("x-more", "4")]
    assert client.ask().status == 200
