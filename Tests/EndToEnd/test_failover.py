"""A server that dies under load: what its clients see, and who gets its traffic."""

import time

import pytest

from support import load as loads
from support.backends import backends
from support.balancer import Balancer
from support.configuration import HTTP_CHECK
from support.load import Load
from support.polling import every, wait_until
from support.sanitizer import scaled
from support.scripted_client import ScriptedClient, request_head
from support.scripted_server import ScriptedServer, respond
from support.http_response import read_response

VICTIM = "Server-2"


def three_backends(start, **settings):
    """Three backends, all up behind a balancer: (balancer, {name: backend})."""
    trio = {backend.name: start(backend) for backend in backends(3, base_delay="0-5")}
    servers = [(backend.name, backend.address) for backend in trio.values()]
    balancer = start(Balancer(servers, **{"health": HTTP_CHECK, **settings}))
    for name in trio:
        balancer.wait_until_up(name)
    return balancer, trio


def answered_by(outcomes, name, since=0.0):
    return sum(1 for outcome in outcomes if outcome.server == name and outcome.started >= since)


def test_killing_one_of_three_servers_under_load_fails_no_request(start):
    balancer, trio = three_backends(start, mode="http")
    victim = trio[VICTIM]
    with Load(balancer.address, connections=64) as load:
        load.wait_for(scaled(2000), deadline=20)
        victim.kill()
        killed = time.monotonic()
        balancer.wait_until_down(VICTIM, deadline=1.0)

        # In the dead one's place stands one that is not healthy, and that would see any traffic.
        with ScriptedServer(respond(status="500 Dead"), at=victim.address) as ghost:
            load.wait_for(scaled(3000), after=time.monotonic(), deadline=20)
            wait_until(lambda: len(ghost.requests) >= 3, what="checks go on")
            assert set(ghost.requests) == {"/health"}, "a server that is down got traffic"

        # Taken before: the balancer may find it up sooner than this test goes on.
        restarted = time.monotonic()
        victim.restart()
        back = balancer.wait_until_up(VICTIM, occurrence=2)
        assert "2 times in a row" in back[1], "rise checks bring it up"
        load.wait_for(scaled(500), server=VICTIM, after=restarted, deadline=20)
        outcomes = load.stop()

    assert loads.kinds(outcomes) == {"200": len(outcomes)}
    # Each answer at the client is one that a server counted, and the other way round: a request that
    # was repeated was counted by the dead one, whose count died with it, and once by another.
    for name in ("Server-1", "Server-3"):
        assert answered_by(outcomes, name) == trio[name].requests
    assert answered_by(outcomes, VICTIM, since=restarted) == victim.requests
    first_life = [o for o in outcomes if o.server == VICTIM and o.started < restarted]
    assert first_life and all(outcome.started <= killed for outcome in first_life)
    assert sum(loads.servers(outcomes).values()) == len(outcomes)


def test_in_tcp_mode_only_sessions_with_the_dead_server_end_and_they_end_cleanly(start):
    balancer, trio = three_backends(start, mode="tcp")
    clients = [start(ScriptedClient(balancer.address)) for _ in range(12)]
    by_server = {name: [] for name in trio}
    for client in clients:
        client.send(request_head(close=False))
        by_server[read_response(client.stream()).server].append(client)
    assert {name: len(held) for name, held in by_server.items()} == dict.fromkeys(trio, 4)

    trio[VICTIM].kill()
    assert [client.sees_the_end() for client in by_server.pop(VICTIM)] == ["closed"] * 4
    for client in sum(by_server.values(), []):
        client.send(request_head(close=False))
        assert read_response(client.stream()).status == 200, "a session with a living server was cut"
    for _ in range(12):
        assert balancer.get().status == 200, "a new session failed"


def test_in_tcp_mode_requests_in_flight_with_the_dead_server_are_closed_and_no_others(start):
    balancer, trio = three_backends(start, mode="tcp")
    victim = trio[VICTIM]
    with Load(balancer.address, connections=64) as load:
        load.wait_for(scaled(2000), deadline=20)
        victim.kill()
        killed = time.monotonic()
        load.wait_for(scaled(3000), after=killed, deadline=20)
        victim.restart()
        restarted = time.monotonic()
        load.wait_for(scaled(500), server=VICTIM, after=restarted, deadline=20)
        outcomes = load.stop()

    failed = [outcome for outcome in outcomes if outcome.kind != "200"]
    assert set(loads.kinds(failed)) <= {"closed"}
    assert len(failed) <= 64
    assert [outcome for outcome in failed if outcome.started > killed] == []
    for name in ("Server-1", "Server-3"):
        assert answered_by(outcomes, name) == trio[name].requests
    assert answered_by(outcomes, VICTIM, since=restarted) == victim.requests


@pytest.mark.parametrize("mode", ["http", "tcp"])
def test_light_traffic_loses_no_request_to_a_server_that_died(start, mode):
    balancer, trio = three_backends(start, mode=mode, health={**HTTP_CHECK, "interval": "1m"})
    trio[VICTIM].kill()
    answers = [balancer.get() for _ in every(0.1, seconds=1.5)]
    assert {answer.status for answer in answers} == {200}
    assert {answer.server for answer in answers} == {"Server-1", "Server-3"}
