"""A server's reset right behind its last bytes: whoever waits for more is told at once."""

import pytest

from support.balancer import Balancer
from support.configuration import NO_CHECKS
from support.http_balancer import HTTPBalancer
from support.load_command import result, url
from support.scripted_server import ScriptedServer
from support.stopwatch import at_most

HALF_A_BODY = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"
HALF_A_HEAD = b"HTTP/1.1 200 OK\r\nContent-Le"

REQUESTS = 60


@pytest.fixture
def server(start, part):
    """One that answers each request with a part of an answer, and a reset at once behind it."""
    def script(peer):
        peer.read_until(b"\r\n\r\n")
        peer.send(part)
        peer.reset()

    return start(ScriptedServer(script))


def found_at(address, code=1):
    """What a load test finds there whose requests have no time to wait for anything."""
    return result(
        "-n", REQUESTS, "-c", 20, "--timeout", f"{at_most(0.5) * 1000:.0f}ms", url(address), code=code)


@pytest.mark.parametrize("part", [HALF_A_BODY, HALF_A_HEAD], ids=["body", "head"])
def test_a_load_test_counts_it_as_a_reset(server):
    assert found_at(server.address)["errors"] == {"connection_reset": REQUESTS}


@pytest.mark.parametrize("part", [HALF_A_BODY])
def test_a_cut_body_cuts_the_client(start, server):
    balancer = start(HTTPBalancer([server]))
    assert found_at(balancer.address)["errors"] == {"connection_reset": REQUESTS}


@pytest.mark.parametrize("part", [HALF_A_HEAD])
def test_a_cut_head_is_a_502(start, server):
    balancer = start(HTTPBalancer([server], limits={"retries": 0}))
    found = found_at(balancer.address, code=0)
    assert (found["by_status"]["5xx"], found["errors"]) == (REQUESTS, {})


@pytest.mark.parametrize("part", [HALF_A_BODY, HALF_A_HEAD], ids=["body", "head"])
def test_a_cut_session_is_closed(start, server):
    balancer = start(Balancer([server.address], mode="tcp", health=NO_CHECKS))
    assert found_at(balancer.address)["errors"] == {"closed_early": REQUESTS}
