"""Servers that are away for a moment, one after the other or the only one: what can be saved is saved."""

import contextlib
import threading

import pytest

from support.admin import AdminBalancer
from support.backends import Backend, backends
from support.balancer import Balancer
from support.configuration import HTTP_CHECK
from support.http_response import BrokenResponse
from support.load import Load, kinds
from support.polling import wait_until
from support.reserved_port import ReservedPort
from support.scripted_server import ScriptedServer, read_then_reset, respond, respond_by

MODES = pytest.mark.parametrize("mode", ["http", "tcp"])

# As long as the defaults: no check of its own accord helps.
USUAL = {"interval": "2s", "fast_interval": "500ms", "timeout": "1500ms"}


class Server:
    """A server that can stop listening and listen again, on one port."""

    def __init__(self, start):
        self._port = start(ReservedPort())
        self.address = self._port.address
        self._life = start(contextlib.ExitStack())
        self.comes()

    def comes(self):
        self._life.enter_context(ScriptedServer(respond(), at=self.address))

    def goes(self):
        self._life.close()


def balanced(start, count, mode, **settings):
    servers = [Server(start) for _ in range(count)]
    balancer = start(Balancer([server.address for server in servers], mode=mode, health=USUAL, **settings))
    for number in range(1, count + 1):
        balancer.wait_until_up(f"server-{number}")
    return balancer, servers


@MODES
@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("strategy", ["round_robin", "least_connections"])
def test_no_request_fails_while_servers_are_restarted_in_turn(start, mode, count, strategy):
    balancer, servers = balanced(start, count, mode, strategy=strategy)
    for _ in range(2):
        for server in servers:
            server.goes()
            assert [balancer.get().status for _ in range(20)] == [200] * 20
            server.comes()
            # The next one goes before a check could have seen that this one is back.
            assert [balancer.get().status for _ in range(2)] == [200] * 2


@MODES
@pytest.mark.parametrize("count", [1, 3])
def test_the_first_request_after_all_servers_were_away_is_served(start, mode, count):
    balancer, servers = balanced(start, count, mode, limits={"retries": 10})
    for _ in range(4):
        for server in servers:
            server.goes()
        for _ in range(5):
            with contextlib.suppress(OSError, BrokenResponse):
                assert balancer.get().status == 503
        servers[-1].comes()
        assert [balancer.get().status for _ in range(10)] == [200] * 10
        for server in servers[:-1]:
            server.comes()


def test_an_outage_that_took_the_retry_budget_does_not_cost_requests_afterwards(start):
    balancer, servers = balanced(start, 3, "http")
    for server in servers:
        server.goes()
    # A budget of a hundred retries in ten seconds would be gone.
    assert {balancer.get().status for _ in range(150)} == {503}
    servers[1].comes()
    assert [balancer.get().status for _ in range(20)] == [200] * 20


def test_what_traffic_took_out_of_turn_is_back_after_one_check(start):
    balancer, (first, _) = balanced(start, 2, "http")
    first.goes()
    for _ in range(2):
        assert balancer.get().status == 200
    assert "connection refused (seen by traffic)" in balancer.wait_until_down("server-1")[1]
    first.comes()
    # The usual interval is two seconds, and `rise` is 2.
    assert balancer.wait_until_up("server-1", deadline=1.5, occurrence=2)[1] == "the check passed"


# MARK: The recipe: drain, wait, restart, enable, wait until it is eligible


def restart(balancer, name, server):
    """One server's turn, as docs/api.md has it."""
    balancer.admin.change(name, administrative_state="draining", drain_timeout_seconds=10)
    wait_until(
        lambda: balancer.admin.server(name)["administrative_state"] == "disabled", 15, f"{name} is drained")
    server.kill()
    balancer.admin.change(name, administrative_state="enabled")
    # Its start-up is over only after it was enabled: a second of that and more is usual.
    for _ in range(50):
        assert balancer.admin.server(name)["eligible"] is False, "no check of the new process has passed"
    server.restart()
    wait_until(lambda: balancer.admin.server(name)["eligible"], 15, f"{name} is eligible")


@pytest.mark.parametrize("count", [2, 4])
def test_the_recipe_for_a_restart_loses_no_request(start, count):
    servers = [start(backend) for backend in backends(count)]
    named = [(server.name, server.address) for server in servers]
    balancer = start(AdminBalancer(named, health={**HTTP_CHECK, **USUAL}))
    with Load(balancer.address, 8, keep_alive=True) as load:
        load.wait_for(100)
        for server in servers:
            restart(balancer, server.name, server)
            load.wait_for(20, server=server.name)
        outcomes = load.stop()
    assert set(kinds(outcomes)) == {"200"}


