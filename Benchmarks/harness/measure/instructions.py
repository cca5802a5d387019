"""Instructions in user space per request, counted by valgrind's callgrind."""

import pathlib
import re
from contextlib import contextmanager
from typing import Iterable, Iterator

from .. import load, machine
from ..child import BenchmarkError, output_of, wait_until
from ..ports import accepted
from ..rows import Row
from ..systems import MODES, OURS, Field, System

# Requests before any that counts: connections to servers and buffers are there then.
WARM_UP = 100


def parse_callgrind(text: str) -> int | None:
    """Reads a dump of callgrind: the instructions since the dump before; None while it is being written."""
    match = re.search(r"^totals:\s*(\d+)\s*$", text, re.MULTILINE)
    return int(match[1]) if match else None


def per_request(field: Field, name: str, rows: Iterable[Row]) -> Iterator[tuple[Row, float]]:
    """The rows, each with the balancer's instructions per request; one start for all rows of a mode."""
    for mode in MODES:
        of_mode = [row for row in rows if row.mode == mode]
        if of_mode:
            with _counter(field, name, mode) as counter:
                for row in of_mode:
                    yield row, counter.per_request(row)


class _Counter:
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
        """The instructions of a load, from its first connection to the end of its last."""
        load.count(self._system.url(row.path), row, requests)
        wait_until(lambda: not accepted([self._system.port]), 20, f"{self._system.name} has closed its connections")
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
def _counter(field: Field, name: str, mode: str) -> Iterator[_Counter]:
    """Starts a balancer under callgrind; some seconds."""
    tracer = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={field.directory}/callgrind.%p",
              # One name for all dumps of a process, none for each thread.
              "--separate-threads=no"]
    binary = _without_debug_information(field) if name == OURS else None
    with field.balancer(name, mode, tracer, single=True, binary=binary, deadline=60) as system:
        yield _Counter(system, field.directory)


def _without_debug_information(field: Field) -> str:
    # Debian 12's valgrind 3.19 cannot read Swift's and gives up. The code stays the same.
    stripped = field.directory / "evenkeel-stripped"
    if not stripped.exists():
        output_of(["strip", "-o", str(stripped), machine.evenkeel()], 60)
    return str(stripped)
