"""No more memory (RLIMIT_AS): nothing ends, new clients wait or are refused, and everything goes on afterwards."""

import contextlib
import re
import resource
import socket

import pytest

from support.access_log import entries
from support.balancer import Balancer
from support.http_balancer import HTTPBalancer, logging_balancer
from support.http_server import HTTPServer, response
from support.polling import wait_until
from support.scripted_client import ScriptedClient
from support.scripted_server import ScriptedServer, echo

# What the balancer may take beyond what it has.
MARGIN = 64 * 1024
# More than the memory is for.
CLIENTS = 2000
HALF_A_HEAD = b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 9000
HALF_A_BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"x" * 9000
NOT_READ = b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n"
REQUESTS = [HALF_A_HEAD, HALF_A_BODY, NOT_READ]
LARGE = response(b"x" * 4_000_000)


def allow_no_more_memory(pid):
    """Leaves the process a little more address space than it has."""
    with open(f"/proc/{pid}/status") as status:
        size = int(re.search(r"VmSize:\s+(\d+)", status.read()).group(1)) * 1024
    resource.prlimit(pid, resource.RLIMIT_AS, (size + MARGIN, size + MARGIN))


@contextlib.contextmanager
def crowd(balancer, requests):
    """Clients that want memory and do not let go of it."""
    clients = []
    host, port = balancer.address.rsplit(":", 1)
    try:
        for number in range(CLIENTS):
            client = socket.socket()
            clients.append(client)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(10)
            client.connect((host, int(port)))
            client.sendall(requests[number % len(requests)])
            assert balancer.is_running, f"it ended at client {number}"
        yield clients
    finally:
        for client in clients:
            client.close()


def large_or_small(asked, peer):
    return LARGE if asked.target == "/large" else response(b"ok\n")


@pytest.mark.parametrize("kinds", [REQUESTS, [HALF_A_HEAD], [HALF_A_BODY], [NOT_READ]],
                         ids=["all", "half_heads", "half_bodies", "answers_not_read"])
def test_without_memory_http_clients_wait_or_are_refused_and_all_is_well_afterwards(start, kinds):
    server = start(HTTPServer(large_or_small))
    balancer = start(HTTPBalancer([server]))
    assert balancer.get("/").status == 200
    allow_no_more_memory(balancer.pid)
    with crowd(balancer, kinds):
        balancer.wait_for_line("new clients wait")
    wait_until(lambda: balancer.get("/", timeout=5).status == 200)


def test_a_request_for_which_there_is_no_memory_gets_a_503(start):
    server = start(HTTPServer(large_or_small))
    balancer = logging_balancer(start, server)
    # 300 halves of requests are more than memory is kept back for, and these clients are accepted already.
    connected = [start(balancer.client()) for _ in range(300)]
    assert [client.ask("/").status for client in connected] == [200] * len(connected)
    allow_no_more_memory(balancer.pid)
    for client in connected:
        client.send(HALF_A_BODY)
    wait_until(lambda: refusals(balancer), what="a request is refused")
    assert {entry.status for entry in refusals(balancer)} == {"503"}
    assert any(b"out_of_memory" in what_came(client) for client in connected)
    for client in connected:
        client.close()
    wait_until(lambda: balancer.get("/", timeout=5).status == 200)


def refusals(balancer):
    return [entry for entry in entries(balancer) if entry.reason == "out_of_memory"]


def what_came(client):
    client.socket.settimeout(0.001)
    try:
        return client.socket.recv(4096)
    except OSError:
        return b""


def test_sessions_of_mode_tcp_go_on_without_memory_for_more(start):
    server = start(ScriptedServer(echo, timeout=60))
    balancer = start(Balancer([server.address], mode="tcp"))
    first = start(ScriptedClient(balancer.address))
    first.send(b"hello")
    assert first.read(5) == b"hello"
    allow_no_more_memory(balancer.pid)
    with crowd(balancer, [b"x" * 200]):
        first.send(b"again")
        assert first.read(5) == b"again"
    with ScriptedClient(balancer.address) as client:
        client.send(b"hello")
        assert client.read(5) == b"hello"
