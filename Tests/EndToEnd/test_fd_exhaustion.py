"""More clients than fds: no crash, no spin, and everything goes on."""

from support.balancer import Balancer
from support.configuration import HTTP_CHECK
from support.polling import wait_until, wait_until_still
from support.proc import cpu_share, fd_count
from support.scripted_client import ScriptedClient
from support.scripted_server import ScriptedServer, echo, respond

FD_LIMIT = 64

# Each session takes two fds of the balancer, so not half of them fit.
CLIENTS = 80


def full_balancer(start, **settings):
    """A balancer with 64 fds and more clients than fit: (balancer, clients, the server)."""
    server = start(ScriptedServer(echo, timeout=60))
    balancer = start(Balancer(
        [server.address], mode="tcp", fd_limit=FD_LIMIT, health={"interval": "1m"}, **settings))
    clients = [start(ScriptedClient(balancer.address, timeout=10)) for _ in range(CLIENTS)]
    wait_until(lambda: server.connections > FD_LIMIT // 4, what="a quarter of the clients is served")
    return balancer, clients, server


def test_a_full_balancer_neither_crashes_nor_spins(start):
    balancer, _, _ = full_balancer(start)
    assert cpu_share(balancer.pid, seconds=2) < 0.1
    assert balancer.is_running
    assert fd_count(balancer.pid) <= FD_LIMIT


def test_waiting_clients_are_served_when_others_leave(start):
    _, clients, _ = full_balancer(start)
    for number, client in enumerate(clients):
        text = b"client %03d" % number
        client.send(text)
        assert client.read(len(text)) == text, f"client {number} was cut"
        client.close()


def test_it_serves_as_before_once_all_have_left(start):
    balancer, clients, _ = full_balancer(start)
    for client in clients:
        client.close()
    wait_until(lambda: fd_count(balancer.pid) < FD_LIMIT // 2, what="the fds are free again")
    for _ in range(10):
        with ScriptedClient(balancer.address) as client:
            client.send(b"hello")
            assert client.read(5) == b"hello"


def test_health_checks_go_on_while_it_is_full(start):
    server = start(ScriptedServer(respond(), timeout=60))
    balancer = start(Balancer(
        [server.address], mode="tcp", fd_limit=FD_LIMIT, health={**HTTP_CHECK, "interval": "100ms"}))
    for _ in range(CLIENTS):
        start(ScriptedClient(balancer.address))
    wait_until_still(lambda: fd_count(balancer.pid), what="the balancer is full")
    seen = len(server.requests)
    wait_until(lambda: len(server.requests) >= seen + 10, 5, "ten more checks")
    assert balancer.matching("is down") == []
