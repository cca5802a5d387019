"""A worker that sends numbered requests on kept connections: `numbered_load ADDRESS METHOD CONNECTIONS PREFIX`.

Each command is a count: so many requests, `/PREFIX/1`, `/PREFIX/2` …, as fast as answers come. It answers
`{"kinds": {"200": 4990, "502": 10}, "failed": [[17, "502"], …]}`. A kind is a status, "closed", "reset" or
"refused"; unlike a browser it never asks again.
"""

import asyncio
import collections
import sys

from . import address
from .worker import say


class Client(asyncio.Protocol):
    """One connection, which is made anew when it ends."""

    def __init__(self, load):
        self.load = load
        self.buffer = b""
        self.done = None

    def data_received(self, data):
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0 or not self.done:
            return
        head = self.buffer[:end].lower()
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        if len(self.buffer) >= end + 4 + length:
            self.buffer = self.buffer[end + 4 + length:]
            self.finish(head[9:12].decode(), close=b"\r\nconnection: close" in head)

    def connection_lost(self, error):
        if self.done:
            self.finish("reset" if error else "closed", close=True)
        self.over = True

    def finish(self, kind, close):
        self.over = close
        done, self.done = self.done, None
        done.set_result(kind)


class Load:
    def __init__(self, to, method, prefix):
        _, self.target = address.family_and_target(to)
        self.method, self.prefix = method, prefix
        self.sent = self.goal = 0
        self.failed = []
        self.kinds = collections.Counter()

    def request(self, number):
        body = b"" if self.method == "GET" else b"number %08d" % number
        framing = b"Content-Length: %d\r\n" % len(body) if body else b""
        return b"%s /%s/%d HTTP/1.1\r\nHost: load.test\r\n%s\r\n%s" % (
            self.method.encode(), self.prefix.encode(), number, framing, body)

    async def client(self):
        loop = asyncio.get_running_loop()
        client = None
        while self.sent < self.goal:
            self.sent += 1
            number = self.sent
            try:
                if client is None or client.over:
                    transport, client = await loop.create_connection(lambda: Client(self), *self.target)
                    client.transport, client.over = transport, False
                client.done = loop.create_future()
                client.transport.write(self.request(number))
                late = loop.call_later(30, client.finish, "timed out", True)
                kind = await client.done
                late.cancel()
            except ConnectionRefusedError:
                kind = "refused"
            self.kinds[kind] += 1
            if kind != "200":
                self.failed.append([number, kind])
        if client:
            client.transport.close()


async def main(to, method, connections, prefix):
    loop = asyncio.get_running_loop()
    while command := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
        load = Load(to, method, prefix)
        load.goal = int(command)
        await asyncio.gather(*(load.client() for _ in range(connections)))
        say({"kinds": dict(load.kinds), "failed": load.failed})


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]))
