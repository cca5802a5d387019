"""What is taken and passed on where being strict would only lose a message, and whom a refusal is held against."""

import pytest

from support.access_log import only_entry, wait_for_entries
from support.admin import AdminBalancer
from support.error_answer import assert_error
from support.http_balancer import HTTPBalancer, logging_balancer
from support.http_client import request
from support.http_server import HTTPServer, response, scripted
from support.polling import wait_until
from support.scripted_client import ScriptedClient
from support.scripted_server import ScriptedServer

UPGRADE = {"Connection": "Upgrade", "Upgrade": "SPDY/3.1"}


def answering(start, data, name="server"):
    """A server that answers each request with these bytes, and closes behind them if `close` says so."""
    def script(peer):
        while peer.read_until(b"\r\n\r\n"):
            peer.send(data)

    server = start(ScriptedServer(script))
    server.name = name
    return server


# Upgrades


def switching(peer):
    """Reads a head and the body that it declares, switches, and echoes what comes then."""
    head = peer.read_until(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")), 0)
    is_chunked = b"transfer-encoding: chunked" in head.lower()
    peer.body = peer.read_until(b"0\r\n\r\n") if is_chunked else peer.read(length) if length else b""
    peer.send(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n")
    while data := peer.read_some():
        peer.send(data)


@pytest.mark.parametrize("method, body", [("POST", None), ("POST", b""), ("GET", b""), ("POST", b"{}"), ("POST", b"x" * 16_384)])
def test_an_upgrade_may_have_a_short_body_which_goes_first(start, method, body):
    server = start(ScriptedServer(switching))
    balancer = start(HTTPBalancer([server]))
    fields = UPGRADE if body is None else {**UPGRADE, "Content-Length": len(body)}
    with balancer.client() as client:
        client.send(request("/exec", method, fields) + (body or b""))
        assert client.answer_head().status == 101
        assert server.peers[0].body == (body or b"")
        client.send(b"hello")
        assert client.read(5) == b"hello"


CHUNKED = {**UPGRADE, "Transfer-Encoding": "chunked"}
SHORT_CHUNKS = [
    [b"0\r\n\r\n"], [b"2\r\nok\r\n0\r\n\r\n"], [b"2;a=b\r\nok\r\n0\r\n\r\n"], [b"3a98\r\n" + b"x" * 15_000 + b"\r\n0\r\n\r\n"],
    [b"1\r\nx\r\n" * 2000 + b"0\r\n\r\n"], [b"2\r\no", b"k\r\n0\r", b"\n\r\n"], [b"", b"2\r\nok\r\n", b"0\r\n\r\n"]]


@pytest.mark.parametrize("pieces", SHORT_CHUNKS, ids=["none", "one", "extension", "long", "many", "pieces", "behind the head"])
def test_an_upgrade_may_have_chunks_that_fit_into_a_buffer_with_the_head(start, pieces):
    server = start(ScriptedServer(switching))
    balancer = start(HTTPBalancer([server]))
    with balancer.client() as client:
        client.send(request("/exec", "POST", CHUNKED) + pieces[0])
        for piece in pieces[1:]:
            # Nothing tells when the balancer has read a piece; it must not matter.
            client.send(piece)
        assert client.answer_head().status == 101
        assert server.peers[0].body.endswith(b"0\r\n\r\n")
        client.send(b"hello")
        assert client.read(5) == b"hello"


def test_a_server_may_switch_before_the_rest_of_a_short_body_has_come(start):
    def early(peer):
        peer.read_until(b"ab")
        peer.send(b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n")
        assert peer.read_until(b"cdhello")
        peer.send(b"welcome")
    server = start(ScriptedServer(early))
    balancer = start(HTTPBalancer([server]))
    with balancer.client() as client:
        client.send(request("/exec", "POST", {**UPGRADE, "Content-Length": "4"}) + b"ab")
        wait_until(lambda: len(server.peers) == 1, 5, "the server was asked")
        client.send(b"cdhello")
        assert client.answer_head().status == 101
        assert client.read(7) == b"welcome"


def test_a_client_that_leaves_before_the_chunks_of_its_upgrade_were_whole_is_on_record(start):
    server = start(ScriptedServer(switching))
    balancer = start(AdminBalancer([server]))
    with ScriptedClient(balancer.address) as client:
        client.send(request("/left", "POST", CHUNKED) + b"5\r\nab")
    entry = wait_until(
        lambda: balancer.admin.get(f"{balancer.admin.service}/exchanges")["exchanges"], 5, "the exchange is on record")[0]
    assert (entry["reason"], entry["outcome"], entry["target"], entry["attempts"]) == ("client_closed", "aborted", "/left", 0)


def test_what_a_client_says_behind_the_chunks_of_an_upgrade_goes_into_the_tunnel(start):
    server = start(ScriptedServer(switching))
    balancer = start(HTTPBalancer([server]))
    with balancer.client() as client:
        client.send(request("/exec", "POST", CHUNKED) + b"2\r\nok\r\n0\r\n\r\nhello")
        assert client.answer_head().status == 101
        assert client.read(5) == b"hello"


@pytest.mark.parametrize("fields, body", [
    ({"Content-Length": 16_385}, b"x" * 16_385),
    ({"Transfer-Encoding": "chunked"}, b"4000\r\n" + b"x" * 16_384 + b"\r\n0\r\n\r\n")])
def test_a_body_that_is_longer_than_a_buffer_takes_the_upgrade_away(start, fields, body):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server]))
    with balancer.client() as client:
        client.send(request("/exec", "POST", {**UPGRADE, **fields}) + body)
        assert client.answer().status == 200
    assert server.seen_once().get("upgrade") is None


