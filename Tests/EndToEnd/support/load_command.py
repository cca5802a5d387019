"""`evenkeel load`, the load test of the program itself, and what it finds."""

import json

from .command import run


def load(*arguments, timeout=50):
    """Runs `evenkeel load arguments` to its end."""
    return run("load", *arguments, timeout=timeout)


def url(address, path="/"):
    """The URL of an address."""
    return f"http://{address}{path}"


def result(*arguments, code=0, timeout=50):
    """The result that `evenkeel load --json arguments` finds, whose counts agree with each other."""
    done = load("--json", *arguments, timeout=timeout)
    assert done.returncode == code, (done.returncode, done.stderr)
    found = json.loads(done.stdout)
    check(found)
    return found


def check(found):
    """The counts of a result agree with each other."""
    assert found["sent"] == found["answered"] + sum(found["errors"].values())
    assert found["failed"] == found["sent"] - found["succeeded"]
    assert found["answered"] == sum(found["by_status"].values())
    assert found["answered"] == sum(found["statuses"].values())
    assert found["succeeded"] == found["answered"] - found["by_status"]["5xx"]
    assert found["answered"] == sum(server["requests"] for server in found["servers"])
    assert found["answered"] == sum(bar["count"] for bar in found["histogram"])
    latency = found["latency_ms"]
    if latency is None:
        assert found["answered"] == 0
        return
    assert latency["count"] == found["answered"]
    order = [latency[name] for name in ("min", "p50", "p90", "p95", "p99", "p99_9", "max")]
    assert order == sorted(order)


def shares(found):
    """How many requests each server answered, by name."""
    return {server["name"]: server["requests"] for server in found["servers"]}
