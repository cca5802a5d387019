"""Instructions in user space per request, counted by valgrind's callgrind."""

import pathlib
import re
from contextlib import contextmanager
from typing import Iterator

from .. import load, machine
from ..child import BenchmarkError, output_of, wait_until
from ..rows import Row
from ..systems import OURS, Field, System

# Requests before any that counts: connections to servers and buffers are there then.
WARM_UP = 100


def parse_callgrind(text: str) -> int | None:
    """Reads a dump of callgrind: the instructions since the dump before; None while it is being written."""
    match = re.search(r"^totals:\s*(\d+)\s*$", text, re.MULTILINE)
    return int(match[1]) if match else None


class InstructionCounter:
    """A balancer under callgrind."""

    def __init__(self, system: System, directory: pathlib.Path):
        self._system = system
        self._directory = directory
        self._dumps = 0

    def per_request(self, row: Row) -> float:
        """The difference between less and more requests: what connecting costs falls out."""
        less, more = row.counted
        self._count(row, min(less, WARM_UP))
        return (self._count(row, more) - self._count(row, less)) / (more - less)

    def _count(self, row: Row, requests: int) -> int:
        self._dump()
        load.count(self._system.url(row.mode, row.path), row, requests)
        return self._dump()

    def _dump(self) -> int:
        """The instructions since the last one."""
        pid = self._system.worker
        self._dumps += 1
        file = self._directory / f"callgrind.{pid}.{self._dumps}"
        said = output_of(["callgrind_control", "--dump", str(pid)], 30)
        if "Error" in said:
            raise BenchmarkError(f"callgrind_control could not reach {self._system.name}:\n{said}")

        def is_whole() -> bool:
            self._system.child.check()
            return file.exists() and parse_callgrind(file.read_text()) is not None

        wait_until(is_whole, 10, f"callgrind has written {file.name}")
        return parse_callgrind(file.read_text())


@contextmanager
def counter(field: Field, name: str) -> Iterator[InstructionCounter]:
    """Starts a balancer under callgrind; some seconds."""
    tracer = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={field.directory}/callgrind.%p",
              # One name for all dumps of a process, none for each thread.
              "--separate-threads=no"]
    binary = _without_debug_information(field) if name == OURS else None
    with field.balancer(name, tracer, single=True, binary=binary, deadline=60) as system:
        yield InstructionCounter(system, field.directory)


def _without_debug_information(field: Field) -> str:
    # Debian 12's valgrind 3.19 cannot read Swift's and gives up. The code stays the same.
    stripped = field.directory / "evenkeel-stripped"
    if not stripped.exists():
        output_of(["strip", "-o", str(stripped), machine.evenkeel()], 60)
    return str(stripped)
