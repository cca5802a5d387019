"""A balancer that is stopped for a while (SIGSTOP, a machine that is suspended): what came meanwhile counts.

The pauses here are spans of time because they are what is tested: longer than any time-out of the balancer.
"""

import contextlib
import signal
import threading
import time

import psutil
import pytest

from support.configuration import HTTP_CHECK
from support.http_balancer import HTTPBalancer
from support.http_client import request
from support.http_server import HTTPServer, response
from support.polling import wait_until
from support.scripted_server import ScriptedServer

CROWD = 20
TIMEOUT = "500ms"
# Longer than the time-outs, with what they are late.
PAUSE = 1.2

# Shorter than the time-outs have left.
MOMENT = 0.15

# When a server answers that was asked before a pause: in it, or once all goes on.
MOMENTS = pytest.mark.parametrize("answers_in_time", [True, False], ids=["in-it", "a-moment-later"])

TIMEOUTS = {"request_head": TIMEOUT, "response_head": TIMEOUT, "body": TIMEOUT, "keep_alive": TIMEOUT}


@contextlib.contextmanager
def paused(balancer):
    """Stops the balancer while it waits, runs the body, and lets it go on after a pause that is too long."""
    process = psutil.Process(balancer.pid)
    wait_until(lambda: process.status() == psutil.STATUS_SLEEPING, what="it waits")
    balancer.send(signal.SIGSTOP)
    wait_until(lambda: process.status() == psutil.STATUS_STOPPED, what="it is stopped")
    begin = time.monotonic()
    yield
    time.sleep(max(0.0, begin + PAUSE - time.monotonic()))
    balancer.send(signal.SIGCONT)


class AnsweringWhenTold:
    """A server that keeps its answers back until `go` is set; so many as `said` are on their way."""

    def __init__(self, name="server"):
        self.go = threading.Event()
        self.said = 0
        self.server = HTTPServer(self._answer, name=name)

    def _answer(self, asked, peer):
        self.go.wait(10)
        self.said += 1
        return response(b"here\n")

    def answer_around_a_pause(self, balancer, in_time):
        """Answers all while the balancer is paused, or a moment later."""
        with paused(balancer):
            if in_time:
                self.answer_all()
        if not in_time:
            time.sleep(MOMENT)
            self.answer_all()

    def answer_all(self):
        self.go.set()
        wait_until(lambda: self.said == CROWD, what="all are answered")


def crowd(start, balancer):
    return [start(balancer.client()) for _ in range(CROWD)]


def waiting_crowd(start, balancer, server):
    """Clients whose requests are at the server."""
    clients = crowd(start, balancer)
    for number, client in enumerate(clients):
        client.send(request(f"/{number}"))
    wait_until(lambda: len(server.seen) == CROWD, what="all requests are at the server")
    return clients


@MOMENTS
def test_answers_that_came_in_a_pause_are_passed_on(start, answers_in_time):
    """A machine that is suspended stops its servers, too: their answers come a moment after."""
    waiting = AnsweringWhenTold()
    server = start(waiting.server)
    balancer = start(HTTPBalancer([server], timeouts=TIMEOUTS))
    clients = waiting_crowd(start, balancer, server)
    waiting.answer_around_a_pause(balancer, answers_in_time)
    assert [client.answer().status for client in clients] == [200] * CROWD


def test_heads_that_became_whole_in_a_pause_are_served(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server], timeouts=TIMEOUTS))
    clients = crowd(start, balancer)
    for client in clients:
        client.send(b"GET / HTTP/1.1\r\nHost: a")
    balancer.exchange()  # What came before it was read.
    with paused(balancer):
        for client in clients:
            client.send(b"\r\n\r\n")
    assert [client.answer().status for client in clients] == [200] * CROWD


def test_bodies_that_came_in_a_pause_are_passed_on(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server], timeouts=TIMEOUTS))
    clients = crowd(start, balancer)
    for client in clients:
        client.send(request("/", "POST", {"Content-Length": 4}, b"bo"))
    wait_until(lambda: server.connections == CROWD, what="all requests are at the server")
    with paused(balancer):
        for client in clients:
            client.send(b"dy")
    assert [client.answer().status for client in clients] == [200] * CROWD
    assert {seen.body for seen in server.seen} == {b"body"}


def test_idle_clients_that_asked_in_a_pause_are_served(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server], timeouts=TIMEOUTS))
    clients = crowd(start, balancer)
    assert [client.ask().status for client in clients] == [200] * CROWD
    with paused(balancer):
        for client in clients:
            client.send(request("/again"))
    assert [client.answer().status for client in clients] == [200] * CROWD


@MOMENTS
def test_a_pause_takes_no_server_down(start, answers_in_time):
    holds, go, asked = threading.Event(), threading.Event(), threading.Event()

    def script(peer):
        if not peer.read_until(b"\r\n\r\n"):
            return
        if holds.is_set():
            asked.set()
            go.wait(10)
        peer.send(response())

    server = start(ScriptedServer(script))
    health = {**HTTP_CHECK, "interval": "100ms", "fast_interval": "100ms", "timeout": TIMEOUT, "fall": 1}
    balancer = start(HTTPBalancer([server], health=health))
    for occurrence in range(3):
        holds.set()
        assert asked.wait(5), "a check waits for its answer"
        with paused(balancer):
            if answers_in_time:
                go.set()
        if not answers_in_time:
            time.sleep(MOMENT)
            go.set()
        holds.clear()
        checks = server.connections
        wait_until(lambda checks=checks: server.connections > checks + 1, what="checks go on")
        asked.clear()
        go.clear()
    assert not balancer.matching("is down"), balancer.log


@MOMENTS
def test_a_pause_during_the_stop_does_not_cut_what_is_in_flight(start, answers_in_time):
    waiting = AnsweringWhenTold()
    server = start(waiting.server)
    balancer = start(HTTPBalancer([server], top={"shutdown_timeout": TIMEOUT}))
    clients = waiting_crowd(start, balancer, server)
    balancer.send(signal.SIGTERM)
    balancer.wait_for_line("stopping")
    waiting.answer_around_a_pause(balancer, answers_in_time)
    assert [client.answer().status for client in clients] == [200] * CROWD
    assert balancer.exit_code() == 0
