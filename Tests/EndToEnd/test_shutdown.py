"""Signals: stop accepting, finish what is in flight, be gone in time."""

import concurrent.futures
import json
import os
import pathlib
import signal
import tempfile
import time

import pytest

from support.backends import Backend
from support.balancer import Balancer
from support.configuration import NO_ADMIN, NO_CHECKS, service
from support.notify_socket import NotifySocket
from support.polling import every, wait_until
from support.proc import is_stopped
from support.process import Process
from support.http_client import HTTPClient, request
from support.http_response import BrokenResponse
from support.scripted_client import ScriptedClient, get
from support.scripted_server import GREETING, ScriptedServer, hold, respond
from support.stopwatch import at_most

SIGNALS = [signal.SIGTERM, signal.SIGINT]


def test_signals_that_mean_something_to_other_servers_end_nothing(start):
    """SIGHUP, SIGUSR1 and SIGUSR2 make others read their configuration or open their logs anew."""
    backend = start(Backend())
    balancer = start(Balancer([backend.address], mode="http"))
    for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP):
        balancer.send(number)
    balancer.wait_for_line("warn .*SIGHUP does nothing")
    assert get(balancer.address, "/").status == 200
    balancer.stop()


def request_in_flight(start, delay, **top):
    """A balancer and the future of a request that its server takes `delay` ms for."""
    backend = start(Backend())
    balancer = start(Balancer([backend.address], mode="http", top=top))
    pool = start(concurrent.futures.ThreadPoolExecutor(1))
    answer = pool.submit(get, balancer.address, f"/?delay={delay}", timeout=20)
    wait_until(lambda: backend.requests == 1, what="the request is at the backend")
    return balancer, answer


def wait_until_refused(to):
    def refused():
        try:
            ScriptedClient(to).close()
        except (ConnectionRefusedError, FileNotFoundError):
            return True
        except ConnectionResetError:
            pass  # The listener closed while this one waited in its queue; the next is refused.
        return False
    wait_until(refused, 2, "new connections are refused")


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_refuses_new_clients_and_lets_those_in_flight_finish(start, number):
    balancer, answer = request_in_flight(start, delay=1500)
    balancer.send(number)
    balancer.wait_for_line(r"stopping: no new connections; 1 in flight may take up to 10 ?s")
    wait_until_refused(balancer.address)
    assert balancer.is_running and not answer.done()
    assert answer.result().json["applied_delay_ms"] == 1500
    assert balancer.exit_code(2) == 0
    assert balancer.lines[-1].endswith("stopped")


def test_what_takes_longer_than_the_shutdown_timeout_is_cut(start):
    balancer, answer = request_in_flight(start, delay=15_000, shutdown_timeout="1s")
    started = time.monotonic()
    assert balancer.stop(deadline=3) == 0
    assert 0.9 <= time.monotonic() - started < at_most(2.0)
    assert isinstance(answer.exception(), (BrokenResponse, ConnectionResetError))


@pytest.mark.parametrize("number", SIGNALS)
def test_a_second_signal_ends_it_at_once(start, number):
    balancer, answer = request_in_flight(start, delay=15_000)
    balancer.send(number)
    balancer.wait_for_line("stopping")
    started = time.monotonic()
    # A shell calls both the same: 128 + the signal.
    assert balancer.stop(number, deadline=3) in (128 + number, -number)
    assert time.monotonic() - started < at_most(1.0)
    assert answer.exception() is not None


# As many clients are accepted in one go.
BATCH = 64


def test_a_client_that_waits_at_one_service_is_served_though_the_last_one_of_another_goes(start):
    server = start(ScriptedServer(respond()))
    services = {name: service([server.address], health=NO_CHECKS) for name in ("one", "two")}
    folder = start(tempfile.TemporaryDirectory(prefix="evenkeel-test-"))
    file = pathlib.Path(folder, "evenkeel.yaml")
    file.write_text(json.dumps({"services": services, "admin": NO_ADMIN}))
    balancer = start(Process("run", file))
    one, two = (balancer.wait_for_line(rf"{name}: listening on (\S+)")[1] for name in services)
    for name in services:
        balancer.wait_for_line(f"{name}: accepting")
    idle = start(HTTPClient(one))
    assert idle.ask().status == 200
    balancer.send(signal.SIGSTOP)
    wait_until(lambda: is_stopped(balancer.pid), what="it stands still")
    # These are gone when it is their turn, so that the one behind them is the only client of its service.
    for _ in range(BATCH):
        HTTPClient(two).close()
    waiting = start(HTTPClient(two))
    waiting.send(request())
    balancer.send(signal.SIGTERM)
    balancer.send(signal.SIGCONT)
    assert waiting.answer().status == 200
    # A client that stays has 5 s to read why it is to go.
    waiting.close()
    assert balancer.exit_code(5) == 0


