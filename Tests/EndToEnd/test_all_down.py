"""No server at all: clients are told at once, and nobody needs to restart anything."""

import concurrent.futures
import time

import pytest

from support.balancer import Balancer
from support.reserved_port import ReservedPort
from support.scripted_client import ScriptedClient, get, request_head
from support.scripted_server import ScriptedServer, respond
from support.http_response import read_response
from support.stopwatch import at_most

# "At once"; far below every timeout.
AT_ONCE = 0.5


def all_down(start, mode):
    """A balancer with two servers that refuse: (balancer, their reserved ports)."""
    ports = [start(ReservedPort()) for _ in range(2)]
    balancer = start(Balancer([port.address for port in ports], mode=mode))
    balancer.wait_for_line("main: no server is eligible")
    return balancer, ports


def test_every_client_gets_a_whole_503_at_once(start):
    balancer, _ = all_down(start, "http")

    def ask(_):
        started = time.monotonic()
        response = get(balancer.address)
        return response, time.monotonic() - started

    with concurrent.futures.ThreadPoolExecutor(20) as clients:
        answers = list(clients.map(ask, range(100)))
    assert {response.status for response, _ in answers} == {503}
    assert max(elapsed for _, elapsed in answers) < at_most(AT_ONCE)
    response, _ = answers[0]
    assert response.headers["connection"] == "close"
    assert int(response.headers["content-length"]) == len(response.body) > 0
    assert int(response.headers["retry-after"]) > 0
    assert response.body.count(b"\n") == 1 and response.body.endswith(b"\n")


def test_the_connection_of_a_503_goes_on_if_the_client_wants_it_to(start):
    balancer, _ = all_down(start, "http")
    client = start(ScriptedClient(balancer.address))
    stream = client.stream()
    for _ in range(3):
        client.send(request_head(close=False))
        assert read_response(stream).status == 503
    client.send(request_head(close=True))
    assert read_response(stream).status == 503
    assert stream.read() == b""


@pytest.mark.parametrize("size", [20_000, 1_000_000])
def test_a_503_is_received_whole_by_a_client_that_sends_a_large_body(start, size):
    balancer, _ = all_down(start, "http")
    for _ in range(10):
        with ScriptedClient(balancer.address) as client:
            client.send(request_head(method="POST", headers={"Content-Length": size}) + bytes(size))
            assert read_response(client.stream()).status == 503


def test_in_tcp_mode_every_client_is_closed_cleanly_at_once(start):
    balancer, _ = all_down(start, "tcp")
    for _ in range(20):
        with ScriptedClient(balancer.address) as client:
            started = time.monotonic()
            assert client.sees_the_end() == "closed"
            assert time.monotonic() - started < at_most(AT_ONCE)


def test_it_recovers_by_itself_when_a_server_comes_back(start):
    balancer, ports = all_down(start, "http")
    assert balancer.get().status == 503
    start(ScriptedServer(respond(b"back\n"), at=ports[1].address))
    balancer.wait_for_line("main: a server is eligible again")
    assert [balancer.get().body for _ in range(4)] == [b"back\n"] * 4


def test_servers_that_all_die_and_come_back_are_told_once_each(start):
    port = start(ReservedPort())
    with ScriptedServer(respond(), at=port.address):
        balancer = start(Balancer([port.address], mode="http"))
        assert balancer.get().status == 200
    balancer.wait_for_line("main: no server is eligible")
    assert balancer.get().status == 503
    start(ScriptedServer(respond(), at=port.address))
    balancer.wait_for_line("main: a server is eligible again")
    assert balancer.get().status == 200
    assert len(balancer.matching("no server is eligible")) == 1
    assert len(balancer.matching("eligible again")) == 1