def test_chunks_that_do_not_come_soon_take_the_upgrade_away(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server], timeouts={"request_head": "200ms"}))
    with balancer.client() as client:
        client.send(request("/exec", "POST", CHUNKED) + b"2\r\nok\r\n")
        wait_until(lambda: server.connections, 5, "the server has a part of the request")
        client.send(b"0\r\n\r\n")
        assert client.answer().status == 200
    assert server.seen_once().get("upgrade") is None
    assert server.seen_once().body == b"ok"


def test_chunks_behind_a_100_take_the_upgrade_away(start):
    server = scripted(start, lambda server: lambda peer: continue_and_answer(server, peer))
    balancer = start(HTTPBalancer([server]))
    with balancer.client() as client:
        client.send(request("/exec", "POST", {**CHUNKED, "Expect": "100-continue"}))
        assert client.answer_head().status == 100
        client.send(b"2\r\nok\r\n0\r\n\r\n")
        assert client.answer().status == 200
    assert server.seen_once().get("upgrade") is None


def continue_and_answer(server, peer):
    if server.read_request(peer, body=False):
        peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if server.read_request(peer):
            peer.send(response(b"ok"))


def test_a_client_that_leaves_while_its_chunks_are_awaited_asks_no_server(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server]))
    with balancer.client() as client:
        client.send(request("/exec", "POST", CHUNKED) + b"2\r\nok\r\n")
        client.half_close()
        assert client.is_over()
    assert server.connections == 0


def test_requests_go_on_behind_chunks_that_were_awaited(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server]))
    with balancer.client() as client:
        for body in (b"2\r\nok\r\n0\r\n\r\n", b"4000\r\n" + b"x" * 16_384 + b"\r\n0\r\n\r\n", b"2\r\nok\r\n0\r\n\r\n"):
            client.send(request("/exec", "POST", CHUNKED) + body + request("/next", "POST", {"Transfer-Encoding": "chunked"}, b"1\r\nx\r\n0\r\n\r\n"))
            assert client.answer().status == 200
            assert client.answer().status == 200
    assert [seen.get("upgrade") for seen in server.seen] == ["SPDY/3.1", None, None, None, "SPDY/3.1", None]
    assert [len(seen.body) for seen in server.seen] == [2, 1, 16_384, 1, 2, 1]


