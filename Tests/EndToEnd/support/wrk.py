"""wrk, the load generator that others are measured by."""

import re
import shutil

import pytest

from . import rusage

needed = pytest.mark.skipif(not shutil.which("wrk"), reason="wrk is not installed")

_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


def _milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * _UNITS[unit]


def run(url, connections, seconds, threads=1):
    """One run: requests per CPU second, and the percentiles p50 and p99 in milliseconds."""
    command = ["wrk", "-t", str(threads), "-c", str(connections), "-d", f"{seconds}s", "--latency", url]
    text, cpu = rusage.run(command)
    count = int(re.search(r"(\d+) requests in", text)[1])
    percentiles = dict(re.findall(r"^ +(\d\d)% +(\S+)$", text, re.MULTILINE))
    return rusage.Measured(count / cpu, _milliseconds(percentiles["50"]), _milliseconds(percentiles["99"]))
