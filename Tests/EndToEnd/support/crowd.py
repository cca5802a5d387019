"""A worker that holds thousands of client connections: `crowd ADDRESS COUNT`.

Commands: `connect` opens them all, `talk` has each send a text of its own and wait for its echo,
`close` closes them. Each answers how many succeeded.
"""

import asyncio
import sys

from . import address
from .worker import say

# How many may be connecting at once: well within a listener's backlog.
AT_ONCE = 250


class Member:
    """One client; it must get back exactly what it sends."""

    def __init__(self, number):
        self.text = b"member %06d\n" % number

    async def connect(self, host, port):
        self.reader, self.writer = await asyncio.open_connection(host, port)

    async def talk(self):
        self.writer.write(self.text)
        assert await self.reader.readexactly(len(self.text)) == self.text

    async def close(self):
        self.writer.close()
        await self.writer.wait_closed()


async def succeeded(actions):
    """Runs all, some at once, and counts those without an error."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(action):
        async with gate:
            await asyncio.wait_for(action, 20)

    results = await asyncio.gather(*map(one, actions), return_exceptions=True)
    for error in [result for result in results if result is not None][:3]:
        print(f"crowd: {error!r}", file=sys.stderr)
    return sum(result is None for result in results)


async def main(to, count):
    _, (host, port) = address.family_and_target(to)
    members = [Member(number) for number in range(count)]
    loop = asyncio.get_running_loop()
    while command := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
        if command == "connect":
            say(await succeeded(member.connect(host, port) for member in members))
        else:
            say(await succeeded(getattr(member, command)() for member in members))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