def test_broken_chunks_of_an_upgrade_are_refused(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server]))
    with balancer.client() as client:
        client.send(request("/exec", "POST", CHUNKED) + b"2\r\nokay\r\n")
        assert client.answer().status == 400
    assert server.connections == 0


@pytest.mark.parametrize("offers, passed", [
    (["h2c"], None), (["H2C/1"], None), ([" , h2c"], None), (["h2c", "h2c/2"], None), ([","], None),
    (["websocket, h2c/2"], "websocket"), (["websocket", "h2c"], "websocket"), (["h2c", "WebSocket"], "WebSocket"),
    (["h2c , SPDY/3.1,, websocket"], "SPDY/3.1, websocket"), (["SPDY/3.1", "h2c", "", "websocket"], "SPDY/3.1, websocket")])
def test_all_protocols_are_offered_but_clear_text_http_2_in_one_line_or_more(start, offers, passed):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server]))
    fields = [("Connection", "Upgrade")] + [("Upgrade", offer) for offer in offers]
    assert balancer.exchange("/", fields=fields).status == 200
    assert server.seen_once().get("upgrade") == passed


@pytest.mark.parametrize("chosen, status", [("b", 101), ("B", 101), ("h2c", 502), ("c", 502), ("a\r\nUpgrade: c", 502), ("a, c", 502)])
def test_a_server_may_choose_from_all_that_was_offered(start, chosen, status):
    switch = f"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: {chosen}\r\n\r\n".encode()
    balancer = start(HTTPBalancer([answering(start, switch)]))
    with balancer.client() as client:
        client.send(request("/", fields=[("Connection", "Upgrade"), ("Upgrade", "a, h2c"), ("Upgrade", "b")]))
        assert client.answer_head().status == status


def test_a_426_says_which_protocols_would_do(start):
    server = start(HTTPServer(lambda asked, peer: response(
        b"", "426 Upgrade Required", [("Upgrade", "websocket"), ("Connection", "Upgrade")])))
    balancer = start(HTTPBalancer([server]))
    answer = balancer.exchange()
    assert (answer.status, answer.get("upgrade"), answer.get("connection").lower()) == (426, "websocket", "upgrade")


# Lists and empty values


@pytest.mark.parametrize("expectation", ["", " ", ",", ", 100-continue", "100-continue,", ",,100-continue, ,"])
def test_empty_members_of_an_expectation_mean_nothing(start, expectation):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server]))
    answer = balancer.exchange("/", "POST", {"Expect": expectation}, b"hello")
    assert answer.status == 200
    assert server.seen_once().body == b"hello"


@pytest.mark.parametrize("value", ["", ",", " , ,\t,", ";,"])
def test_an_empty_value_of_a_trusted_proxy_is_none(start, value):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server], trusted_proxies=["127.0.0.1"]))
    fields = {name: value.rstrip(";,") if name == "X-Forwarded-For" else value for name in (
        "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Real-IP", "Forwarded",
        "X-Request-ID", "CDN-Loop")}
    assert balancer.exchange(fields=fields).status == 200
    seen = server.seen_once()
    assert seen.get("x-forwarded-for") == "127.0.0.1"
    assert seen.get("x-forwarded-proto") == "http"
    assert seen.get("x-forwarded-host") == "evenkeel.test"
    assert len(seen.get("x-request-id")) > 16
    assert [seen.get(name) for name in ("x-forwarded-port", "x-real-ip", "forwarded")] == [None] * 3
    assert seen.get("cdn-loop").startswith("evenkeel-")


def test_the_list_of_a_trusted_proxy_loses_its_empty_members(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server], trusted_proxies=["127.0.0.1"]))
    fields = [("X-Forwarded-For", ", 203.0.113.9,, "), ("X-Forwarded-For", "203.0.113.8 ,")]
    assert balancer.exchange(fields=fields).status == 200
    assert server.seen_once().get("x-forwarded-for") == "203.0.113.9, 203.0.113.8, 127.0.0.1"


