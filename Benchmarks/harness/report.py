"""Tables for people: on the terminal and in Markdown."""

from .columns import COLUMNS, Column
from .rows import IDLE, IDLE_TITLE, LOAD_ROWS
from .systems import OURS, SYSTEMS

TITLES = {row.name: row.title for row in LOAD_ROWS} | {IDLE: IDLE_TITLE}
# What a table has for each row and system; user and system time stand beside their sum in the JSON alone.
NAMES = {"haproxy": "HAProxy", "nginx": "nginx", OURS: "Evenkeel", "backend": "no balancer"}


def terminal(document: dict) -> str:
    """A block for each row: the systems below each other, with the ratios of ours to the better peer."""
    blocks = []
    for row, entries in _by_row(document).items():
        columns = [column for column in COLUMNS if any(column.key in entry for entry in entries)]
        ratios = document["ratios"].get(row, {})
        lines = [[f"{row}", *(column.title for column in columns)]]
        lines += [[_name(entry), *(column.text(entry.get(column.key)) for column in columns)] for entry in entries]
        if ratios:
            lines.append(["ours / better peer", *(_ratio(column, ratios) for column in columns)])
        blocks.append(_aligned(lines))
    return "\n\n".join(blocks)


def markdown(document: dict) -> str:
    """The page that is kept beside the JSON."""
    machine, versions = document["machine"], document["versions"]
    text = [
        "# Evenkeel beside HAProxy and nginx",
        f"{document['date']} · {machine['cpu']}, {machine['cores']} cores · {machine['system']}, "
        f"Linux {machine['kernel']} · HAProxy {versions['haproxy']}, nginx {versions['nginx']}, "
        f"Evenkeel {versions['evenkeel']} ({versions['commit']}) · load average at the start "
        f"{machine['load_average_at_start']:.1f}",
        f"One thread each, the balancer on one core, load and servers on another. Medians of {document['rounds']} "
        "interleaved rounds, with the least and the most in parentheses. **Ratio** is ours divided by the better "
        "peer's: above 1 is better for requests/s, below 1 for everything else. "
        "[How it is measured](../../docs/benchmarks.md).",
        "![CPU time per request](chart.svg)" if document["name"] == "latest" else "",
    ]
    for row, entries in _by_row(document).items():
        text += [f"## {TITLES[row]} (`{row}`)", _row_table(entries, document["ratios"].get(row, {}))]
    return "\n\n".join(part for part in text if part) + "\n"


def _row_table(entries: list[dict], ratios: dict[str, float]) -> str:
    lines = ["| | " + " | ".join(_name(entry) for entry in entries) + " | ratio |",
             "|---|" + "---:|" * (len(entries) + 1)]
    for column in COLUMNS:
        if any(column.key in entry for entry in entries):
            cells = [_with_range(column, entry) for entry in entries]
            lines.append(f"| {column.title} | " + " | ".join(cells) + f" | {_ratio(column, ratios)} |")
    return "\n".join(lines)


def _with_range(column: Column, entry: dict) -> str:
    text = column.text(entry.get(column.key))
    if f"{column.key}_min" not in entry:
        return text
    return f"{text} ({column.text(entry[f'{column.key}_min'])}–{column.text(entry[f'{column.key}_max'])})"


def _name(entry: dict) -> str:
    marks = [f"{entry[key]} {key}" for key in ("errors", "unsent") if entry.get(key)]
    return NAMES[entry["system"]] + (f" [{', '.join(marks)}]" if marks else "")


def _ratio(column: Column, ratios: dict[str, float]) -> str:
    return f"{ratios[column.key]:.2f}" if column.key in ratios else ""


def _by_row(document: dict) -> dict[str, list[dict]]:
    rows: dict[str, list[dict]] = {}
    for entry in sorted(document["rows"], key=lambda entry: SYSTEMS.index(entry["system"])):
        rows.setdefault(entry["row"], []).append(entry)
    return {row: rows[row] for row in TITLES if row in rows}


def _aligned(lines: list[list[str]]) -> str:
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) if place == 0 else cell.rjust(width)
                  for place, (cell, width) in enumerate(zip(line, widths))).rstrip()
        for line in lines)
