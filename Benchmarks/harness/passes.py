"""The passes of a run, each of which fills some columns."""

import sys
import time
from contextlib import ExitStack

from . import load, readers
from .child import BenchmarkError
from .measure import instructions, memory, syscalls
from .measure.cpu import CPUClock
from .plan import Plan
from .results import Results
from .rows import IDLE, Row
from .systems import BALANCERS, PEERS, Field, System


# After so many times what a quiet machine needs, the numbers would be nobody's.
GIVE_UP = 3


class Run:
    """One run of a plan."""

    def __init__(self, plan: Plan, field: Field):
        self._plan = plan
        self._field = field
        self._start = time.monotonic()
        self.results = Results()

    def all(self) -> Results:
        """All passes, one after the other."""
        with ExitStack() as stack:
            # All are there from the start to the end: those that nobody asks take no time.
            systems = {mode: [stack.enter_context(self._field.balancer(name, mode)) for name in BALANCERS]
                       for mode in {row.mode for row in self._plan.rows}}
            self._full_speed(systems)
            self._fixed_rate(systems)
        self._counts()
        if self._plan.memory:
            self._memory()
        self._say(f"done; {self._plan.limit} s were allowed")
        return self.results

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._start

    def _full_speed(self, systems: dict[str, list[System]]) -> None:
        for number in range(self._plan.rounds):
            self._say(f"full speed, round {number + 1} of {self._plan.rounds}")
            for row in self._plan.rows:
                # Without a balancer nobody can turn to another server.
                bare = [] if row.mode == "retry" else [self._field.backend]
                for system in turned([*systems[row.mode], *bare], number):
                    self._throughput(row, system)

    def _throughput(self, row: Row, system: System) -> None:
        clock = CPUClock(system.pids)
        seen = load.wrk(system.url(row.path), row, row.seconds)
        used = clock.used()
        self.results.errors[row.name, system.name] += seen.errors
        if not seen.requests:
            return self.results.add(row.name, system.name, rps=0)
        microseconds = 1e6 / seen.requests
        self.results.add(
            row.name, system.name, rps=seen.rate, cpu_us=used.total * microseconds,
            cpu_user_us=used.user * microseconds, cpu_system_us=used.system * microseconds,
            core_used=used.total / seen.seconds)

    def _fixed_rate(self, systems: dict[str, list[System]]) -> None:
        """At half of what the slowest peer carried, so that nobody is near the limit."""
        for number in range(self._plan.latency_rounds):
            self._say(f"fixed rate, round {number + 1} of {self._plan.latency_rounds}")
            for row in self._plan.latency_rows:
                slowest = row.rate * 2 if row.rate else min(self.results.median(row.name, peer, "rps") or 0 for peer in PEERS)
                rate = self.results.rates.setdefault(row.name, max(1, int(slowest / 2)))
                for system in turned(systems[row.mode], number):
                    self._latency(row, system, rate)

    def _latency(self, row: Row, system: System, rate: int) -> None:
        with memory.held(system, row.held), readers.reading(system, row.readers):
            seen = load.at_rate(system.url(row.path), row, rate, self._plan.latency_seconds)
        self.results.errors[row.name, system.name] += seen.errors
        self.results.unsent[row.name, system.name] += seen.unsent
        self.results.add(
            row.name, system.name, p50_ms=seen.p50_ms, p99_ms=seen.p99_ms, p99_9_ms=seen.p99_9_ms)

    def _counts(self) -> None:
        for name in BALANCERS:
            self._say(f"counting {name}'s system calls")
            for row in self._plan.counted_rows:
                self.results.add(row.name, name, syscalls=syscalls.per_request(self._field, name, row))
            self._say(f"counting {name}'s instructions")
            for row, counted in instructions.per_request(self._field, name, self._plan.counted_rows):
                self.results.add(row.name, name, instructions=counted)

    def _memory(self) -> None:
        self._say("memory of idle connections")
        for name in BALANCERS:
            self.results.add(
                IDLE, name, kib_per_connection=memory.per_connection(self._field, name, "tcp"),
                kib_per_http_connection=memory.per_connection(self._field, name, "http"))

    def _say(self, what: str) -> None:
        print(f"[{self.elapsed:4.0f} s] {what}", file=sys.stderr, flush=True)
        if self.elapsed > GIVE_UP * self._plan.limit:
            raise BenchmarkError(f"given up after {self.elapsed:.0f} s: the machine is too busy to measure on")


def turned(systems: list[System], number: int) -> list[System]:
    """Another one begins in each round, so that nobody is always behind the same neighbour."""
    first = number % len(systems)
    return systems[first:] + systems[:first]
