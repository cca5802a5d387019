"""Load: wrk as fast as answers come, `evenkeel load` at a fixed rate or by count. The same for every system."""

import json
import re
from dataclasses import dataclass

from . import machine
from .child import BenchmarkError, output_of
from .rows import Row

# What a run may take beyond its time: connecting 9,000 clients, and the last answers.
GRACE_SECONDS = 20


@dataclass(frozen=True)
class Throughput:
    """What wrk saw."""

    requests: int
    seconds: float
    # Connections that broke or never came, requests without an answer, answers that are no 2xx or 3xx.
    errors: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


@dataclass(frozen=True)
class Latencies:
    """What the open loop saw, in milliseconds; None where too few requests came to tell."""

    p50_ms: float | None
    p99_ms: float | None
    p99_9_ms: float | None
    # Requests without an answer, or with a bad one.
    errors: int
    # Requests that were due and still waited for a free connection at the end.
    unsent: int


def wrk(url: str, row: Row, seconds: int) -> Throughput:
    """As many requests as the row's connections carry."""
    command = ["wrk", "--threads", "1", "--connections", str(row.connections), "--duration", f"{seconds}s"]
    for header in (*row.headers, *(["Connection: close"] if row.closes else [])):
        command += ["--header", header]
    return parse_wrk(output_of([*command, url], seconds + GRACE_SECONDS, machine.cores()[1]))


_TIME = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


def parse_wrk(text: str) -> Throughput:
    """Reads wrk's report."""
    counts = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m)\b", text)
    if not counts:
        raise BenchmarkError(f"wrk said something else than a result:\n{text}")
    errors = sum(int(number) for number in re.findall(r"(?:connect|read|write|timeout) (\d+)", text))
    errors += sum(int(number) for number in re.findall(r"Non-2xx or 3xx responses: (\d+)", text))
    return Throughput(int(counts[1]), float(counts[2]) * _TIME[counts[3]], errors)


def at_rate(url: str, row: Row, rate: int, seconds: float) -> Latencies:
    """So many requests a second, whatever the answers do; a latency counts from when its request was due."""
    milliseconds = int(seconds * 1000)
    text = _evenkeel_load(url, row, row.at_fixed_rate, seconds, "-z", f"{milliseconds}ms", "-q", str(rate))
    return parse_open_loop(text)


def count(url: str, row: Row, requests: int, deadline: float = 60) -> None:
    """So many requests exactly; raises unless all were answered."""
    connections = min(row.connections, 50)
    report = json.loads(_evenkeel_load(url, row, connections, deadline, "-n", str(requests)))
    if report["failed"]:
        raise BenchmarkError(f"{row.name}: {report['failed']} of {requests} requests failed: {report['errors']}")


def parse_open_loop(text: str) -> Latencies:
    """Reads `evenkeel load --json`."""
    report = json.loads(text)
    latency = report["latency_ms"] or {"count": 0}

    def percentile(name: str, share: float) -> float | None:
        # With less than one request above it, a percentile is but the maximum.
        return latency[name] if latency["count"] * (1 - share) >= 0.999 else None

    return Latencies(percentile("p50", 0.5), percentile("p99", 0.99), percentile("p99_9", 0.999),
                     report["failed"], report["unsent"])


def _evenkeel_load(url: str, row: Row, connections: int, seconds: float, *how: str) -> str:
    command = [machine.evenkeel(), "load", "--json", "-t", "1", "-c", str(connections), *how]
    for header in row.headers:
        command += ["-H", header]
    if row.closes:
        command.append("--disable-keepalive")
    return output_of([*command, url], seconds + GRACE_SECONDS, machine.cores()[1])
