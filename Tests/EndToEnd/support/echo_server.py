"""A worker that echoes on thousands of connections: says its address, then `count` on request."""

import asyncio
import sys

from .worker import say


class Echo(asyncio.Protocol):
    """One connection."""

    held = 0

    def connection_made(self, transport):
        Echo.held += 1
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)

    def connection_lost(self, error):
        Echo.held -= 1


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, "127.0.0.1", 0, backlog=4096)
    say("127.0.0.1:%d" % server.sockets[0].getsockname()[1])
    while await loop.run_in_executor(None, sys.stdin.readline):
        say(Echo.held)


if __name__ == "__main__":
    asyncio.run(main())
