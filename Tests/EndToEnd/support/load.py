"""Many clients at once, each request's outcome kept: nothing is lost in a rate."""

import asyncio
import collections
import dataclasses
import socket
import threading
import time

from . import address, polling
from .http_response import BrokenResponse, parse_head
from .scripted_client import request_head


@dataclasses.dataclass(frozen=True)
class Outcome:
    """One request: when (monotonic seconds), and how it ended.

    `kind` is the status ("200"), or "refused", "reset", "closed" (before the whole answer),
    "timed out", or "broken" (no HTTP).
    """

    started: float
    ended: float
    kind: str
    server: str | None = None


class _Closed(Exception):
    def __init__(self, after):
        super().__init__(f"closed after {after} bytes")
        self.after = after


class Load:
    """`connections` clients that each send a request as soon as the one before has its answer.

    With `keep_alive` a client goes on using its connection, and, as every HTTP client, asks again
    on a new one when a used connection was closed before any byte of the answer. `total` bounds the
    number of requests; without it the load goes on until `stop`.
    """

    def __init__(self, to, connections=64, *, path="/", keep_alive=False, total=None, timeout=10.0):
        self._family, self._target = address.family_and_target(to)
        self._connections = connections
        self._head = request_head(path, close=not keep_alive)
        self._keep_alive = keep_alive
        self._left = total
        self._timeout = timeout
        self._stopping = False
        self._thread = threading.Thread(target=self._run_loop, daemon=True)
        self._error = None
        self.outcomes = []

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, kind, *_):
        self._stopping = True
        self._thread.join(50)

    def stop(self):
        """Lets the requests in flight end, and gives all outcomes."""
        self._stopping = True
        return self.finish()

    def finish(self):
        """Waits until `total` requests are done, and gives all outcomes."""
        self._thread.join(50)
        assert not self._thread.is_alive(), "the load did not end"
        assert self._error is None, f"the load itself failed: {self._error!r}"
        return self.outcomes

    def wait_for(self, count, server=None, after=0.0, deadline=10.0):
        """Waits until `count` more answers (from `server`, started after that time) have come."""
        def answers():
            return sum(
                1 for outcome in list(self.outcomes)
                if outcome.kind == "200" and outcome.started >= after
                and server in (None, outcome.server))
        goal = answers() + count
        polling.wait_until(lambda: answers() >= goal, deadline, f"{count} more answers of {server or 'any'}")

    def _run_loop(self):
        try:
            asyncio.run(self._run())
        except Exception as error:
            self._error = error

    async def _run(self):
        await asyncio.gather(*(self._client() for _ in range(self._connections)))

    def _wants_more(self):
        if self._stopping or self._left == 0:
            return False
        if self._left is not None:
            self._left -= 1
        return True

    async def _client(self):
        connection = None
        while self._wants_more():
            started = time.monotonic()
            kind, server = "timed out", None
            try:
                async with asyncio.timeout(self._timeout):
                    kind, server, connection = await self._exchange(connection)
            except TimeoutError:
                connection = None
            self.outcomes.append(Outcome(started, time.monotonic(), kind, server))
        if connection:
            connection.close()

    async def _exchange(self, kept):
        """(kind, server, the connection when it can be used again)."""
        connection = kept
        try:
            connection = kept or await self._connect()
            try:
                status, headers = await self._ask(connection)
            except (_Closed, ConnectionResetError, BrokenPipeError) as error:
                if kept is None or getattr(error, "after", 0):
                    raise
                connection.close()
                connection = await self._connect()
                status, headers = await self._ask(connection)
        except ConnectionRefusedError:
            return "refused", None, None
        except (ConnectionResetError, BrokenPipeError):
            return self._drop(connection, "reset")
        except _Closed:
            return self._drop(connection, "closed")
        except BrokenResponse:
            return self._drop(connection, "broken")
        if not self._keep_alive or headers.get("connection", "").lower() == "close":
            connection.close()
            connection = None
        return str(status), headers.get("x-backend", "").rsplit(":", 1)[0] or None, connection

    @staticmethod
    def _drop(connection, kind):
        if connection:
            connection.close()
        return kind, None, None

    async def _connect(self):
        connection = socket.socket(self._family, socket.SOCK_STREAM)
        connection.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(connection, self._target)
        except BaseException:
            connection.close()
            raise
        return connection

    async def _ask(self, connection):
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(connection, self._head)
        data = b""
        needed = None
        while needed is None or len(data) < needed:
            part = await loop.sock_recv(connection, 65536)
            if not part:
                raise _Closed(len(data))
            data += part
            if needed is None and (end := data.find(b"\r\n\r\n")) >= 0:
                status, headers = parse_head(data[:end])
                needed = end + 4 + int(headers["content-length"])
        return status, headers


def kinds(outcomes):
    """How many ended in which way: {"200": 5000}."""
    return dict(collections.Counter(outcome.kind for outcome in outcomes))


def servers(outcomes):
    """How many each server answered: {"Server-1": 2500}."""
    return dict(collections.Counter(outcome.server for outcome in outcomes if outcome.server))
