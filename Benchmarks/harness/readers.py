"""Clients that read a balancer's statistics as fast as they get them, each time over a new connection."""

import asyncio
import contextlib
import pathlib
import sys
import tempfile
from contextlib import contextmanager
from typing import Iterator

from . import machine
from .child import running
from .systems import STATISTICS, System


@contextmanager
def reading(system: System, count: int) -> Iterator[None]:
    """So many of them, in a process of their own on the load's core."""
    if not count:
        yield
        return
    command = [sys.executable, "-m", __name__, str(system.statistics), STATISTICS[system.name], str(count)]
    with tempfile.TemporaryDirectory(prefix="evenkeel-readers-") as directory, \
            running("readers", command, machine.cores()[1], pathlib.Path(directory),
                    environment={"PYTHONPATH": str(machine.REPOSITORY / "Benchmarks")}) as child:
        yield
        child.check()


async def _read(port: int, path: str) -> None:
    asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.closing(writer):
                writer.write(asked)
                await reader.read()


async def _all(port: int, path: str, count: int) -> None:
    await asyncio.gather(*(_read(port, path) for _ in range(count)))


if __name__ == "__main__":
    asyncio.run(_all(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
