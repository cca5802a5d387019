"""`evenkeel load` beside wrk, on the same target with the same connections.

Each takes its turn, over and over, and the best turn of each counts: whatever else runs on the machine can only make
one worse. So they may take turns until they agree; what differs always never does. It measures, so `make bench-load`
alone runs it.
"""

import json
import os
import shutil

import pytest

from support import rusage, wrk
from support.backends import Backend
from support.binary import binary
from support.load_command import url
from support.nginx import Nginx
from support.sanitizer import SANITIZED

pytestmark = [
    wrk.needed,
    pytest.mark.skipif(SANITIZED, reason="a sanitizer costs more than it measures"),
    pytest.mark.skipif(os.environ.get("EVENKEEL_BENCH") != "1", reason="a measurement: make bench-load"),
]

ROUNDS = 10


def evenkeel(to, connections, seconds, threads=1):
    """One run of `evenkeel load`."""
    command = [
        binary(), "load", "--json", "-t", str(threads), "-c", str(connections), "-z", f"{seconds}s", to]
    text, cpu = rusage.run(command)
    found = json.loads(text)
    assert found["failed"] == 0
    latency = found["latency_ms"]
    return rusage.Measured(found["answered"] / cpu, latency["p50"], latency["p99"])


def agree(measure, rule):
    """Takes turns until the rule holds of both lists of what was measured."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(measure(evenkeel))
        theirs.append(measure(wrk.run))
        if rule(ours, theirs):
            return
    raise AssertionError(f"ours: {ours}; wrk's: {theirs}")


def best(turns, name, choose=min):
    """The best of one figure."""
    return choose(getattr(turn, name) for turn in turns)


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_it_sends_as_much_for_the_same_cpu_time(start):
    to = url(start(Nginx()).address)

    def is_as_cheap(ours, theirs):
        figure = "requests_per_cpu_second"
        return len(ours) >= 3 and best(ours, figure, max) >= 0.9 * best(theirs, figure, max)

    agree(lambda tool: tool(to, 50, 1), is_as_cheap)


def test_it_measures_the_same_latencies(start):
    to = url(start(Backend(base_delay="10-50")).address)

    def is_the_same(ours, theirs):
        return all(best(ours, name) == pytest.approx(best(theirs, name), rel=0.1) for name in ("p50", "p99"))

    agree(lambda tool: tool(to, 50, 2), is_the_same)
