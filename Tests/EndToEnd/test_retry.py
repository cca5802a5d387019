"""Another server is tried when one fails before its first byte: how often, and for which requests."""

import time

import pytest

from support.balancer import Balancer
from support.black_hole import BlackHole
from support.configuration import NO_CHECKS
from support.http_response import read_response
from support.polling import every, wait_until, wait_until_still
from support.reserved_port import ReservedPort
from support.scripted_client import ScriptedClient, request_head
from support.scripted_server import (
    GREETING, ScriptedServer, close_at_once, echo, hold, never_answer, read_then_close, read_then_reset,
    reset_at_once, respond)
from support.stopwatch import at_most


def unchecked(servers, **settings):
    """A balancer for which every server is up whatever happens."""
    return Balancer(servers, health=NO_CHECKS, **settings)


def post(balancer, body=b"once"):
    """The status of a POST through the balancer."""
    with ScriptedClient(balancer.address) as client:
        client.send(request_head(method="POST", headers={"Content-Length": len(body)}) + body)
        return read_response(client.stream()).status


def test_a_server_that_refuses_costs_no_request(start):
    refusing, serving = start(ReservedPort()), start(ScriptedServer(respond(b"served\n")))
    balancer = start(unchecked([refusing.address, serving.address]))
    assert [balancer.get().body for _ in range(20)] == [b"served\n"] * 20


def test_a_post_is_sent_to_another_server_when_one_refuses(start):
    refusing, serving = start(ReservedPort()), start(ScriptedServer(respond()))
    balancer = start(unchecked([refusing.address, serving.address]))
    assert [post(balancer) for _ in range(4)] == [200] * 4


def test_in_tcp_mode_a_server_that_refuses_costs_no_session(start):
    refusing, serving = start(ReservedPort()), start(ScriptedServer(echo))
    balancer = start(unchecked([refusing.address, serving.address], mode="tcp"))
    for _ in range(6):
        with ScriptedClient(balancer.address) as client:
            client.send(b"hello")
            assert client.read(5) == b"hello"


@pytest.mark.parametrize("script", [close_at_once, reset_at_once, read_then_close, read_then_reset])
def test_a_get_whose_server_ends_before_any_answer_goes_to_another(start, script):
    failing, serving = start(ScriptedServer(script)), start(ScriptedServer(respond(b"served\n")))
    balancer = start(unchecked([failing.address, serving.address]))
    assert [balancer.get().body for _ in range(10)] == [b"served\n"] * 10
    assert failing.connections > 0


def test_a_post_whose_server_ends_before_any_answer_is_not_sent_twice(start):
    failing, serving = start(ScriptedServer(read_then_close)), start(ScriptedServer(respond()))
    balancer = start(unchecked([failing.address, serving.address]))
    with ScriptedClient(balancer.address) as client:
        client.send(request_head(method="POST", headers={"Content-Length": 4}) + b"once")
        received = client.read_to_end()
    assert received == b"" or received.startswith(b"HTTP/1.1 502 ")
    assert failing.connections == 1
    assert serving.connections == 0


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_as_many_more_servers_are_tried_as_the_limit_says(start, retries):
    failing = [start(ScriptedServer(read_then_close)) for _ in range(5)]
    balancer = start(unchecked(
        [server.address for server in failing], limits={"retries": retries}))
    assert balancer.get().status == 502
    assert sorted(server.connections for server in failing) == [0] * (4 - retries) + [1] * (1 + retries)


@pytest.mark.parametrize("retries, statuses", [(0, {200, 503}), (1, {200})])
def test_refused_connections_count_against_the_limit_too(start, retries, statuses):
    refusing, serving = start(ReservedPort()), start(ScriptedServer(respond()))
    balancer = start(unchecked([refusing.address, serving.address], limits={"retries": retries}))
    assert {balancer.get().status for _ in range(4)} == statuses


def test_a_server_whose_network_swallows_everything_costs_only_the_connect_timeout(start):
    hole, serving = start(BlackHole()), start(ScriptedServer(respond(b"served\n")))
    balancer = start(unchecked([hole.address, serving.address], timeouts={"connect": "300ms"}))
    elapsed = []
    for _ in range(4):
        started = time.monotonic()
        assert balancer.get().body == b"served\n"
        elapsed.append(time.monotonic() - started)
    assert 0.3 <= max(elapsed) < at_most(0.8)
    assert min(elapsed) < at_most(0.2)


def test_no_server_within_the_connect_timeout_is_an_error_of_the_gateway(start):
    holes = [start(BlackHole()) for _ in range(2)]
    balancer = start(unchecked([hole.address for hole in holes], timeouts={"connect": "200ms"}))
    started = time.monotonic()
    assert balancer.get().status in (503, 504)
    assert 0.4 <= time.monotonic() - started < at_most(1.0)


def test_a_session_that_moves_nothing_ends_at_the_idle_timeout(start):
    server = start(ScriptedServer(hold))
    balancer = start(unchecked([server.address], mode="tcp", timeouts={"idle": "500ms"}))
    client = start(ScriptedClient(balancer.address))
    client.send(GREETING)
    started = time.monotonic()
    assert client.sees_the_end() == "closed"
    assert 0.4 <= time.monotonic() - started < at_most(1.0)


def test_a_session_that_moves_something_outlives_the_idle_timeout(start):
    server = start(ScriptedServer(echo))
    idle = at_most(0.3)
    balancer = start(unchecked([server.address], mode="tcp", timeouts={"idle": f"{idle * 1000:.0f}ms"}))
    client = start(ScriptedClient(balancer.address))
    started = time.monotonic()
    for _ in every(0.1, seconds=3 * idle):
        client.send(b"x")
        assert client.read(1) == b"x"
    assert time.monotonic() - started >= 3 * idle


def test_a_client_that_goes_away_takes_its_connection_to_the_server_along(start):
    server = start(ScriptedServer(never_answer))
    balancer = start(unchecked([server.address]))
    client = ScriptedClient(balancer.address)
    client.send(request_head())
    wait_until(lambda: server.peers and server.peers[0].received)
    client.reset()
    assert server.peers[0].is_over.wait(2)


def test_clients_beyond_the_connection_limit_wait_for_their_turn(start):
    server = start(ScriptedServer(echo))
    balancer = start(unchecked([server.address], mode="tcp", limits={"connections": 2}))
    clients = [start(ScriptedClient(balancer.address)) for _ in range(4)]
    for client in clients:
        client.send(b"hello")
    for client in clients:
        assert client.read(5) == b"hello"
        assert server.connections <= 4
        client.close()
