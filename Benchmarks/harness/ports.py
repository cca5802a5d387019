"""Ports that stay free until their listener starts."""

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


def accepts(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False
