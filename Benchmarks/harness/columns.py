"""The columns of the table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A measured quantity; its unit is in its key."""

    key: str
    title: str
    more_is_better: bool = False
    decimals: int = 1

    def text(self, value: float | None) -> str:
        """For people."""
        return "–" if value is None else f"{value:,.{self.decimals}f}"


COLUMNS = (
    Column("rps", "requests/s", more_is_better=True, decimals=0),
    Column("cpu_us", "CPU µs/request", decimals=2),
    Column("cpu_user_us", "user µs", decimals=2),
    Column("cpu_system_us", "system µs", decimals=2),
    Column("p50_ms", "p50 ms", decimals=3),
    Column("p99_ms", "p99 ms", decimals=3),
    Column("p99_9_ms", "p99.9 ms", decimals=3),
    Column("syscalls", "system calls/request", decimals=2),
    Column("instructions", "instructions/request", decimals=0),
    Column("kib_per_connection", "KiB/idle TCP connection", decimals=2),
    Column("kib_per_http_connection", "KiB/idle HTTP connection", decimals=2),
)

KEYS = tuple(column.key for column in COLUMNS)
