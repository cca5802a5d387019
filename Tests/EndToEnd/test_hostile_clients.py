"""Clients that mean no good, or speak something else."""

import contextlib
import re

import pytest

from support.backends import Backend
from support.balancer import Balancer
from support.load import Load, kinds
from support.polling import wait_until, wait_until_still
from support.proc import MIB, fd_count, private_bytes
from support.reserved_port import ReservedPort
from support.sanitizer import SANITIZED, scaled
from support.scripted_client import ScriptedClient
from support.scripted_server import ScriptedServer, respond

TLS_HELLO = bytes.fromhex(
    "16030100c8010000c40303" + "5a" * 32 + "20" + "a5" * 32 + "0024130213031301c02cc030cca9cca8c02bc02f"
    "c024c028c023c027009f009e006b00670039003300ff01000057")

NASTY = {
    "zeros": bytes(10_000),
    "a TLS hello": TLS_HELLO,
    "a line that never ends": b"A" * 100_000,
    "newlines and escapes": b"GET /\x1b[31m\r\nX: \x00\xff\r\n\n\r\r\n\r\n",
    "a forged log line": b"GET /\n2026-01-01 00:00:00.000 error  main: all is lost HTTP/1.1\r\n\r\n",
    "a huge header": b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 300_000 + b"\r\n\r\n",
    "half a request": b"GET / HT",
}


@pytest.fixture
def server(start):
    return start(ScriptedServer(respond()))


def assert_readable(balancer):
    """Each line of the log is a whole one that the balancer made itself."""
    for line in balancer.lines:
        assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \w+ +\S", line), line
        assert line.isprintable(), line
    assert "all is lost" not in "".join(line for line in balancer.lines if line.startswith("2026-01-01"))


@pytest.mark.parametrize("mode", ["http", "tcp"])
@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY.keys())
def test_it_outlives_garbage_and_serves_the_next_client(start, server, mode, nasty):
    balancer = start(Balancer([server.address], mode=mode))
    for _ in range(5):
        with ScriptedClient(balancer.address) as client, contextlib.suppress(OSError):
            client.send(nasty)
            client.half_close()
            client.sees_the_end()
    assert balancer.get().status == 200
    assert_readable(balancer)


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY.keys())
def test_garbage_while_all_servers_are_down_is_answered_or_closed(start, nasty):
    port = start(ReservedPort())
    balancer = start(Balancer([port.address], mode="http"))
    with ScriptedClient(balancer.address) as client, contextlib.suppress(OSError):
        client.send(nasty)
        client.half_close()
        received = client.read_to_end()
        assert received == b"" or re.match(rb"HTTP/1\.1 (50[135]|4\d\d) ", received)
    assert balancer.get().status == 503
    assert_readable(balancer)


@pytest.mark.parametrize("mode", ["http", "tcp"])
def test_clients_that_say_nothing_keep_nobody_from_being_served(start, server, mode):
    balancer = start(Balancer([server.address], mode=mode))
    for _ in range(200):
        start(ScriptedClient(balancer.address))
    with Load(balancer.address, connections=8, total=scaled(500)) as load:
        assert kinds(load.finish()) == {"200": scaled(500)}


@pytest.mark.parametrize("mode", ["http", "tcp"])
@pytest.mark.parametrize("says", [b"", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"], ids=["nothing", "a request"])
def test_clients_that_reset_at_once_leave_nothing_behind(start, mode, says):
    # A process of its own: a scripted one would share this one's time with the clients.
    balancer = start(Balancer([start(Backend()).address], mode=mode))
    assert balancer.get().status == 200
    fds = wait_until_still(lambda: fd_count(balancer.pid), what="the balancer's fds")

    def reset_many():
        for _ in range(scaled(1000)):
            with ScriptedClient(balancer.address) as client:
                client.send(says)
                client.reset()
        wait_until(lambda: fd_count(balancer.pid) <= fds + 1, what="their fds are closed")
        return private_bytes(balancer.pid)

    # The first rounds fill the pools of buffers, as many as clients happen to come at once.
    after_some = [reset_many() for _ in range(3)][-1]
    assert [reset_many() for _ in range(3)][-1] - after_some < MIB or SANITIZED
    assert balancer.get().status == 200
    assert len(balancer.lines) < 50, "a client can fill the log"
    assert_readable(balancer)
