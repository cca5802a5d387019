"""A balancer that was stopped for a while (SIGSTOP, a paused machine): what came meanwhile still counts."""

import contextlib
import signal

import pytest

from support.balancer import Balancer
from support.configuration import HTTP_CHECK, NO_CHECKS
from support.http_balancer import HTTPBalancer
from support.http_server import HTTPServer, response
from support.polling import every, wait_until
from support.proc import is_stopped
from support.scripted_server import ScriptedServer, hold, respond

# Longer than each time-out of these tests, and than the delay that counts as unusual.
STOP = 1.2
SHORT = "400ms"


@contextlib.contextmanager
def stopped(balancer):
    """The balancer stands still inside; it goes on afterwards, when its time-outs are long over."""
    balancer.send(signal.SIGSTOP)
    wait_until(lambda: is_stopped(balancer.pid), what="it stands still")
    try:
        yield
        for _ in every(0.1, STOP):
            pass
    finally:
        balancer.send(signal.SIGCONT)


def test_an_answer_that_came_while_it_was_stopped_is_passed_on(start):
    server = start(ScriptedServer(hold))
    balancer = start(HTTPBalancer([("held", server.address)], health=NO_CHECKS, timeouts={"response_head": SHORT}))
    clients = [start(balancer.client()) for _ in range(5)]
    for client in clients:
        client.send(b"hello / HTTP/1.1\r\nHost: a\r\n\r\n")
    wait_until(lambda: sum(peer.is_held.is_set() for peer in server.peers) == 5, what="all wait for their answer")
    with stopped(balancer):
        for peer in server.peers:
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    assert [client.answer().status for client in clients] == [200] * 5


def test_the_rest_of_a_head_that_came_while_it_was_stopped_is_read(start):
    server = start(HTTPServer(lambda *_: response()))
    balancer = start(HTTPBalancer([server], timeouts={"request_head": SHORT}))
    clients = [start(balancer.client()) for _ in range(5)]
    for client in clients:
        client.send(b"GET / HTTP/1.1\r\n")
    # A whole request that came after them was answered, so their beginnings have been read.
    assert balancer.exchange().status == 200
    with stopped(balancer):
        for client in clients:
            client.send(b"Host: a\r\n\r\n")
    assert [client.answer().status for client in clients] == [200] * 5


def test_a_time_out_that_is_over_still_ends_what_nothing_came_for(start):
    server = start(ScriptedServer(hold))
    balancer = start(HTTPBalancer([("held", server.address)], health=NO_CHECKS, timeouts={"response_head": SHORT}))
    client = start(balancer.client())
    client.send(b"hello / HTTP/1.1\r\nHost: a\r\n\r\n")
    server.held()
    with stopped(balancer):
        pass
    assert client.answer().status == 504


@pytest.mark.parametrize("health", [{"type": "tcp"}, HTTP_CHECK])
def test_checks_that_were_under_way_say_nothing_against_a_server(start, health):
    server = start(ScriptedServer(respond()))
    quick = {**health, "interval": "20ms", "fast_interval": "20ms", "timeout": "100ms", "fall": 1}
    balancer = start(Balancer([server.address], health=quick))
    for _ in range(5):
        with stopped(balancer):
            pass
        assert balancer.get().status == 200
    assert balancer.matching("server-1 is down") == []
