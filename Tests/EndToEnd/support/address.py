"""Addresses as Evenkeel writes them: `127.0.0.1:80`, `[::1]:80`, `localhost:80`, `unix:/path`."""

import socket


def family_and_target(text):
    """The socket family and the socket module's own form of an address."""
    if text.startswith("unix:"):
        return socket.AF_UNIX, text.removeprefix("unix:")
    host, port = text.rsplit(":", 1)
    if host.startswith("["):
        return socket.AF_INET6, (host.strip("[]"), int(port))
    return socket.AF_INET, (host, int(port))


def port_of(text):
    """The port of an address with one."""
    return int(text.rsplit(":", 1)[1])


def text_of(sock):
    """Where a bound socket is, as Evenkeel writes it."""
    name = sock.getsockname()
    if sock.family == socket.AF_UNIX:
        return f"unix:{name}"
    host = f"[{name[0]}]" if sock.family == socket.AF_INET6 else name[0]
    return f"{host}:{name[1]}"


def connect(text, timeout=5.0):
    """A connected stream socket whose operations fail after `timeout` seconds."""
    family, target = family_and_target(text)
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.settimeout(timeout)
    try:
        sock.connect(target)
    except BaseException:
        sock.close()
        raise
    return sock


def listen(text="127.0.0.1:0", backlog=1024):
    """A listening stream socket."""
    family, target = family_and_target(text)
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if family != socket.AF_UNIX:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(target)
        sock.listen(backlog)
    except BaseException:
        sock.close()
        raise
    return sock
