"""This machine lacks what connections to servers take: it is told as that, and no server is blamed."""

import collections
import resource
import socket

import pytest

from support.access_log import entries, only_entry
from support.address import connect, port_of
from support.admin import AdminBalancer, TCPAdminBalancer
from support.admin_metrics import Exposition
from support.configuration import NO_CHECKS
from support.http_server import HTTPServer, response
from support.network import own_network
from support.polling import wait_until
from support.proc import fd_count
from support.scripted_server import ScriptedServer, never_answer, respond

PORTS = 60
EVERYWHERE = "0.0.0.0:0"
REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture
def few_ports(start):
    start(own_network(ports=PORTS))


def connections(to, count):
    """So many clients of a balancer that listens on all addresses: there are local ports for each of them."""
    return [connect(f"127.0.0.{2 + number // 30}:{port_of(to)}") for number in range(count)]


def shortages(balancer, word):
    return Exposition(balancer.admin.ask("/metrics").body.decode()).value("evenkeel_shortages_total", shortage=word)


def assert_told(balancer, word):
    """One line at warn, with the name of the shortage; the server is as well as before."""
    wait_until(lambda: balancer.matching(f"warn.* main: {word}: cannot connect to server-1: "), 5, "it is told")
    assert len(balancer.matching(f"{word}: cannot connect")) == 1
    assert shortages(balancer, word) > 0


def test_http_requests_without_a_local_port_are_told_as_that(start, few_ports):
    server = start(ScriptedServer(never_answer))
    balancer = start(AdminBalancer([server.address], health=NO_CHECKS, access_log="on", listen=EVERYWHERE))
    clients = connections(balancer.address, PORTS + 20)
    for client in clients:
        client.sendall(REQUEST)
    refused = wait_until(lambda: [entry for entry in entries(balancer) if entry.status == "503"], 5, "some are refused")
    assert {entry.reason for entry in refused} == {"out_of_ports"}
    assert_told(balancer, "out_of_ports")
    assert balancer.matching("out_of_ports: .*limits.kept_connections.*ip_local_port_range")
    assert balancer.admin.server("server-1")["failures"] == 0
    # Those that have a connection keep it.
    assert len(entries(balancer)) <= PORTS
    for client in clients:
        client.close()


def test_tcp_sessions_without_a_local_port_are_told_as_that(start, few_ports):
    server = start(ScriptedServer(never_answer))
    balancer = start(TCPAdminBalancer([server.address], access_log="on", listen=EVERYWHERE))
    clients = connections(balancer.address, PORTS + 20)
    wait_until(lambda: balancer.matching("reason=out_of_ports"), 5, "some are refused")
    assert_told(balancer, "out_of_ports")
    assert not balancer.matching("out_of_ports: .*kept_connections"), "mode tcp refuses that key"
    assert balancer.matching("out_of_ports: .*ip_local_port_range")
    assert not balancer.matching("reason=refused")
    assert balancer.admin.server("server-1")["failures"] == 0
    for client in clients:
        client.close()


def test_a_port_that_one_server_has_not_got_another_may_have(start, few_ports):
    held, free = start(ScriptedServer(never_answer)), start(ScriptedServer(respond()))
    balancer = start(AdminBalancer([held.address, free.address], health=NO_CHECKS, access_log="on", listen=EVERYWHERE))
    clients = connections(balancer.address, 2 * PORTS + 20)
    for number, client in enumerate(clients, 1):
        client.sendall(REQUEST)
        # One server holds each that reaches it, until it can have no more; all others are answered by the other one.
        wait_until(lambda: held.connections + len(entries(balancer)) >= number, 5, "the request is held or answered")
    assert {(entry.status, entry.server) for entry in entries(balancer)} == {("200", "server-2")}
    assert held.connections > PORTS / 2 and shortages(balancer, "out_of_ports") > 0
    for client in clients:
        client.close()


def serve_and_close_when_asked(peer):
    head = peer.read_until(b"\r\n\r\n")
    while head:
        peer.send(response())
        if b"\r\nConnection: close\r\n" in head:
            return
        head = peer.read_until(b"\r\n\r\n")


def serve_and_never_close(peer):
    while peer.read_until(b"\r\n\r\n"):
        peer.send(response())


def answer_that_it_closes(peer):
    peer.read_until(b"\r\n\r\n")
    peer.send(response(fields={"Connection": "close"}))


def speak_http_1_0(peer):
    peer.read_until(b"\r\n\r\n")
    peer.send(response(version="1.0"))


@pytest.mark.parametrize("script, kept", [
    (serve_and_close_when_asked, 0), (serve_and_never_close, 0), (answer_that_it_closes, 0),
    (answer_that_it_closes, 64), (speak_http_1_0, 64)])
def test_connections_that_are_not_kept_use_no_port_up(start, few_ports, script, kept):
    server = start(ScriptedServer(script))
    balancer = start(AdminBalancer([server.address], health=NO_CHECKS, limits={"kept_connections": kept}))
    with balancer.client() as client:
        statuses = collections.Counter(client.ask().status for _ in range(3 * PORTS))
    assert statuses == {200: 3 * PORTS}
    assert server.connections == 3 * PORTS
    assert shortages(balancer, "out_of_ports") == 0


def test_connections_beyond_those_that_are_kept_use_no_port_up(start, few_ports):
    server = start(ScriptedServer(serve_and_never_close))
    balancer = start(AdminBalancer([server.address], health=NO_CHECKS, limits={"kept_connections": 1}, listen=EVERYWHERE))
    for _ in range(20):
        clients = connections(balancer.address, 12)
        for client in clients:
            client.sendall(REQUEST)
        for client in clients:
            assert client.recv(100).startswith(b"HTTP/1.1 200")
            # The client's own port is free too.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.close()
    assert shortages(balancer, "out_of_ports") == 0


def test_a_server_is_asked_to_close_when_no_connection_is_kept(start):
    server = start(HTTPServer())
    balancer = start(AdminBalancer([server.address], health=NO_CHECKS, limits={"kept_connections": 0}))
    assert balancer.get().status == 200
    assert ("connection", "close") in [(name.lower(), value) for name, value in server.seen_once().fields]


def test_a_connection_without_a_descriptor_is_told_as_that(start):
    server = start(ScriptedServer(respond()))
    balancer = start(AdminBalancer([server.address], health=NO_CHECKS, access_log="on"))
    with balancer.client() as client:
        client.send(REQUEST[:5])
        wait_until(lambda: balancer.admin.state()["connections"]["open"] == 1, 5, "the client is accepted")
        _, hard = resource.prlimit(balancer.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(balancer.pid, resource.RLIMIT_NOFILE, (fd_count(balancer.pid), hard))
        client.send(REQUEST[5:])
        assert client.answer().status == 503
        resource.prlimit(balancer.pid, resource.RLIMIT_NOFILE, (hard, hard))
    assert only_entry(balancer).reason == "out_of_descriptors"
    assert_told(balancer, "out_of_descriptors")


@pytest.mark.parametrize("mode", ["http", "tcp"])
def test_a_network_without_a_way_is_told_as_that(start, mode):
    start(own_network())
    kind = {"http": AdminBalancer, "tcp": TCPAdminBalancer}[mode]
    balancer = start(kind(["192.0.2.1:80"], access_log="on"))
    with connect(balancer.address) as client:
        client.sendall(REQUEST)
    wait_until(lambda: balancer.matching("reason=network_unreachable"), 5, "the client is refused")
    assert_told(balancer, "network_unreachable")