def test_a_new_process_that_warms_up_is_not_shown_to_clients(start):
    port = start(ReservedPort())
    life = start(contextlib.ExitStack())
    life.enter_context(ScriptedServer(respond(b"old\n"), at=port.address))
    other = start(ScriptedServer(respond(b"other\n")))
    balancer = start(AdminBalancer([port.address, other.address], health={**HTTP_CHECK, **USUAL}))
    wait_until(lambda: balancer.admin.state()["servers_eligible"] == 2, what="both are up")
    balancer.admin.change("server-1", administrative_state="disabled")
    life.close()
    is_warm = []

    def answer(path):
        if not is_warm:
            return "503 Service Unavailable", b"warming up\n"
        return "200 OK", b"new\n"

    life.enter_context(ScriptedServer(respond_by(answer), at=port.address))
    balancer.admin.change("server-1", administrative_state="enabled")
    seen = [balancer.get().body for _ in range(50)]
    assert set(seen) == {b"other\n"}
    is_warm.append(True)
    wait_until(lambda: balancer.admin.server("server-1")["eligible"], 10, "it is eligible")
    assert {balancer.get().body for _ in range(10)} == {b"other\n", b"new\n"}


def test_each_enabling_asks_for_a_check_of_its_own_though_one_is_under_way(start):
    is_over = threading.Event()
    asked = []

    def answer(path):
        asked.append(path)
        is_over.wait(5)
        return "200 OK", b"ok\n"

    server = start(ScriptedServer(respond_by(answer)))
    health = {**HTTP_CHECK, "interval": "30s", "fast_interval": "30s", "timeout": "20s"}
    balancer = start(AdminBalancer([server.address], health=health))
    for _ in range(3):
        balancer.admin.change("server-1", administrative_state="disabled")
        asked.clear()
        balancer.admin.change("server-1", administrative_state="enabled")
        wait_until(lambda: asked, what="a check of its own is under way")
    is_over.set()
    balancer.wait_until_up("server-1")


def test_the_only_server_serves_on_while_it_waits_for_the_check_that_enabling_asks_for(start):
    server = start(Backend())
    balancer = start(AdminBalancer([(server.name, server.address)], health={**HTTP_CHECK, **USUAL}))
    for _ in range(3):
        balancer.admin.change("Server-1", administrative_state="disabled")
        assert balancer.get().status == 503
        balancer.admin.change("Server-1", administrative_state="enabled")
        assert balancer.get().status == 200


# MARK: Ejected servers


def test_an_ejected_server_takes_part_as_soon_as_no_other_is_left(start):
    is_bad = []

    def script(peer):
        while head := peer.read_until(b"\r\n\r\n"):
            if is_bad and b"GET /health" not in head:
                return peer.reset()
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    flaky = start(ScriptedServer(script))
    port = start(ReservedPort())
    life = start(contextlib.ExitStack())
    life.enter_context(ScriptedServer(respond(), at=port.address))
    balancer = start(AdminBalancer(
        [flaky.address, port.address], health={**HTTP_CHECK, **USUAL, "ejection": "5m"}))
    is_bad.append(True)
    wait_until(lambda: balancer.get().status == 200 and balancer.admin.server("server-1")["ejection"])
    is_bad.clear()
    life.close()
    assert [balancer.get().status for _ in range(20)] == [200] * 20
    life.enter_context(ScriptedServer(respond(), at=port.address))
    wait_until(lambda: balancer.admin.server("server-2")["eligible"], what="the other one is back")
    balancer.admin.change("server-2", administrative_state="disabled")
    assert [balancer.get().status for _ in range(20)] == [200] * 20
    # It is still left out, and a person may end that.
    assert balancer.admin.server("server-1")["ejection"]
    assert balancer.admin.change("server-1", administrative_state="enabled")["ejection"] is None
    assert balancer.admin.server("server-1")["eligible"]


def test_a_person_can_end_an_ejection(start):
    bad = start(ScriptedServer(read_then_reset))
    well = start(ScriptedServer(respond()))
    balancer = start(AdminBalancer([bad.address, well.address], health={**USUAL, "consecutive_failures": 1}))
    admin = balancer.admin
    wait_until(lambda: balancer.get().status == 200 and admin.server("server-1")["ejection"])
    admin.refuse(f"{admin.service}/servers/server-1", "PATCH", {"ejected": True}, status=400, code="bad_value")
    assert admin.server("server-1")["ejection"]
    changed = admin.change("server-1", ejected=False)
    assert changed["ejection"] is None and changed["eligible"]
    assert admin.change("server-2", ejected=False)["eligible"], "there was nothing to end"
