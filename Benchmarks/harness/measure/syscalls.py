"""System calls per request, counted by strace."""

import pathlib
import re

from .. import load
from ..rows import Row
from ..systems import Field


def parse_strace(text: str) -> int:
    """Reads the table of `strace -c -U calls,name`: all calls together."""
    match = re.search(r"^\s*(\d+)\s+total\s*$", text, re.MULTILINE)
    if not match:
        raise ValueError(f"no total in strace's table:\n{text}")
    return int(match[1])


def per_request(field: Field, name: str, row: Row) -> float:
    """Two runs from start to end, with less and with more requests: what start and end cost falls out."""
    less, more = row.counted
    return (_calls(field, name, row, more) - _calls(field, name, row, less)) / (more - less)


def _calls(field: Field, name: str, row: Row, requests: int) -> int:
    table = field.directory / "strace.table"
    table.unlink(missing_ok=True)
    tracer = ["strace", "-f", "-c", "-U", "calls,name", "-o", str(table),
              # It ends with strace, whatever ends that. The calls of setpriv fall out with those of the start.
              "setpriv", "--pdeathsig", "TERM"]
    with field.balancer(name, row.mode, tracer, wrapped=True) as system:
        load.count(system.url(row.path), row, requests)
    return parse_strace(pathlib.Path(table).read_text())
