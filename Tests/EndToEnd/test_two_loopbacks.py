"""`localhost` is two addresses, and a program often listens at one of them alone, as Node.js does at `[::1]`."""

import json
import subprocess

import pytest

from support.address import port_of
from support.balancer import Balancer
from support.binary import binary
from support.configuration import NO_CHECKS
from support.network import with_hosts
from support.scripted_server import ScriptedServer, respond


@pytest.fixture
def hosts(tmp_path):
    file = tmp_path / "hosts"
    file.write_text("127.0.0.1 localhost\n::1 localhost\n")
    return file


@pytest.fixture(params=["127.0.0.1:0", "[::1]:0"])
def server(request, start):
    return start(ScriptedServer(respond(), at=request.param))


@pytest.mark.parametrize("mode", ["http", "tcp"])
@pytest.mark.parametrize("health", [NO_CHECKS, {"type": "http"}, {"type": "tcp"}])
def test_a_server_is_reached_at_the_address_that_it_listens_at(start, hosts, server, mode, health):
    balancer = Balancer([f"localhost:{port_of(server.address)}"], mode=mode, health=health)
    balancer.command = with_hosts(hosts, balancer.command)
    start(balancer)
    assert [balancer.get().status for _ in range(3)] == [200] * 3
    assert balancer.matching(" is down") == []


def test_a_load_test_reaches_it_too(hosts, server):
    command = [binary(), "load", "--json", "-n", "20", f"http://localhost:{port_of(server.address)}/"]
    report = json.loads(subprocess.run(with_hosts(hosts, command), capture_output=True, check=True, timeout=20).stdout)
    assert report["succeeded"] == 20 and not report["failed"]
