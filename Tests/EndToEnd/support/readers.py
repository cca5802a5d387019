"""A crowd that reads one path as fast as it gets answers, in a process of its own: its work is not the test's."""

import asyncio
import contextlib
import os
import pathlib
import subprocess
import sys
import threading

from .address import family_and_target


class Readers:
    """So many connections that ask `to` for `path`, until the end of the context; `answers` counts."""

    def __init__(self, to, path, count):
        self._command = [sys.executable, "-m", "support.readers", to, path, str(count)]
        self.answers = 0

    def __enter__(self):
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, cwd=pathlib.Path(__file__).parent.parent)
        self._counting = threading.Thread(target=self._count, daemon=True)
        self._counting.start()
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._counting.join()
        self._process.stdout.close()

    def _count(self):
        while self._process.stdout.readline():
            self.answers += 1


async def _read(target, asked):
    while True:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection(*target)
            with contextlib.closing(writer):
                while True:
                    writer.write(asked)
                    head = (await reader.readuntil(b"\r\n\r\n")).lower()
                    await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n")[0]))
                    print(flush=True)


async def _read_all(to, path, count):
    asked = f"GET {path} HTTP/1.1\r\nHost: {to}\r\n\r\n".encode()
    await asyncio.gather(*(_read(family_and_target(to)[1], asked) for _ in range(count)))


if __name__ == "__main__":
    # What the crowd does with its answers is not to take the processor from those who are measured.
    os.nice(19)
    asyncio.run(_read_all(sys.argv[1], sys.argv[2], int(sys.argv[3])))
