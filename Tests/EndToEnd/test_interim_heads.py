"""Interim heads (1xx) without end, and those that a client has no room for."""

import re
import socket
import threading

import pytest

from support.access_log import wait_for_entries
from support.address import family_and_target
from support.balancer import Balancer
from support.http_balancer import HTTPBalancer, logging_balancer
from support.http_client import request
from support.http_server import HTTPServer, response
from support.polling import every, wait_until
from support.scripted_server import ScriptedServer

# To a check, and to a request.
MOST_OF_CHECK = 64
MOST = 1000
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
FINAL = response(b"whole\n")


def answering(start, data):
    """A server that answers each request with these bytes and leaves the connection open."""
    def script(peer):
        while peer.read_until(b"\r\n\r\n"):
            peer.send(data)

    return start(ScriptedServer(script))


def sending_for_ever(peer):
    peer.read_until(b"\r\n\r\n")
    while True:
        peer.send(HINTS * 1_000)


def test_a_check_that_gets_nothing_but_interim_heads_fails_and_keeps_nobody_waiting(start):
    endless = start(ScriptedServer(sending_for_ever))
    balancer = start(Balancer([endless.address], health={"type": "http", "timeout": "10s"}))
    reason = balancer.wait_until_down("server-1", deadline=2)[1]
    assert reason == f"more than {MOST_OF_CHECK} interim responses"


def test_a_check_waits_for_the_final_head_behind_some(start):
    server = answering(start, HINTS * MOST_OF_CHECK + FINAL)
    balancer = start(Balancer([server.address], health={"type": "http"}))
    balancer.wait_until_up("server-1")


def test_endless_interim_heads_to_requests_are_a_bad_answer(start):
    endless = start(ScriptedServer(sending_for_ever))
    balancer = logging_balancer(start, ("endless", endless.address))
    with balancer.client() as client:
        client.send(request("/"))
        while (status := client.answer_head().status) == 103:
            pass
        assert status == 502
    assert [entry.reason for entry in wait_for_entries(balancer, 1)] == ["bad_response"]


def test_as_many_as_may_come_are_passed_on_before_the_answer(start):
    server = answering(start, HINTS * MOST + FINAL)
    balancer = start(HTTPBalancer([("server", server.address)]))
    with balancer.client() as client:
        for _ in range(2):
            client.send(request("/"))
            assert [client.answer_head().status for _ in range(MOST)] == [103] * MOST
            assert client.answer().status == 200


class NarrowClient:
    """A client that takes next to nothing until it reads."""

    def __init__(self, to):
        family, target = family_and_target(to)
        self.socket = socket.socket(family)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(10)
        self.socket.connect(target)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def read_until(self, pattern):
        data = b""
        while not re.search(pattern, data):
            part = self.socket.recv(65536)
            if not part:
                raise AssertionError(f"the end after {len(data)} bytes")
            data += part
        return data

    def read_all(self):
        """All that comes until the end, or until nothing has come for a while."""
        data = b""
        self.socket.settimeout(0.5)
        try:
            while part := self.socket.recv(65536):
                data += part
        except (ConnectionResetError, TimeoutError):
            pass
        self.socket.settimeout(10)
        return data


BIG = b"HTTP/1.1 103 Early Hints\r\nX-N: %03d\r\nLink: <" + b"a" * 12_000 + b">\r\n\r\n"


HEADS = 900


def torn(start, then):
    """A client that reads nothing, of a server that has sent 1xx until the whole way is full, and then goes on with
    `then(peer, unsent)`: (balancer, client)."""
    is_full = threading.Event()

    def script(peer):
        peer.read_until(b"\r\n\r\n")
        # The balancer's own send buffer is the kernel's: it grows with the connection, and 11 MB fill it.
        unsent = b"".join(BIG % number for number in range(HEADS))
        peer.socket.settimeout(0.3)
        try:
            while True:
                unsent = unsent[peer.socket.send(unsent):]
        except TimeoutError:
            peer.socket.settimeout(None)
        assert unsent
        is_full.set()
        then(peer, unsent)

    server = start(ScriptedServer(script))
    balancer = logging_balancer(start, ("server", server.address))
    client = start(NarrowClient(balancer.address))
    client.socket.sendall(request("/"))
    assert is_full.wait(10)
    return balancer, client


