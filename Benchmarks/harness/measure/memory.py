"""Memory per idle connection: resident memory with many clients, less that before they came."""

import pathlib
import re
import socket
from contextlib import contextmanager
from typing import Iterator

from ..child import BenchmarkError, wait_until
from ..ports import accepted
from ..systems import Field, System

# Enough that a process's other memory does not matter, and well within 20,000 descriptors.
CONNECTIONS = 4000

_REQUEST = b"GET / HTTP/1.1\r\nHost: bench.test\r\n\r\n"


def resident_kib(pids: list[int]) -> int:
    """Resident memory of all the processes."""
    return sum(parse_rollup(pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()) for pid in pids)


def parse_rollup(text: str) -> int:
    """Reads /proc/PID/smaps_rollup: KiB that are resident."""
    return int(re.search(r"^Rss:\s+(\d+) kB", text, re.MULTILINE)[1])


@contextmanager
def held(system: System, count: int) -> Iterator[list[socket.socket]]:
    """So many connections that say nothing."""
    clients = []
    try:
        for number in range(count):
            try:
                clients.append(socket.create_connection(("127.0.0.1", system.port), timeout=10))
            except OSError as error:
                raise BenchmarkError(f"{system.name} took {number} connections of {count}: {error}") from None
        yield clients
    finally:
        for client in clients:
            client.close()


def per_connection(field: Field, name: str, mode: str) -> float:
    """KiB of a client that has nothing to say, in mode tcp; in mode http, of one that waits after its answer."""
    servers = field.servers if mode == "tcp" else []
    with field.balancer(name, mode) as system:
        # What the first requests make once and for all is none of the connections'.
        with held(system, 200) as clients:
            for client in clients:
                _ask(client)
        # In mode tcp each client has its server's connection; in mode http servers' connections are kept.
        wait_until(lambda: not accepted([system.port, *servers]), 20, f"{name} has let its clients go")
        before = resident_kib(system.pids)
        with held(system, CONNECTIONS) as clients:
            if mode == "http":
                for client in clients:
                    _ask(client)
            due = CONNECTIONS * (2 if mode == "tcp" else 1)
            wait_until(lambda: accepted([system.port, *servers]) == due, 20,
                       f"{name} has accepted {CONNECTIONS} connections")
            return (resident_kib(system.pids) - before) / CONNECTIONS


def _ask(client: socket.socket) -> None:
    client.sendall(_REQUEST)
    if not client.recv(4096).startswith(b"HTTP/1.1 200"):
        raise BenchmarkError("an idle client was not answered")
