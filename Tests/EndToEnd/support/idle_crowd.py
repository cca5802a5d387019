"""A worker that holds thousands of idle HTTP clients: `idle_crowd ADDRESS COUNT`.

Commands: `connect` opens them all, `ask` has each send one request and read its answer, `close` closes them.
Each answers how many succeeded.
"""

import asyncio
import sys

from . import address
from .crowd import succeeded
from .worker import say

REQUEST = b"GET / HTTP/1.1\r\nHost: crowd.test\r\nUser-Agent: idle\r\nAccept: */*\r\n\r\n"


class Member(asyncio.Protocol):
    """One client, with as little memory as can be."""

    __slots__ = ("transport", "answered")

    def __init__(self):
        self.answered = None

    async def connect(self, host, port):
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_connection(lambda: self, host, port)

    async def ask(self):
        assert not self.transport.is_closing(), "it was closed"
        self.answered = asyncio.get_running_loop().create_future()
        self.transport.write(REQUEST)
        assert (await self.answered).startswith(b"HTTP/1.1 200 ")

    async def close(self):
        assert not self.transport.is_closing(), "it was closed"
        self.transport.close()

    def data_received(self, data):
        # Small answers come in one piece.
        if self.answered and not self.answered.done():
            self.answered.set_result(data)

    def connection_lost(self, error):
        if self.answered and not self.answered.done():
            self.answered.set_exception(error or EOFError())


async def main(to, count):
    _, (host, port) = address.family_and_target(to)
    members = [Member() for _ in range(count)]
    loop = asyncio.get_running_loop()
    while command := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
        arguments = (host, port) if command == "connect" else ()
        say(await succeeded(getattr(member, command)(*arguments) for member in members))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
