"""How much of everything a run does."""

from dataclasses import dataclass

from .rows import BUDGET_ROWS, LOAD_ROWS, Row


@dataclass(frozen=True)
class Plan:
    """The passes, each over its rows."""

    name: str
    rows: tuple[Row, ...]
    # Rounds at full speed; in each, every system has its turn in every row.
    rounds: int
    # Rounds at a fixed rate, each so many seconds.
    latency_rounds: int
    latency_seconds: float
    latency_rows: tuple[Row, ...]
    counted_rows: tuple[Row, ...]
    # What the whole is to take at most, in seconds.
    limit: int
    # Whether idle connections are measured.
    memory: bool = True


_COUNTED = tuple(row for row in LOAD_ROWS if row.counted)
_BUDGETED = tuple(row for row in LOAD_ROWS if row.name in BUDGET_ROWS)
_QUICK = tuple(row for row in LOAD_ROWS if row.name in (*BUDGET_ROWS, "http-64k", "http-10m", "http-retry"))

FULL = Plan("latest", rows=LOAD_ROWS, rounds=5, latency_rounds=3, latency_seconds=1, latency_rows=LOAD_ROWS,
            counted_rows=_COUNTED, limit=600)
# For an orientation while one works: one round says little of times, but the counts are as good.
QUICK = Plan("quick", rows=_QUICK, rounds=1, latency_rounds=1, latency_seconds=1, latency_rows=_BUDGETED,
             counted_rows=_BUDGETED[:3], limit=120)


def alone(row: Row) -> Plan:
    """One row, with as many rounds as in the whole run."""
    counted = (row,) if row.counted else ()
    return Plan(row.name, rows=(row,), rounds=5, latency_rounds=5, latency_seconds=2, latency_rows=(row,),
                counted_rows=counted, limit=120, memory=False)