def heads(data):
    """The interim heads, and what is behind them."""
    pattern = re.compile(rb"HTTP/1.1 103 Early Hints\r\n(?:(?!HTTP/1).)*?a{12000}>\r\n\r\n", re.S)
    position, count = 0, 0
    while match := pattern.match(data, position):
        position, count = match.end(), count + 1
    return count, data[position:]


def test_the_rest_of_a_torn_interim_head_does_not_wait_for_the_answer(start):
    read = threading.Event()

    def go_on(peer, unsent):
        peer.send(unsent)
        read.wait(30)
        peer.send(FINAL)

    _, client = torn(start, go_on)
    # The server says nothing more, and every head has come whole.
    data = b""
    while data.count(b"HTTP/1.1 103 ") < HEADS or not data.endswith(b"\r\n\r\n"):
        data += client.socket.recv(65536)
    assert heads(data) == (HEADS, b"")
    read.set()
    assert client.read_until(b"whole\n").startswith(b"HTTP/1.1 200 ")


def test_an_error_of_ours_is_never_written_into_a_torn_interim_head(start):
    balancer, client = torn(start, lambda peer, unsent: peer.close())
    count, rest = heads(client.read_all())
    assert count > 0 and rest.startswith(b"HTTP/1.1 502 ")
    assert wait_for_entries(balancer, 1)[0].reason == "server_closed"


# Empty lines


@pytest.mark.parametrize("count", [1, 3])
def test_an_empty_line_behind_a_body_leaves_the_client_idle(start, count):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server], timeouts={"request_head": "100ms", "keep_alive": "30s"}))
    with balancer.client() as client:
        assert client.ask("/", "POST", {"Content-Length": 5}, b"hello").status == 200
        for _ in range(count):
            client.send(b"\r\n")
            for _ in every(0.1, 0.5):
                pass
        assert client.ask("/again").status == 200


@pytest.mark.parametrize("pieces", [[b"\r\n"], [b"\r", b"\n"], [b"", b"\r", b"\n"]])
def test_an_empty_line_leaves_an_idle_client_its_time_however_it_comes(start, pieces):
    """The first piece comes with the request, the others one after the other."""
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server], timeouts={"request_head": "100ms", "keep_alive": "30s"}))
    with balancer.client() as client:
        client.send(request("/", "POST", {"Content-Length": 5}) + b"hello" + pieces[0])
        assert client.answer().status == 200
        for piece in pieces[1:]:
            client.send(piece)
            for _ in every(0.05, 0.05):
                pass
        for _ in every(0.1, 0.6):
            pass
        assert client.ask("/again").status == 200


# Tunnels


@pytest.mark.parametrize("who", ["server", "client"])
def test_a_tunnel_that_is_reset_is_booked_to_whom_it_was_reset_by(start, who):
    def script(peer):
        peer.read_until(b"\r\n\r\n")
        peer.send(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n")
        peer.read(5)
        if who == "server":
            peer.reset()
        else:
            peer.read_to_end()

    server = start(ScriptedServer(script))
    balancer = logging_balancer(start, ("server", server.address))
    client = start(balancer.client())
    client.send(request("/", fields={"Connection": "Upgrade", "Upgrade": "chat"}))
    assert client.answer_head().status == 101
    client.send(b"hello")
    if who == "client":
        wait_until(lambda: server.peers and not server.peers[0].requests)
        client.reset()
    entry = wait_for_entries(balancer, 1)[0]
    assert (entry.status, entry.reason) == ("101", "tunnel_reset" if who == "server" else "client_closed")
