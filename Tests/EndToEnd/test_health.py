"""Active health checks: what takes a server down, what brings it up, and when."""

import itertools
import json
import signal
import time

import pytest

from support import command
from support.admin import AdminBalancer
from support.backends import Backend
from support.balancer import Balancer
from support.configuration import HTTP_CHECK
from support.polling import wait_until
from support.reserved_port import ReservedPort
from support.scripted_client import ScriptedClient
from support.scripted_server import ScriptedServer, echo, never_answer, note_the_end, respond, respond_by
from support.stopwatch import at_most

# Checks often enough that thirty of them pass within a second or two.
OFTEN = {"interval": "40ms", "fast_interval": "40ms", "timeout": "1s"}

GOOD, BAD = ("200 OK", b"fine\n"), ("500 Internal Server Error", b"broken\n")


class CheckedServer:
    """A server whose health checks get the given answers in turn, the last ones again and again."""

    def __init__(self, answers, then):
        self._answers = itertools.chain(answers, itertools.cycle(then))
        self.checked_at = []
        self.server = ScriptedServer(respond_by(self._answer))

    def _answer(self, path):
        self.checked_at.append(time.monotonic())
        return next(self._answers)

    @property
    def checks(self):
        return len(self.checked_at)


def flips(balancer, server="server-1"):
    """The changes of a server's health as the log tells them: ["up", "down"]."""
    return [match[1] for match in balancer.matching(rf"main: {server} is (up|down)")]


def test_an_http_check_takes_a_server_down_and_says_which_status_it_got(start):
    checked = CheckedServer([GOOD] * 3, then=[BAD])
    server = start(checked.server)
    balancer = start(Balancer([server.address], health={**HTTP_CHECK, **OFTEN, "fall": 3}))
    reason = balancer.wait_until_down("server-1")[1]
    assert reason == "status 500, expected 200-399 (3 failures in a row)"
    assert set(server.requests) == {"/health"}


SECRET = "Bearer hunter2-is-secret"


class NamedServer:
    """Answers well to HEAD, to its name and to who has the password alone."""

    def __init__(self):
        self.server = ScriptedServer(self._serve)

    @staticmethod
    def _serve(peer):
        while head := peer.read_until(b"\r\n\r\n"):
            lines = head.decode().split("\r\n")
            is_right = lines[0].startswith("HEAD /up ") and {
                "Host: shop.example", f"Authorization: {SECRET}"} <= set(lines)
            # The length is that of the content that a GET would get.
            peer.send(f"HTTP/1.1 {'200 OK' if is_right else '400 No'}\r\nContent-Length: 5\r\n\r\n".encode())


def test_an_http_check_may_name_its_host_and_show_a_password_that_is_told_nobody(start):
    named = NamedServer()
    server = start(named.server)
    check = {
        "type": "http", "method": "HEAD", "path": "/up", "host": "shop.example",
        "fields": {"Authorization": SECRET}}
    balancer = start(AdminBalancer([server], health={**check, **OFTEN}, top={"log_level": "debug"}))
    balancer.wait_until_up("server-1")
    printed = command.run("check", balancer.command[-1], "--print")
    assert printed.returncode == 0 and "# fields: Authorization: (set)" in printed.stdout
    told = [balancer.log, printed.stdout, printed.stderr, json.dumps(balancer.admin.state())]
    assert not any("hunter2" in text for text in told)
    other = start(Balancer([server.address], health={**check, "host": "other.example", **OFTEN}))
    assert "status 400" in other.wait_until_down("server-1")[1]


@pytest.mark.parametrize(
    "expect, status, verdict",
    [("200-399", "204 No Content", "up"), ("200-399", "302 Found", "up"), ("200-399", "404 Not Found", "down"),
     ("200-299", "302 Found", "down"), ("200-200", "201 Created", "down")])
def test_an_http_check_expects_a_status_within_its_range(start, expect, status, verdict):
    server = start(ScriptedServer(respond(body=b"", status=status)))
    balancer = start(Balancer([server.address], health={**HTTP_CHECK, "expect": expect}))
    assert balancer.wait_for_line(r"main: server-1 is (up|down)")[1] == verdict


def test_an_http_check_takes_no_garbage_for_health(start):
    server = start(ScriptedServer(lambda peer: peer.read_some() and peer.send(b"SSH-2.0-OpenSSH_9.2\r\n")))
    balancer = start(Balancer([server.address], health=HTTP_CHECK))
    balancer.wait_until_down("server-1")


def test_a_tcp_check_sees_a_server_refuse_and_come_back(start):
    port = start(ReservedPort())
    with ScriptedServer(echo, at=port.address):
        balancer = start(Balancer([port.address], mode="tcp", health={"type": "tcp", **OFTEN}))
        balancer.wait_until_up("server-1")
    assert "connection refused" in balancer.wait_until_down("server-1")[1]
    start(ScriptedServer(echo, at=port.address))
    balancer.wait_until_up("server-1", occurrence=2)


def checked_twenty_times(start, script, address, **health):
    """A server that twenty checks in a row found well, once it listened, and its balancer."""
    balancer = start(Balancer([address], mode="tcp", health={"type": "tcp", **OFTEN, "rise": 20, **health}))
    balancer.wait_until_down("server-1")
    server = start(ScriptedServer(script, at=address))
    assert "(20 times in a row)" in balancer.wait_until_up("server-1")[1]
    return server, balancer


