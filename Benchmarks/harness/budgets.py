"""Budgets: instructions in user space and system calls per request that ours may take.

Counts and not times, so that a busy machine cannot fail them.
"""

import json
import math

from . import machine
from .measure import instructions, syscalls
from .rows import BUDGET_ROWS, named
from .systems import OURS, Field, field

FILE = machine.REPOSITORY / "Benchmarks/budgets.json"

# What a budget has above what was measured when it was written.
TOLERANCE_PERCENT = 10

COLUMNS = ("instructions", "syscalls")


def command(writes: bool) -> int:
    """Measures, and compares with the file or writes it; 1 when a row is over its budget."""
    machine.require("nginx", "strace", "valgrind", "callgrind_control", "strip", "taskset", "setpriv")
    machine.evenkeel()
    machine.raise_fd_limit()
    with field() as everything:
        measured = measure(everything)
    if writes:
        FILE.write_text(json.dumps(budgets_for(measured), indent=2) + "\n")
        print(f"written: {FILE}")
    budgets = json.loads(FILE.read_text())
    print(table(measured, budgets["rows"]))
    over = over_budget(measured, budgets["rows"])
    for line in over:
        print(f"over budget: {line}")
    if over:
        print("If that is what it has to cost, make it the budget: Benchmarks/bench budgets --write")
    return 1 if over else 0


def measure(everything: Field) -> dict[str, dict[str, float]]:
    """Row → column → count per request."""
    measured = {name: {"syscalls": syscalls.per_request(everything, OURS, named(name))} for name in BUDGET_ROWS}
    for row, counted in instructions.per_request(everything, OURS, [named(name) for name in BUDGET_ROWS]):
        measured[row.name]["instructions"] = counted
    return measured


def budgets_for(measured: dict[str, dict[str, float]]) -> dict[str, object]:
    """What the file says when this is what is right."""
    factor = 1 + TOLERANCE_PERCENT / 100
    return {
        "tolerance_percent": TOLERANCE_PERCENT,
        "rows": {name: {"instructions": math.ceil(row["instructions"] * factor),
                        "syscalls": math.ceil(row["syscalls"] * factor * 10) / 10}
                 for name, row in measured.items()},
    }


def over_budget(measured: dict[str, dict[str, float]], budgets: dict[str, dict[str, float]]) -> list[str]:
    """A line for each count that is above its budget, or has none."""
    lines = []
    for name, row in measured.items():
        for column in COLUMNS:
            budget = budgets.get(name, {}).get(column)
            if budget is None:
                lines.append(f"{name} has no budget of {column}")
            elif row[column] > budget:
                lines.append(f"{name}: {row[column]:,.1f} {column} a request, {budget:,} are allowed")
    return lines


def table(measured: dict[str, dict[str, float]], budgets: dict[str, dict[str, float]]) -> str:
    """Measured and allowed, row by row."""
    lines = [f"{'per request':16}{'instructions':>14}{'budget':>10}{'':>7}{'system calls':>14}{'budget':>8}{'':>7}"]
    for name, row in measured.items():
        instructions_allowed, calls_allowed = (budgets.get(name, {}).get(column, 0) for column in COLUMNS)
        lines.append(
            f"{name:16}{row['instructions']:>14,.0f}{instructions_allowed:>10,}"
            f"{_share(row['instructions'], instructions_allowed):>7}"
            f"{row['syscalls']:>14.2f}{calls_allowed:>8}{_share(row['syscalls'], calls_allowed):>7}")
    return "\n".join(lines)


def _share(value: float, budget: float) -> str:
    return f"{100 * value / budget:.0f}%" if budget else "–"
