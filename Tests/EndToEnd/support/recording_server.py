"""A fast server that writes down each request before it answers: `recording_server FILE CLOSING`.

It says its address. A line of the file is `METHOD TARGET REQUEST-ID`; what is in the file was received, even if
the server was killed at once. CLOSING is the share of answers after which it closes the connection within a few
milliseconds, be a request on its way or not.
"""

import asyncio
import os
import random
import re
import sys

from .worker import Worker, say

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
REQUEST_ID = re.compile(rb"\r\nx-request-id: *(\S+)", re.IGNORECASE)

# The longest time from an answer to the close.
MOST_IDLE_SECONDS = 0.004


class Recorder(asyncio.Protocol):
    """One connection."""

    def __init__(self, file, closing, dice):
        self.file, self.closing, self.dice = file, closing, dice
        self.buffer = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            length = LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self.buffer) < whole:
                return
            self.buffer = self.buffer[whole:]
            self.answer(head)

    def answer(self, head):
        method, target, _ = head.split(b" ", 2)
        identifier = REQUEST_ID.search(head)
        os.write(self.file, b"%s %s %s\n" % (method, target, identifier[1] if identifier else b"-"))
        self.transport.write(ANSWER)
        if self.closing and self.dice.random() < self.closing:
            asyncio.get_running_loop().call_later(
                self.dice.random() * MOST_IDLE_SECONDS, self.transport.close)


async def main(path, closing):
    loop = asyncio.get_running_loop()
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    dice = random.Random(7)
    server = await loop.create_server(lambda: Recorder(file, closing, dice), "127.0.0.1", 0, backlog=4096)
    say("127.0.0.1:%d" % server.sockets[0].getsockname()[1])
    await server.serve_forever()


class RecordingServer(Worker):
    """The server from outside."""

    def __init__(self, file, closing=0.0, name="recorder"):
        super().__init__("recording_server", file, closing)
        self.file = file
        self.name = name
        file.touch()

    def __enter__(self):
        super().__enter__()
        self.address = self.answer()
        return self

    def kill(self):
        """kill -9, and waits until it is gone."""
        self._popen.kill()
        self._popen.wait()

    @property
    def requests(self):
        """(method, target, request id) of each request that it received."""
        return [tuple(line.split()) for line in self.file.read_text().splitlines()]


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