def test_a_server_hears_nothing_of_its_tcp_checks(start):
    server, balancer = checked_twenty_times(start, echo, start(ReservedPort()).address)
    # The kernel ends a handshake by itself after 200 ms, for which a busy machine may keep a check waiting.
    assert server.connections <= 2
    with ScriptedClient(balancer.address) as client:
        client.send(b"hello")
        assert client.read(5) == b"hello", "clients' connections are whole"


def test_a_tcp_check_may_complete_the_handshake_and_leaves_in_order_then(start):
    server, _ = checked_twenty_times(
        start, note_the_end, start(ReservedPort()).address, complete_handshake="on")
    wait_until(lambda: sum(peer.is_over.is_set() for peer in server.peers) >= 20)
    assert {peer.ending for peer in server.peers if peer.is_over.is_set()} == {"closed"}


def test_a_tcp_check_of_a_unix_socket_is_a_whole_connection(start, tmp_path):
    server, _ = checked_twenty_times(start, note_the_end, f"unix:{tmp_path}/server.sock")
    wait_until(lambda: server.connections >= 20, what="the server takes them")


def test_exactly_fall_failures_take_it_down_and_exactly_rise_successes_bring_it_up(start):
    nearly_down = [GOOD, BAD, BAD]
    down = [GOOD, BAD, BAD, BAD]
    nearly_up = [GOOD, BAD]
    up = [GOOD, GOOD]
    checked = CheckedServer(nearly_down * 3 + down + nearly_up * 3 + up, then=[GOOD])
    server = start(checked.server)
    balancer = start(Balancer([server.address], health={**HTTP_CHECK, **OFTEN, "rise": 2, "fall": 3}))
    went_down = balancer.wait_until_down("server-1")
    came_up = balancer.wait_until_up("server-1", occurrence=2)
    wait_until(lambda: checked.checks >= 35, what="checks go on")
    assert flips(balancer) == ["up", "down", "up"]
    assert "(3 failures in a row)" in went_down[1]
    assert "2 times in a row" in came_up[1]


@pytest.mark.parametrize("first, verdict", [(GOOD, "up"), (BAD, "down")])
def test_at_the_start_one_check_decides(start, first, verdict):
    checked = CheckedServer([], then=[first])
    server = start(checked.server)
    balancer = start(Balancer(
        [server.address],
        health={**HTTP_CHECK, "interval": "1m", "fast_interval": "1m", "rise": 5, "fall": 5}))
    wait_until(lambda: flips(balancer) == [verdict], 1, f"the first check says {verdict}")
    assert checked.checks == 1


def test_a_server_that_flaps_at_each_check_does_not_flip(start):
    checked = CheckedServer([GOOD], then=[BAD, GOOD])
    server = start(checked.server)
    balancer = start(Balancer([server.address], health={**HTTP_CHECK, **OFTEN, "rise": 2, "fall": 2}))
    wait_until(lambda: checked.checks >= 30)
    assert flips(balancer) == ["up"]


def test_a_server_that_stays_as_it_is_is_told_once(start):
    well, ill = CheckedServer([], then=[GOOD]), CheckedServer([], then=[BAD])
    servers = [start(well.server).address, start(ill.server).address]
    balancer = start(Balancer(servers, health={**HTTP_CHECK, **OFTEN}))
    wait_until(lambda: min(well.checks, ill.checks) >= 20)
    assert flips(balancer, "server-1") == ["up"]
    assert flips(balancer, "server-2") == ["down"]


def test_a_stopped_process_is_taken_down_by_the_timeout_and_comes_back(start):
    backend = start(Backend())
    health = {**HTTP_CHECK, "interval": "100ms", "fast_interval": "50ms", "timeout": "200ms", "fall": 2}
    balancer = start(Balancer([(backend.name, backend.address)], health=health))
    backend.process.send(signal.SIGSTOP)
    assert "timed out after 200ms" in balancer.wait_until_down("Server-1")[1]
    backend.process.send(signal.SIGCONT)
    balancer.wait_until_up("Server-1", occurrence=2)
    assert balancer.get().status == 200


def test_checks_come_faster_while_the_verdict_may_change(start):
    checked = CheckedServer([GOOD, GOOD], then=[BAD])
    server = start(checked.server)
    health = {**HTTP_CHECK, "interval": "1s", "fast_interval": "50ms", "fall": 5}
    balancer = start(Balancer([server.address], health=health))
    balancer.wait_until_down("server-1")
    gaps = [later - earlier for earlier, later in itertools.pairwise(checked.checked_at)]
    # Checks are spread a little so that those of many servers do not fall together.
    assert 0.5 <= gaps[0] <= at_most(1.5), "while it is settled: the interval"
    assert max(gaps[2:6]) < at_most(0.4), "after the first failure: the fast interval"


def test_a_server_that_never_answers_does_not_keep_the_others_waiting(start):
    hanging = [start(ScriptedServer(never_answer)) for _ in range(20)]
    started = time.monotonic()
    balancer = start(Balancer(
        [server.address for server in hanging], health={**HTTP_CHECK, "timeout": "1s", "interval": "1m"}))
    wait_until(lambda: len(balancer.matching("is down: timed out after 1(s|000ms)")) == 20)
    assert 1.0 <= time.monotonic() - started < at_most(2.0), "all are judged within one timeout"


def test_a_check_leaves_no_connection_open(start):
    checked = CheckedServer([], then=[GOOD])
    server = start(checked.server)
    start(Balancer([server.address], health={**HTTP_CHECK, **OFTEN}))
    wait_until(lambda: checked.checks >= 20)
    wait_until(lambda: sum(not peer.is_over.is_set() for peer in server.peers) <= 1)
