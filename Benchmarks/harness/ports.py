"""Ports that stay free until their listener starts."""

import pathlib
import socket
from contextlib import contextmanager
from typing import Iterator


@contextmanager
def reserved(count: int) -> Iterator[list[int]]:
    """So many ports of the kernel's choice, kept from everybody who does not set SO_REUSEADDR to listen.

    The sockets are bound and do not listen: a connection to one is refused, and no outgoing connection takes it.
    """
    sockets = []
    try:
        for _ in range(count):
            holder = socket.socket()
            sockets.append(holder)
            holder.bind(("127.0.0.1", 0))
            # Set after the bind: a listener may share the port, a second reservation cannot.
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        yield [holder.getsockname()[1] for holder in sockets]
    finally:
        for holder in sockets:
            holder.close()


def answers(port: int) -> bool:
    """Whether an HTTP request is answered well there. That somebody listens is not enough: nginx's master does
    before it has a worker."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: bench.test\r\nConnection: close\r\n\r\n")
            return client.recv(4096).startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False


def accepted(ports: list[int]) -> int:
    """How many connections to these ports of the loopback a process has accepted and not yet closed."""
    return parse_connections(pathlib.Path("/proc/net/tcp").read_text(), ports)


def parse_connections(text: str, ports: list[int]) -> int:
    """Reads /proc/net/tcp: connections at these ports that are a process's (they have an inode), without listeners."""
    ends = {f":{port:04X}" for port in ports}
    entries = (line.split() for line in text.splitlines()[1:])
    return sum(entry[1][-5:] in ends and entry[3] != _LISTENS and entry[9] != "0" for entry in entries)


_LISTENS = "0A"
