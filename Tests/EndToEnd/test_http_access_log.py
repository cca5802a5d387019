"""The access log: one line for each exchange, whatever the exchange was."""

import contextlib
import re

import pytest

from support.access_log import entries, only_entry, wait_for_entries
from support.balancer import Balancer
from support.http_balancer import HTTPBalancer
from support.http_client import request
from support.http_message import chunked, head
from support.http_server import HTTPServer, named, response
from support.polling import stays, wait_until
from support.reserved_port import ReservedPort
from support.scripted_client import ScriptedClient
from support.scripted_server import ScriptedServer, echo
from support.stopwatch import at_most


def logging(start, *servers, **settings):
    return start(HTTPBalancer(servers, access_log="on", **settings))


def test_an_exchange_has_a_line(start):
    balancer = logging(start, start(HTTPServer(name="app-1")))
    assert balancer.exchange("/a/b?c=d", "POST", body=b"hello").status == 200
    entry = only_entry(balancer)
    assert entry.service == "main"
    assert re.fullmatch(r"127\.0\.0\.1(:\d+)?", entry.client)
    assert (entry.request, entry.status, entry.server) == ("POST /a/b?c=d", "200", "app-1")
    assert (entry.attempts, entry.reused, entry.reason) == (1, False, "none")
    assert entry.bytes >= len(b"app-1\n")


def test_each_exchange_of_a_connection_has_its_own(start):
    servers = [start(server) for server in named(2)]
    balancer = logging(start, *servers)
    client = start(balancer.client())
    for number in range(6):
        client.ask(f"/{number}")
    logged = wait_for_entries(balancer, 6)
    assert [entry.request for entry in logged] == [f"GET /{number}" for number in range(6)]
    assert [entry.reused for entry in logged] == [False] * 2 + [True] * 4
    assert {entry.server for entry in logged} == {"server-1", "server-2"}


def test_pipelined_exchanges_have_theirs_in_order(start):
    balancer = logging(start, start(HTTPServer()))
    client = start(balancer.client())
    client.send(b"".join(request(f"/{number}") for number in range(50)))
    for _ in range(50):
        client.answer()
    assert [entry.request for entry in wait_for_entries(balancer, 50)] == [f"GET /{n}" for n in range(50)]


def test_the_time_is_that_of_the_whole_exchange(start):
    def late(asked, peer):
        peer.released.wait(0.2)
        return response()

    balancer = logging(start, start(HTTPServer(late)))
    client = start(balancer.client())
    stays(lambda: True, 0.3)
    client.ask()
    assert 195 <= only_entry(balancer).milliseconds < at_most(290), "the wait before the request is none of it"


def test_a_retry_is_counted_and_the_last_server_is_named(start):
    port, good = start(ReservedPort()), start(HTTPServer(name="good"))
    balancer = logging(start, ("bad", port.address), good)
    for number in range(4):
        assert balancer.exchange(f"/{number}").status == 200
    logged = wait_for_entries(balancer, 4)
    assert sorted(entry.attempts for entry in logged) == [1, 1, 2, 2]
    assert {entry.server for entry in logged} == {"good"}


def test_the_bytes_count_what_the_client_got(start):
    answer = head("HTTP/1.1 200 OK", {"Transfer-Encoding": "chunked"}) + chunked(b"x" * 50_000)
    balancer = logging(start, start(HTTPServer(lambda asked, peer: answer)))
    with balancer.client() as client:
        client.ask()
        got = len(client.received)
    assert 50_000 <= only_entry(balancer).bytes <= got


def test_an_interim_response_has_no_line_of_its_own(start):
    early = b"HTTP/1.1 103 Early Hints\r\n\r\n"
    balancer = logging(start, start(HTTPServer(lambda asked, peer: early * 3 + response())))
    balancer.exchange()
    assert only_entry(balancer).status == "200"


def test_a_refused_request_has_a_line_too(start):
    balancer = logging(start, start(HTTPServer()))
    with balancer.client() as client:
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        assert client.answer().status == 400
    entry = only_entry(balancer)
    assert (entry.status, entry.reason, entry.attempts, entry.server) == ("400", "repeated_host", 0, "-")


