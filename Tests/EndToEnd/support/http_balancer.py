"""The balancer in HTTP mode, with servers that count as up whatever happens."""

import json
import pathlib

from .balancer import Balancer
from .configuration import NO_CHECKS
from .http_client import HTTPClient, exchange


class HTTPBalancer(Balancer):
    """A `Balancer` for servers with a name and an address, such as `HTTPServer`s; or plain addresses.

    `max_connections` is that of every server. Without `health` there are no checks.
    """

    def __init__(self, servers, *, health=None, max_connections=None, **settings):
        pairs = [
            server if isinstance(server, str | tuple)
            else (getattr(server, "name", f"server-{number}"), server.address)
            for number, server in enumerate(servers, 1)]
        super().__init__(pairs, mode="http", health=health or NO_CHECKS, **settings)
        if max_connections is not None:
            self._limit_servers(max_connections)

    def client(self, timeout=5.0):
        """A connection for requests."""
        return HTTPClient(self.address, timeout)

    def exchange(self, path="/", method="GET", fields=(), body=b"", **more):
        """The answer to one request on a connection of its own."""
        return exchange(self.address, path, method, fields, body, **more)

    def _limit_servers(self, max_connections):
        file = pathlib.Path(self.command[-1])
        settings = json.loads(file.read_text())
        for server in settings["services"]["main"]["servers"]:
            server["max_connections"] = max_connections
        file.write_text(json.dumps(settings, indent=2))


def logging_balancer(start, *servers, **settings):
    """A started one with an access log."""
    return start(HTTPBalancer(servers, access_log="on", **settings))
