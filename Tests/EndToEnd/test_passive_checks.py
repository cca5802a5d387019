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


def test_one_refused_connection_sets_off_a_probe_at_once(start):
    port = start(ReservedPort())
    with ScriptedServer(respond(), at=port.address):
        balancer = start(Balancer([port.address], health={**SELDOM, "fall": 2}))
        balancer.wait_until_up("server-1")
    # The only server is tried once: its refusal and that of the probe make two.
    assert balancer.get().status == 503
    reason = balancer.wait_until_down("server-1", deadline=1)[1]
    assert "connection refused" in reason and "2 failures in a row" in reason


def test_refused_traffic_takes_a_server_down_after_fall_failures(start):
    balancer, _ = one_dies(start, fall=4)
    assert {balancer.get().body for _ in range(8)} == {b"alive\n"}
    assert "4 failures in a row" in balancer.wait_until_down("server-1", deadline=1)[1]


def test_a_refusal_of_a_server_that_is_back_does_not_take_it_down(start):
    balancer, port = one_dies(start, fall=10)
    assert {balancer.get().body for _ in range(3)} == {b"alive\n"}
    start(ScriptedServer(respond(b"back\n"), at=port.address))
    wait_until(lambda: balancer.get().body == b"back\n", what="it gets traffic again")
    assert balancer.matching("server-1 is down") == []
