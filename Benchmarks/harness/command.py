"""The command line."""

import argparse
import datetime
import json
import pathlib
import signal
import sys

from . import budgets, chart, machine, passes, plan, report, results
from .child import BenchmarkError
from .rows import LOAD_ROWS, named
from .systems import field

RESULTS = machine.REPOSITORY / "Benchmarks/results"


def main() -> int:
    """Does what the arguments say; the exit code."""
    arguments = _parser().parse_args()
    # As Ctrl-C does, so that a kill leaves nothing behind either.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return arguments.action(arguments)
    except BenchmarkError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted: everything that was started has been ended; no result was written", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="Benchmarks/bench", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="the whole comparison, into results/latest.{json,md} and chart.svg")
    run.set_defaults(action=lambda _: _compare(plan.FULL))
    quick = commands.add_parser("quick", help="an orientation in two minutes, into results/quick.{json,md}")
    quick.set_defaults(action=lambda _: _compare(plan.QUICK))
    counts = commands.add_parser("budgets", help="instructions and system calls against budgets.json")
    counts.add_argument("--write", action="store_true", help="make what is measured now the budget")
    counts.set_defaults(action=lambda arguments: budgets.command(arguments.write))
    row = commands.add_parser("row", help="one row alone, into results/ROW.{json,md}, which are not kept")
    row.add_argument("name", choices=[each.name for each in LOAD_ROWS])
    row.set_defaults(action=lambda arguments: _compare(plan.alone(named(arguments.name))))
    again = commands.add_parser("report", help="write table and chart again from results/latest.json")
    again.set_defaults(action=lambda _: _report_again())
    return parser


def _compare(chosen: plan.Plan) -> int:
    machine.require(*machine.PACKAGES)
    machine.evenkeel()
    machine.raise_fd_limit()
    about = machine.describe()
    with field() as everything:
        measured = passes.Run(chosen, everything).all()
    rows = measured.rows()
    document = {
        "name": chosen.name,
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": about,
        "versions": machine.versions(),
        "rounds": chosen.rounds,
        "latency_rounds": chosen.latency_rounds,
        "rows": rows,
        "ratios": results.ratios(rows),
    }
    results.write(RESULTS / f"{chosen.name}.json", document)
    _write_reports(document)
    print(report.terminal(document))
    print(f"\nwritten: {RESULTS / chosen.name}.json and .md")
    return 0


def _report_again() -> int:
    document = json.loads((RESULTS / "latest.json").read_text())
    _write_reports(document)
    print(report.terminal(document))
    return 0


def _write_reports(document: dict) -> None:
    name = document["name"]
    pathlib.Path(RESULTS / f"{name}.md").write_text(report.markdown(document))
    if name == plan.FULL.name:
        pathlib.Path(RESULTS / "chart.svg").write_text(chart.draw(document))
