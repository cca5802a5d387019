"""Memory per idle connection: resident memory with many clients, less that before they came."""

import os
import pathlib
import re
import socket
from contextlib import contextmanager
from typing import Iterator

from ..child import BenchmarkError, wait_until
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
def held(port: int, count: int) -> Iterator[list[socket.socket]]:
    """So many connections that say nothing."""
    clients = []
    try:
        for _ in range(count):
            clients.append(socket.create_connection(("127.0.0.1", port), timeout=10))
        yield clients
    finally:
        for client in clients:
            client.close()


def per_connection(field: Field, name: str, mode: str) -> float:
    """KiB of a client that has nothing to say, in mode tcp; in mode http, of one that waits after its answer."""
    with field.balancer(name) as system:
        # What the first requests make once and for all is none of the connections'.
        _come_and_go(system, mode, 200)
        before, fds = resident_kib(system.pids), _fd_count(system.pids)
        with held(system.ports[mode], CONNECTIONS) as clients:
            if mode == "http":
                for client in clients:
                    _ask(client)
            # In mode tcp each has its server's connection too.
            due = fds + CONNECTIONS * (2 if mode == "tcp" else 1)
            wait_until(lambda: _fd_count(system.pids) >= due, 10, f"{name} has accepted {CONNECTIONS} connections")
            return (resident_kib(system.pids) - before) / CONNECTIONS


def _come_and_go(system: System, mode: str, count: int) -> None:
    fds = _fd_count(system.pids)
    with held(system.ports[mode], count) as clients:
        for client in clients:
            _ask(client)
    # Kept connections to servers may stay.
    wait_until(lambda: _fd_count(system.pids) < fds + count, 10, f"{system.name} has let {count} clients go")


def _ask(client: socket.socket) -> None:
    client.sendall(_REQUEST)
    if not client.recv(4096).startswith(b"HTTP/1.1 200"):
        raise BenchmarkError("an idle client was not answered")


def _fd_count(pids: list[int]) -> int:
    return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids)