@pytest.mark.parametrize("trusted, expected", [
    (["unix"], ("203.0.113.9", "https")), ([], (None, "http")), (["0.0.0.0/0"], (None, "http"))])
def test_a_client_of_a_unix_socket_has_no_address_and_can_be_trusted(start, tmp_path, trusted, expected):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server], listen=f"unix:{tmp_path}/listen", trusted_proxies=trusted))
    fields = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    assert balancer.exchange(fields=fields).status == 200
    seen = server.seen_once()
    assert (seen.get("x-forwarded-for"), seen.get("x-forwarded-proto")) == expected


# Our own answers


@pytest.mark.parametrize("message, status", [
    (b"HEAD / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n", 400), (b"HEAD / HTTP/1.1\r\n\r\n", 400),
    (b"HEAD /" + b"x" * 9000 + b" HTTP/1.1\r\n", 414), (b"HEAD / HTTP/2.0\r\n", 505),
    (b"HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999999\r\n\r\n", 413),
    (b"HEAD / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n", 417),
    (b"\r\n\r\nHEAD / HTTP/1.1\r\n", 400), (b"\r\n\r\n\r\n\r\nHEAD / HTTP/1.1\r\n", 400), (b"\nHEAD / HTTP/1.1\r\n", 400),
    (b"\r\n\nHEAD / HTTP/1.1\r\n", 400), (b"\rHEAD / HTTP/1.1\r\n", 400), (b" HEAD / HTTP/1.1\r\n", 400),
    (b"\0HEAD / HTTP/1.1\r\n", 400), (b"\r\n \tHEAD / HTTP/1.1\r\n", 400), (b"HEAD\t/ HTTP/1.1\r\n", 400),
    (b"HEAD\r\n", 400), (b"HEAD\n", 400), (b"HEAD  / HTTP/1.1\r\n", 400), (b"HEAD /\r\n", 400), (b"HEAD /#a HTTP/1.1\r\n", 400),
    (b"HEAD * HTTP/1.1\r\n", 400), (b"HEAD / HTTP/1.1\n", 400), (b"HEAD / HTXP/1.1\r\n", 400),
    (b"HEAD / HTTP/1.1\r\nHost: a\r\nA: " + b"x" * 17_000, 431)])
def test_an_error_to_head_has_no_content(start, message, status):
    balancer = start(HTTPBalancer([start(HTTPServer())]))
    with balancer.client() as client:
        client.send(message)
        head = client.answer_head()
        assert head.status == status
        assert client.is_over(), "something came behind the head"


@pytest.mark.parametrize("message", [b"HEAD", b"\r\nHEAD", b"HEAD ", b"HEAD / HTTP/1.1\r\nHost: a"])
def test_a_head_that_comes_too_slowly_gets_no_content(start, message):
    balancer = start(HTTPBalancer([start(HTTPServer())], timeouts={"request_head": "100ms"}))
    with balancer.client() as client:
        client.send(message)
        assert client.answer_head().status == 408
        assert client.is_over(), "something came behind the head"


@pytest.mark.parametrize("message", [b"\r\n\r\nGET / HTTP/1.1\r\n", b"\r\n\r\nHEADS / HTTP/1.1\r\n", b" head / HTTP/1.1\r\n", b"\nHEA"])
def test_what_is_not_head_gets_the_content_of_an_early_error(start, message):
    balancer = start(HTTPBalancer([start(HTTPServer())]))
    with balancer.client() as client:
        client.send(message)
        assert b"400 Bad Request" in client.answer().body


def test_a_get_that_is_refused_behind_a_head_has_content(start):
    balancer = start(HTTPBalancer([start(HTTPServer())]))
    with balancer.client() as client:
        client.send(request("/", "HEAD"))
        assert client.answer("HEAD").status == 200
        client.send(b"G@T / HTTP/1.1\r\n\r\n")
        assert b"invalid_method" in client.answer().body


