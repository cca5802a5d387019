"""Clients that tests script: raw ones byte by byte, and a plain HTTP request."""

from . import address
from .http_response import read_response
from .peer import Peer


class ScriptedClient(Peer):
    """A client connection to `to`."""

    def __init__(self, to, timeout=5.0):
        super().__init__(address.connect(to, timeout), timeout)

    def stream(self):
        """A buffered reader of what comes; use it alone from then on."""
        return self.socket.makefile("rb")


def request_head(path="/", method="GET", headers=(), close=True):
    """The bytes of a request head."""
    lines = [f"{method} {path} HTTP/1.1", "Host: evenkeel.test"]
    lines += [f"{name}: {value}" for name, value in dict(headers).items()]
    if close:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def get(to, path="/", method="GET", headers=(), timeout=5.0):
    """The response to one request on a connection of its own."""
    with ScriptedClient(to, timeout) as client:
        client.send(request_head(path, method, headers))
        with client.stream() as stream:
            return read_response(stream, method)
