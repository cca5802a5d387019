"""Real traffic notices a dead server long before the next check would."""

from support.balancer import Balancer
from support.configuration import HTTP_CHECK
from support.polling import wait_until
from support.reserved_port import ReservedPort
from support.scripted_server import ScriptedServer, respond

# No check of its own accord comes within the test.
SELDOM = {**HTTP_CHECK, "interval": "30s", "fast_interval": "30s"}


def one_dies(start, **health):
    """A balancer whose first server is up and then refuses: (balancer, its port)."""
    port = start(ReservedPort())
    survivor = start(ScriptedServer(respond(b"alive\n")))
    with ScriptedServer(respond(), at=port.address):
        balancer = start(Balancer([port.address, survivor.address], health={**SELDOM, **health}))
        balancer.wait_until_up("server-1")
    return balancer, port


def test_one_refused_connection_takes_a_server_out_of_turn_and_sets_off_a_check_at_once(start):
    balancer, _ = one_dies(start, fall=4)
    assert {balancer.get().body for _ in range(8)} == {b"alive\n"}
    assert "connection refused (seen by traffic)" in balancer.wait_until_down("server-1", deadline=1)[1]
    assert len(balancer.matching("server-1 is down")) == 1, "it is told once"


def test_checks_come_by_themselves_at_a_close_pace_until_it_is_back(start):
    balancer, port = one_dies(start, rise=1, fall=100)
    assert {balancer.get().body for _ in range(3)} == {b"alive\n"}
    balancer.wait_until_down("server-1", deadline=1)
    start(ScriptedServer(respond(b"back\n"), at=port.address))
    # Nobody asks it, and the usual interval is half a minute.
    balancer.wait_until_up("server-1", deadline=5, occurrence=2)
    assert b"back\n" in {balancer.get().body for _ in range(4)}


def test_a_restart_that_checks_saw_too_is_over_after_rise_checks(start):
    balancer, port = one_dies(start, rise=3, fall=1)
    assert {balancer.get().body for _ in range(3)} == {b"alive\n"}
    balancer.wait_until_down("server-1", deadline=1)
    with ScriptedServer(respond(status="503 Starting"), at=port.address) as starting:
        wait_until(lambda: starting.requests, what="a check fails")
    start(ScriptedServer(respond(b"back\n"), at=port.address))
    assert "3 times in a row" in balancer.wait_until_up("server-1", occurrence=2)[1]


def test_the_only_server_that_refuses_is_tried_for_each_request(start):
    port = start(ReservedPort())
    with ScriptedServer(respond(), at=port.address):
        balancer = start(Balancer([port.address], health=SELDOM))
        balancer.wait_until_up("server-1")
    assert {balancer.get().status for _ in range(5)} == {503}
    with ScriptedServer(respond(b"back\n"), at=port.address):
        assert balancer.get().body == b"back\n"