@pytest.mark.parametrize("message, sentence", [
    (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n", b"the request line is over 8192 bytes"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n", b"of expectations only 100-continue is known"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"x" * 17_000, b"the head is over 16384 bytes"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", b"of transfer codings only chunked is known"),
    (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", b"only HTTP/1.0 and HTTP/1.1 are spoken here")])
def test_each_refusal_says_what_is_true_of_it(start, message, sentence):
    balancer = start(HTTPBalancer([start(HTTPServer())]))
    with balancer.client() as client:
        client.send(message)
        assert sentence in client.answer().body


# Trailers


TRAILERS = [
    "Content-Length: 0", "Transfer-Encoding: chunked", "Connection: close", "Host: evil", "Range: bytes=0-0",
    "If-Match: x", "Cache-Control: no-store", "Content-Encoding: gzip", "Set-Cookie: a=b", "Authorization: x",
    "X-Forwarded-For: 1.2.3.4", "Content_Length: 0"]


@pytest.mark.parametrize("trailer", TRAILERS)
def test_a_trailer_that_belongs_into_the_head_is_dropped_both_ways(start, trailer):
    body = b"2\r\nok\r\n0\r\n" + trailer.encode() + b"\r\nX-Sum: 1\r\n\r\n"
    server = start(HTTPServer(lambda asked, peer: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body))
    balancer = start(HTTPBalancer([server]))
    with balancer.client() as client:
        client.send(request("/", "POST", {"Transfer-Encoding": "chunked"}) + body)
        answer = client.answer()
    assert (answer.status, answer.body) == (200, b"ok")
    assert [name.lower() for name, _ in answer.trailers] == ["x-sum"]
    seen = server.seen_once()
    assert seen.body == b"ok"
    assert [name.lower() for name, _ in seen.trailers] == ["x-sum"]


LONG_NAME = "X-A-Name-That-Is-Longer-Than-Twenty-Four-Bytes"


@pytest.mark.parametrize("size", [2, 200_000], ids=["short", "long"])
@pytest.mark.parametrize("named", [["X-Own"], ["close, x-OWN"], ["keep-alive", "X-Other , X-Own"], ["X-Own", f"{LONG_NAME}"]])
def test_a_trailer_that_connection_names_is_dropped_both_ways(start, named, size):
    """It is for one connection (RFC 9110 section 7.6.1), wherever it stands."""
    connection = [("Connection", value) for value in named]
    dropped = f"X-Own: 1\r\n" + (f"{LONG_NAME}: 1\r\n" if LONG_NAME in named else "")
    body = b"%x\r\n" % size + b"o" * size + f"\r\n0\r\n{dropped}X-Own-Sum: 1\r\n\r\n".encode()
    lines = "".join(f"Connection: {value}\r\n" for value in named).encode()
    server = start(HTTPServer(lambda asked, peer: OK + lines + b"Transfer-Encoding: chunked\r\n\r\n" + body))
    balancer = start(HTTPBalancer([server]))
    with balancer.client() as client:
        client.send(request("/", "POST", [*connection, ("Transfer-Encoding", "chunked")]) + body)
        answer = client.answer()
    assert (answer.status, len(answer.body)) == (200, size)
    assert answer.trailers == [("X-Own-Sum", "1")]
    assert server.seen_once().trailers == [("X-Own-Sum", "1")]


def test_what_connection_named_once_is_no_matter_of_the_next_message(start):
    body = b"2\r\nok\r\n0\r\nX-Own: 1\r\n\r\n"
    server = start(HTTPServer(lambda asked, peer: OK + (
        b"Connection: x-own\r\n" if asked.target == "/named" else b"") + b"Transfer-Encoding: chunked\r\n\r\n" + body))
    balancer = start(HTTPBalancer([server]))
    with balancer.client() as client:
        for target, named, trailers in [("/named", [("Connection", "X-Own")], []), ("/", [], [("X-Own", "1")])]:
            client.send(request(target, "POST", [*named, ("Transfer-Encoding", "chunked")]) + body)
            assert client.answer().trailers == trailers
            assert server.seen[-1].trailers == trailers


LARGE_TRAILERS = {
    "bytes": b"X-Long: " + b"x" * 5000 + b"\r\n\r\n", "fields": b"".join(b"X-%d: 1\r\n" % n for n in range(40)) + b"\r\n",
    "many short ones": b"".join(b"X-%d: %s\r\n" % (n, b"x" * 300) for n in range(20)) + b"\r\n"}


@pytest.mark.parametrize("size", [2, 200_000], ids=["in one piece", "on its way"])
@pytest.mark.parametrize("trailers", LARGE_TRAILERS.values(), ids=LARGE_TRAILERS.keys())
def test_a_request_with_too_large_trailers_gets_a_431_however_much_a_server_has_of_it(start, trailers, size):
    """RFC 6585 section 5. The server sees half a request, and never a whole one."""
    server = start(HTTPServer())
    balancer = logging_balancer(start, server)
    with balancer.client() as client:
        client.send(request("/", "POST", {"Transfer-Encoding": "chunked"}))
        client.send(b"%x\r\n" % size + b"o" * size + b"\r\n")
        if size > 2:
            wait_until(lambda: server.connections, 5, "a part of it is with the server")
        client.send(b"0\r\n" + trailers)
        answer = client.answer()
        assert answer.status == 431
        assert answer.says_close
        assert client.is_over()
    assert only_entry(balancer).status == "431"
    assert only_entry(balancer).reason in ("trailers_too_large", "too_many_fields")
    assert server.seen == []


@pytest.mark.parametrize("trailers", LARGE_TRAILERS.values(), ids=LARGE_TRAILERS.keys())
def test_an_answer_with_too_large_trailers_never_ends_cleanly(start, trailers):
    def script(asked, peer):
        body = b"2\r\nok\r\n" if asked.target == "/small" else b"30d40\r\n" + b"o" * 200_000 + b"\r\n"
        return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body + b"0\r\n" + trailers

    balancer = logging_balancer(start, start(HTTPServer(script)))
    with balancer.client() as client:
        client.send(request("/small"))
        assert client.answer().status == 502
    with balancer.client() as client:
        client.send(request("/large"))
        assert client.answer_head().status == 200
        with pytest.raises(ConnectionResetError):
            client.read_to_end()
    assert {entry.rule for entry in wait_for_entries(balancer, 2)} <= {"trailers_too_large", "too_many_fields"}


# Answers of servers


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize("answer, status, body", [
    (OK + b"Transfer-Encoding: chunked\r\n\r\n2  \r\nok\r\n0\t\r\n\r\n", 200, b"ok"),
    (OK + b"Transfer-Encoding: chunked\r\n\r\n 2\r\nok\r\n0\r\n\r\n", 200, b"ok"),
    (OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nok", 200, b"ok"),
    (OK + b"Content-Length: 2, 2\r\n\r\nok", 200, b"ok"),
    (b"HTTP/1.1 200 OK\nContent-Length: 2\nX-A: b\n\nok", 200, b"ok"),
    (OK + b"Transfer-Encoding: chunked\n\n2\nok\n0\n\n", 200, b"ok"),
    (b"HTTP/1.1 999 No\r\nContent-Length: 2\r\n\r\nok", 999, b"ok")])
def test_what_both_peers_take_of_a_server_is_taken_and_written_anew(start, answer, status, body):
    balancer = start(HTTPBalancer([answering(start, answer)]))
    with balancer.client() as client:
        for _ in range(2):
            got = client.ask()
            assert (got.status, got.body) == (status, body)
            assert got.get("content-length") in (None, "2")


UNSAFE = {
    "content_length_with_transfer_encoding":
        OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "repeated_content_length": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok",
    "control_byte_in_field": OK + b"X-A: a\x01\x00b\r\nContent-Length: 2\r\n\r\nok",
}


QUICK_TO_EJECT = {"type": "tcp", "consecutive_failures": 1}


def ejected(balancer):
    """The servers that are ejected now."""
    return [server["name"] for server in balancer.admin.state()["servers"] if server["ejection"]]


@pytest.mark.parametrize("rule", UNSAFE)
def test_an_unsafe_answer_is_refused_by_name_and_not_held_against_its_server(start, rule):
    servers = [answering(start, UNSAFE[rule], "unsafe"), start(HTTPServer(name="good"))]
    balancer = start(AdminBalancer(servers, access_log="on", health=QUICK_TO_EJECT))
    answers = [balancer.exchange() for _ in range(4)]
    assert sorted(answer.status for answer in answers) == [200, 200, 502, 502]
    assert_error(next(answer for answer in answers if answer.status == 502), 502, "bad_response")
    refused = {(entry.reason, entry.rule) for entry in wait_for_entries(balancer, 4) if entry.status == "502"}
    assert refused == {("bad_response", rule)}
    told = balancer.admin.get(f"{balancer.admin.service}/exchanges")["exchanges"]
    assert sorted((exchange["status"], exchange["rule"]) for exchange in told) == [(200, None)] * 2 + [(502, rule)] * 2
    assert ejected(balancer) == []
    # Once a minute.
    assert len(balancer.matching(rf"warn +main: an answer of unsafe was refused: {rule} \(.+\)")) == 1


def test_what_is_no_http_is_held_against_its_server(start):
    servers = [answering(start, b"garbage\r\n\r\n", "broken"), start(HTTPServer(name="good"))]
    balancer = start(AdminBalancer(servers, health=QUICK_TO_EJECT))
    assert sorted(balancer.exchange().status for _ in range(4)) == [200, 200, 200, 502]
    assert ejected(balancer) == ["broken"]


@pytest.mark.parametrize("rule", UNSAFE)
def test_an_unsafe_answer_can_be_accepted(start, rule):
    balancer = start(HTTPBalancer([answering(start, UNSAFE[rule])], accept_unsafe_answers=list(UNSAFE)))
    for _ in range(2):
        answer = balancer.exchange()
        assert (answer.status, answer.body) == (200, b"ok")
    if rule == "control_byte_in_field":
        assert answer.get("x-a") == "a??b"


@pytest.mark.parametrize("rule", UNSAFE)
def test_a_check_accepts_what_its_service_accepts(start, rule):
    health = {"type": "http", "interval": "100ms"}
    balancer = start(HTTPBalancer(
        [answering(start, UNSAFE[rule])], accept_unsafe_answers=list(UNSAFE), health=health))
    balancer.wait_for_line("main: .+ is up: the first check passed")


# Streams


def test_a_stream_that_pauses_for_longer_than_a_body_may_goes_on(start):
    def stream(peer):
        peer.read_until(b"\r\n\r\n")
        peer.send(OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n")
        peer.released.wait(0.5)
        peer.send(b"2\r\nok\r\n0\r\n\r\n")

    balancer = start(HTTPBalancer([start(ScriptedServer(stream))], timeouts={"body": "100ms"}))
    assert balancer.exchange().body == b"okok"


@pytest.mark.parametrize("head, blamed", [
    (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", []), (OK + b"\r\nok", []),
    (OK + b"Content-Length: 9\r\n\r\nok", ["stalling"])])
def test_a_stream_that_pauses_too_long_is_not_held_against_its_server(start, head, blamed):
    def stall(peer):
        if peer.read_until(b"\r\n\r\n"):
            peer.send(head)
            peer.read_to_end()

    stalling = start(ScriptedServer(stall))
    stalling.name = "stalling"
    balancer = start(AdminBalancer(
        [stalling, start(HTTPServer(name="good"))], access_log="on", health=QUICK_TO_EJECT,
        timeouts={"body": "100ms", "stream": "200ms"}))
    clients = [start(balancer.client()) for _ in range(2)]
    for client in clients:
        client.send(request())
        assert client.answer_head().status == 200
    reasons = {entry.server: entry.reason for entry in wait_for_entries(balancer, 2)}
    assert reasons == {"stalling": "response_body_timeout", "good": "none"}
    assert ejected(balancer) == blamed
