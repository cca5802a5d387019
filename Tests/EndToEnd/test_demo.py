"""The demo: three backends and a balancer that a person can watch, kill and see recover."""

import os
import re
import shlex
import signal

import pytest

from support import address, proc
from support.admin import Admin
from support.command import run
from support.load import Load, kinds
from support.polling import wait_until
from support.process import Process
from support.reserved_port import ReservedPort
from support.scripted_client import get
from support.scripted_server import ScriptedServer, hold

NAMES = ["Server-1", "Server-2", "Server-3"]


class Demo(Process):
    """A running demo on ports that nobody else has."""

    def __init__(self, start, *more):
        self._ports = {name: start(ReservedPort()).port for name in NAMES}
        backend_ports = [part for port in self._ports.values() for part in ("--backend-port", port)]
        super().__init__(
            "demo", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--base-delay", "0", *backend_ports, *more)

    def __enter__(self):
        super().__enter__()
        self.address = self.wait_for_line(r"demo: listening on (\S+)")[1]
        for name in NAMES:
            self.wait_for_line(rf"demo: {name} is up")
        self.wait_for_line("demo: accepting")
        return self

    def child(self, name):
        """The process id of a backend, as the demo logged it."""
        line = rf"{name}: listening on 127\.0\.0\.1:{self._ports[name]} \(pid (\d+)\)"
        return int(self.wait_for_line(line)[1])

    def port_of(self, name):
        return self._ports[name]

    @property
    def children(self):
        return [self.child(name) for name in NAMES]


@pytest.fixture
def demo(start):
    return start(Demo(start))


def rotation(to, requests):
    """Which server answered each of so many requests, each on a connection of its own."""
    return [get(to).server for _ in range(requests)]


def test_it_rotates_over_its_three_servers(demo):
    answered = rotation(demo.address, 9)
    assert sorted(answered[:3]) == NAMES
    assert answered == answered[:3] * 3


def test_with_port_0_for_everything_it_finds_free_ports_and_says_which(start):
    zeros = ["--backend-port", "0"] * 3
    demo = start(Process("demo", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--base-delay", "0", *zeros))
    ports = [demo.wait_for_line(rf"{name}: listening on 127\.0\.0\.1:(\d+) \(pid \d+\)")[1] for name in NAMES]
    assert "0" not in ports and len(set(ports)) == 3
    demo.wait_for_line("demo: accepting")
    assert set(rotation(demo.wait_for_line(r"demo: listening on (\S+)")[1], 6)) == set(NAMES)


def test_its_dashboard_is_where_it_says(demo):
    at = demo.wait_for_line(r"dashboard: listening on http://(\S+?)/")[1]
    assert b"<title>Evenkeel</title>" in Admin(at, documented=False).ask("/").body


def test_its_backends_are_processes_of_their_own(demo):
    assert sorted(proc.children(demo.pid)) == sorted(demo.children)


def test_killing_a_backend_loses_no_request_and_its_command_brings_it_back(start, demo):
    with Load(demo.address, connections=16) as load:
        load.wait_for(300)
        os.kill(demo.child("Server-2"), signal.SIGKILL)
        ended = demo.wait_for_line(
            r"Server-2 \(pid \d+\) ended: signal 9; bring it back with: (\S*evenkeel backend .*)")
        demo.wait_for_line("demo: Server-2 is down")
        load.wait_for(300)
        assert demo.is_running

        _, *arguments = shlex.split(ended[1])
        assert {"--port", "--name", "Server-2"} <= set(arguments)
        start(Process(*arguments))
        demo.wait_for_line("demo: Server-2 is up", occurrence=2, deadline=10)
        load.wait_for(50, server="Server-2")
        outcomes = load.stop()
    assert kinds(outcomes) == {"200": len(outcomes)}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_all_its_children(demo, number):
    children = demo.children
    assert demo.stop(number) == 0
    for child in children:
        proc.wait_until_dead(child)


def test_a_signal_to_the_whole_group_as_from_a_terminal_ends_it_cleanly(demo):
    children = demo.children
    os.killpg(demo.pid, signal.SIGINT)
    assert demo.exit_code() == 0
    for child in children:
        proc.wait_until_dead(child)
    assert "bring it back" not in demo.log, "its own end is no accident of a child"


def test_its_children_die_with_it_when_it_is_killed(demo):
    children = demo.children
    demo.kill()
    for child in children:
        proc.wait_until_dead(child, deadline=2)


@pytest.mark.parametrize("flag", ["--listen", "--admin", "--backend-port"])
def test_a_used_port_is_one_clear_line_and_leaves_nothing_running(start, flag):
    taken = start(ScriptedServer())
    port = address.port_of(taken.address)
    ports = [start(ReservedPort()).port for _ in range(3)]
    if flag == "--backend-port":
        ports[1] = port
    listeners = [part for name in ("--listen", "--admin") for part in (name, port if name == flag else 0)]
    backend_ports = [part for number in ports for part in ("--backend-port", number)]
    demo = start(Process("demo", *listeners, *backend_ports))
    assert demo.exit_code(deadline=5) == 1
    errors = [line for line in demo.lines if "address already in use" in line]
    assert len(errors) == 1 and f"127.0.0.1:{port}" in errors[0]
    assert "another program listens there" in errors[0]
    assert f"choose another address with {flag}" in errors[0]
    wait_until(lambda: proc.in_session(demo.pid) == [], 2, "nothing is left running")


@pytest.mark.parametrize("flag", ["--listen", "--admin", "--backend-port"])
def test_a_port_that_another_demo_has_is_told_as_that(start, demo, flag):
    theirs = {
        "--listen": demo.address, "--backend-port": f"127.0.0.1:{demo.port_of('Server-2')}",
        "--admin": demo.wait_for_line(r"dashboard: listening on http://(\S+?)/")[1]}[flag]
    ours = [part for name in ("--listen", "--admin", "--backend-port") for part in (name, theirs if name == flag else "0")]
    second = run("demo", *ours)
    assert second.returncode == 1
    errors = [line for line in second.stderr.splitlines() if "address already in use" in line]
    assert len(errors) == 1
    assert f"{theirs}: address already in use (another evenkeel demo seems to run there); choose another" in errors[0]
    assert flag in errors[0].split("; choose another")[1]
    assert demo.is_running


def test_a_port_whose_owner_says_nothing_is_told_soon(start):
    silent = start(ScriptedServer(hold))
    second = run("demo", "--listen", silent.address, "--admin", "0", "--backend-port", "0", timeout=8)
    assert "another program listens there" in second.stderr


@pytest.mark.parametrize("arguments, words", [
    (("--listen", "x"), '"x" is not an address'), (("--admin", "x"), '"x" is not an address'),
    (("--backend-port", "99999"), "from 0 to 65535"), (("--admin", "0.0.0.0:80"), "has no token"),
    (("--strategy", "x"), "strategy"), (("--base-delay", "x"), "base-delay"),
    (("--listen", "9000", "--admin", "9000"), "--listen and --admin are both 127.0.0.1:9000"),
    (("--listen", "9000", "--backend-port", "9000"), "--listen and --backend-port are both"),
    (("--backend-port", "9000", "--backend-port", "9000"), "--backend-port is 127.0.0.1:9000 twice"),
    (("--listen", "0.0.0.0:8081"), "--listen 0.0.0.0:8081 and --backend-port 127.0.0.1:8081 are in each other's way"),
    (("--backend-port", "localhost:9000", "--backend-port", "127.0.0.1:9000"),
     "--backend-port localhost:9000 and --backend-port 127.0.0.1:9000 are in each other's way"),
    (("--backend-port", "0.0.0.0:9000", "--listen", "9000"),
     "--listen 127.0.0.1:9000 and --backend-port 0.0.0.0:9000 are in each other's way"),
    (("--admin", "[::1]:9000", "--listen", "[::]:9000"),
     "--listen [::]:9000 and --admin [::1]:9000 are in each other's way")])
def test_a_wrong_argument_ends_it_with_2_before_anything_starts(arguments, words):
    result = run("demo", *arguments)
    assert result.returncode == 2
    assert words in result.stderr
    assert "listening" not in result.stderr


def test_its_help_tells_the_ports_that_it_takes_by_itself():
    text = run("demo", "--help").stdout
    assert all(re.search(rf"\b{port}\b", text) for port in (8080, 8081, 8090))


def test_a_browsers_own_request_for_an_icon_takes_no_turn_again(start):
    """It is for an address that shows a server in turn: asked for at each reload, every second server was skipped."""
    with Demo(start) as demo:
        icon = get(demo.address, "/favicon.ico")
        assert icon.status == 200
        fields = icon.headers
        assert fields["content-type"] == "image/svg+xml"
        assert fields["cache-control"] == "public, max-age=86400"
        assert b"<svg" in icon.body