def test_with_nothing_in_flight_it_ends_at_once(start):
    backend = start(Backend())
    balancer = start(Balancer([backend.address]))
    assert balancer.get().status == 200
    started = time.monotonic()
    assert balancer.stop() == 0
    assert time.monotonic() - started < at_most(1.0)


def test_a_session_in_tcp_mode_may_finish_too(start):
    server = start(ScriptedServer(hold))
    balancer = start(Balancer([server.address], mode="tcp"))
    client = start(ScriptedClient(balancer.address))
    client.send(GREETING)
    peer = server.held()
    balancer.send(signal.SIGTERM)
    wait_until_refused(balancer.address)
    client.send(b"more")
    assert peer.read(4) == b"more"
    peer.send(b"the end")
    assert client.read(7) == b"the end"
    client.close()
    peer.released.set()
    assert balancer.exit_code(2) == 0


def tunnelled(start, mode, **top):
    """A balancer, and both ends of something that does not end by itself: (balancer, client, server's peer)."""
    def script(peer):
        if mode == "http":
            peer.read_until(b"\r\n\r\n")
            peer.send(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n")
        hold(peer)

    server = start(ScriptedServer(script))
    balancer = start(Balancer([server.address], mode=mode, health=NO_CHECKS, top=top))
    client = start(ScriptedClient(balancer.address))
    if mode == "http":
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n")
        client.read_until(b"\r\n\r\n")
    client.send(GREETING)
    return balancer, client, server.held()


@pytest.mark.parametrize("mode", ["http", "tcp"])
def test_tunnels_may_last_longer_than_the_rest_after_the_signal(start, mode):
    balancer, client, peer = tunnelled(start, mode, shutdown_timeout="100ms", shutdown_tunnel_timeout="30s")
    balancer.send(signal.SIGTERM)
    balancer.wait_for_line(r"stopping: no new connections; 1 in flight may take up to 30 ?s")
    for _ in every(0.05, 0.5):
        client.send(b"more")
        assert peer.read(4) == b"more"
    client.close()
    peer.released.set()
    assert balancer.exit_code(2) == 0
    assert not balancer.matching("cut now")


@pytest.mark.parametrize("mode", ["http", "tcp"])
def test_tunnels_are_cut_at_a_time_of_their_own(start, mode):
    balancer, client, _ = tunnelled(start, mode, shutdown_timeout="30s", shutdown_tunnel_timeout="200ms")
    assert balancer.stop(deadline=5) == 0
    assert balancer.matching("still open tunnels and cut now: 1")
    assert client.sees_the_end() == "reset"


def test_what_is_no_tunnel_is_not_cut_with_the_tunnels(start):
    balancer, answer = request_in_flight(start, delay=800, shutdown_timeout="10s", shutdown_tunnel_timeout="50ms")
    balancer.send(signal.SIGTERM)
    assert answer.result().status == 200
    assert balancer.exit_code(2) == 0


def test_a_unix_socket_is_taken_away_at_the_end(start):
    path = start(tempfile.TemporaryDirectory()) + "/listener.sock"
    backend = start(Backend())
    balancer = start(Balancer([backend.address], listen=f"unix:{path}"))
    assert os.path.exists(path)
    assert balancer.stop() == 0
    assert not os.path.exists(path)


def test_a_unix_socket_that_a_killed_one_left_is_taken_over(start):
    path = start(tempfile.TemporaryDirectory()) + "/listener.sock"
    backend = start(Backend())
    start(Balancer([backend.address], listen=f"unix:{path}")).kill()
    assert os.path.exists(path)
    assert start(Balancer([backend.address], listen=f"unix:{path}")).get().status == 200


def test_systemd_is_told_when_it_is_ready_and_when_it_stops(start):
    notify = start(NotifySocket())
    backend = start(Backend())
    balancer = start(Balancer([backend.address], environment={"NOTIFY_SOCKET": notify.path}))
    notify.wait_for("READY=1")
    assert "STOPPING=1" not in notify.messages
    assert balancer.stop() == 0
    notify.wait_for("STOPPING=1")
    assert notify.messages.count("READY=1") == notify.messages.count("STOPPING=1") == 1


def test_systemd_is_not_told_that_it_is_ready_when_a_port_is_in_use(start):
    notify = start(NotifySocket())
    taken = start(ScriptedServer())
    balancer = Balancer(
        ["127.0.0.1:1"], listen=taken.address, environment={"NOTIFY_SOCKET": notify.path})
    with pytest.raises(AssertionError, match="ended without logging"):
        start(balancer)
    assert "READY=1" not in notify.messages