def test_a_client_that_only_connects_has_none(start):
    balancer = logging(start, start(HTTPServer()))
    for _ in range(3):
        balancer.client().close()
    with balancer.client() as client:
        client.send(b"\r\n")
    balancer.exchange()
    only_entry(balancer)


def test_it_is_off_unless_it_was_asked_for(start):
    balancer = start(HTTPBalancer([start(HTTPServer())]))
    for _ in range(3):
        balancer.exchange()
    stays(lambda: entries(balancer) == [], 0.2)


def test_a_session_of_tcp_mode_has_a_line(start):
    server = start(ScriptedServer(echo))
    balancer = start(Balancer([server.address], mode="tcp", access_log="on"))
    for sessions in (1, 2):
        with ScriptedClient(balancer.address) as client:
            client.send(b"hello")
            client.read(5)
        wait_until(lambda: len(access_lines(balancer)) == sessions, what="each session has its line")


def access_lines(balancer):
    """All that looks like a line of the access log."""
    return [line for line in balancer.lines if " access main " in line]


# Hostile ones


FORGED = "2026-01-01 00:00:00.000 info  access main 6.6.6.6"
HOSTILE = {
    "quotes": request('/"x" 200 bytes=0'.replace(" ", "%20") + '"'),
    "backslashes": request('/\\"\\\\'),
    "percent-encoded lines": request("/%0a%0d%1b[31m"),
    "a line in the target": b"GET /\n" + FORGED.encode() + b" HTTP/1.1\r\n\r\n",
    "a line in a field": b"GET / HTTP/1.1\r\nHost: h\r\nX: y\n" + FORGED.encode() + b"\r\n\r\n",
    "escapes in the target": b"GET /\x1b[31m\x07\x08 HTTP/1.1\r\nHost: h\r\n\r\n",
    "escapes in the method": b"\x1b]0;title\x07 / HTTP/1.1\r\n\r\n",
    "bytes above ASCII": b"GET /\x80\xff\xc3\xa9\xe2\x80\xae HTTP/1.1\r\nHost: h\r\n\r\n",
    "zero bytes": b"GET /\0\0 HTTP/1.1\r\nHost: h\r\n\r\n",
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    "hostile fields": request("/", fields={"User-Agent": '"\\x1b[31m', "X-Request-ID": '"a" reason=none'}),
    "the longest target": request("/" + "x" * 8000),
    "a method of its own": b"X\"-\\ / HTTP/1.1\r\nHost: h\r\n\r\n",
    "only a line end": b"\n",
}


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_request_makes_one_clean_line(start, said):
    balancer = logging(start, start(HTTPServer()))
    with balancer.client() as client:
        client.send(said)
        with contextlib.suppress(OSError):
            client.answer()
    assert balancer.exchange("/next").status == 200
    assert [entry.request for entry in wait_for_entries(balancer, 2)][1] == "GET /next"
    for line in balancer.lines:
        assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \w+ +\S", line), line
        assert line.isprintable(), line
        assert "6.6.6.6" not in line or line.count('"') == 2, line


def test_hostile_names_of_servers_stay_in_their_place(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([("web 1 reason=none", server.address)], access_log="on"))
    for _ in range(2):
        assert balancer.exchange().status == 200
    wait_until(lambda: len(access_lines(balancer)) == 2, what="both are logged")
    lines = access_lines(balancer)
    unquoted = re.sub(r'"(?:[^"\\]|\\.)*"', "", lines[0])
    assert unquoted.count(" reason=") == 1, lines[0]


def test_two_thousand_exchanges_make_two_thousand_lines(start):
    balancer = logging(start, start(HTTPServer()))
    client = start(balancer.client(timeout=20))
    for _ in range(20):
        client.send(request() * 100)
        for _ in range(100):
            reply = client.answer()
        if reply.says_close:
            client = start(balancer.client(timeout=20))
    assert len(wait_for_entries(balancer, 2000)) == 2000
