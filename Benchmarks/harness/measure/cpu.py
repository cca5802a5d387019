"""CPU time of processes, with all their threads."""

import os
import pathlib
from dataclasses import dataclass
from typing import Iterable

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class CPUTime:
    """Seconds of CPU time so far."""

    user: float = 0
    system: float = 0

    @property
    def total(self) -> float:
        """User and system."""
        return self.user + self.system

    def __add__(self, other: "CPUTime") -> "CPUTime":
        return CPUTime(self.user + other.user, self.system + other.system)

    def __sub__(self, other: "CPUTime") -> "CPUTime":
        return CPUTime(self.user - other.user, self.system - other.system)

    def scaled(self, total: float) -> "CPUTime":
        """The same shares of another total."""
        return CPUTime(self.user * total / self.total, self.system * total / self.total) if self.total else self


class CPUClock:
    """The CPU time that processes use from now on.

    /proc/PID/stat tells user and system time, in steps of 10 ms. Where the scheduler's own count, in nanoseconds,
    can be read, it gives the sum and stat only the shares.
    """

    def __init__(self, pids: Iterable[int]):
        self._pids = list(pids)
        self._stat, self._exact = self._read()

    def used(self) -> CPUTime:
        """Since the clock was made."""
        stat, exact = self._read()
        used = stat - self._stat
        return used.scaled(exact - self._exact) if exact is not None and self._exact is not None else used

    def _read(self) -> tuple[CPUTime, float | None]:
        stat = sum((parse_stat(pathlib.Path(f"/proc/{pid}/stat").read_text()) for pid in self._pids), CPUTime())
        try:
            return stat, sum(map(_scheduled, self._pids))
        except OSError:
            return stat, None


def parse_stat(text: str) -> CPUTime:
    """Reads /proc/PID/stat. The program's name, in parentheses, may contain anything."""
    fields = text[text.rindex(")") + 2:].split()
    return CPUTime(int(fields[11]) / _TICKS_PER_SECOND, int(fields[12]) / _TICKS_PER_SECOND)


def _scheduled(pid: int) -> float:
    tasks = pathlib.Path(f"/proc/{pid}/task")
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9
