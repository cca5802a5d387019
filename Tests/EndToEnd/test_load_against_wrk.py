"""`evenkeel load` beside wrk, on the same target with the same connections.

Each takes its turn, over and over, and the best turn of each counts: whatever else runs on the machine can only make
one worse. It measures, so it wants a quiet machine, and `make bench-load` alone runs it.
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

ROUNDS = 5


def evenkeel(to, connections, seconds, threads=1):
    """One run of `evenkeel load`."""
    command = [
        binary(), "load", "--json", "-t", str(threads), "-c", str(connections), "-z", f"{seconds}s", to]
    text, cpu = rusage.run(command)
    found = json.loads(text)
    assert found["failed"] == 0
    latency = found["latency_ms"]
    return rusage.Measured(found["answered"] / cpu, latency["p50"], latency["p99"])


def turns(to, connections, seconds):
    """What both measured, in turns."""
    pairs = [
        (evenkeel(to, connections, seconds), wrk.run(to, connections, seconds)) for _ in range(ROUNDS)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_it_sends_as_much_for_the_same_cpu_time(start):
    ours, theirs = turns(url(start(Nginx()).address), 50, 1)
    best = [max(turn.requests_per_cpu_second for turn in all_turns) for all_turns in (ours, theirs)]
    assert best[0] >= 0.9 * best[1], (ours, theirs)


def test_it_measures_the_same_latencies(start):
    ours, theirs = turns(url(start(Backend(base_delay="10-50")).address), 50, 2)
    for name in ("p50", "p99"):
        best = [min(getattr(turn, name) for turn in all_turns) for all_turns in (ours, theirs)]
        assert best[0] == pytest.approx(best[1], rel=0.1), (name, ours, theirs)
