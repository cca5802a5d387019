"""`evenkeel load` at a fixed rate: request k begins k/rate seconds after the start, however the work is divided."""

import json
import math
import re
import time

import pytest

from support.admin import AdminBalancer
from support.http_server import named
from support.load_command import load, result, url
from support.polling import wait_until
from support.scripted_server import ScriptedServer, respond
from support.stopwatch import at_most


class Arrivals:
    """A server that notes when each request came."""

    def __init__(self, start):
        self.times = []
        self.address = start(ScriptedServer(self._script)).address

    def _script(self, peer):
        while peer.read_until(b"\r\n\r\n"):
            self.times.append(time.monotonic())
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    def after_first(self):
        """When they came, in seconds after the first."""
        ordered = sorted(self.times)
        return [instant - ordered[0] for instant in ordered]


@pytest.mark.parametrize("options, rate, count", [
    (("-n", 3), 4, 3), (("-n", 5, "-c", 5), 4, 5), (("-n", 4, "-c", 3, "-t", 3), 8, 4),
    (("-n", 6, "-c", 7, "-t", 4), 5, 6), (("-n", 2, "-c", 9000, "-t", 64), 2, 2),
    (("-z", "1s", "-t", 8), 3, 3), (("-z", "1s", "-c", 5, "-t", 3), 7, 7), (("-z", "1500ms", "-c", 5, "-t", 4), 3, 5),
    (("-z", "1s", "-c", 1), 4, 4)])
def test_each_request_begins_at_its_time_whatever_the_connections_and_threads(start, options, rate, count):
    arrivals = Arrivals(start)
    found = result(*options, "-q", rate, url(arrivals.address), timeout=30)
    assert (found["sent"], found["answered"], found["unsent"]) == (count, count, 0)
    times = arrivals.after_first()
    assert len(times) == count
    bound = at_most(0.06)
    assert all(abs(seen - number / rate) < bound for number, seen in enumerate(times)), times


@pytest.mark.parametrize("rate, concurrency, threads", [(97, 5, 2), (250, 7, 4), (333, 10, 3)])
def test_a_duration_holds_as_many_requests_as_are_meant_to_begin_in_it(start, rate, concurrency, threads):
    arrivals = Arrivals(start)
    found = result("-z", "1s", "-q", rate, "-c", concurrency, "-t", threads, url(arrivals.address))
    assert found["sent"] + found["unsent"] == math.ceil(rate)
    assert found["sent"] == len(arrivals.times)


def slow(seconds):
    """A script that takes so long for each answer."""
    def script(peer):
        while peer.read_until(b"\r\n\r\n"):
            peer.released.wait(seconds)
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    return script


@pytest.mark.parametrize("options", [("-z", "1s"), ("-n", 20)])
def test_a_rate_that_was_not_reached_is_told_with_what_was_asked_and_what_was_reached(start, options):
    server = start(ScriptedServer(slow(0.1)))
    arguments = (*options, "-q", 1000, "-c", 2, url(server.address))
    (warning,) = result(*arguments)["warnings"]
    assert (warning["kind"], warning["asked"]) == ("rate_not_reached", 1000)
    assert 5 < warning["reached"] < 25
    assert re.search(r"asked for 1,000 requests/s, reached [\d.]+$", warning["text"])
    text = load(*arguments)
    assert text.returncode == 0
    assert "warning: the rate was not reached: asked for 1,000 requests/s, reached " in text.stdout
    table = load("--csv", *arguments)
    names, values = table.stdout.splitlines()
    row = dict(zip(names.split(","), values.split(",")))
    assert row["rate"] == "1000.0" and 5 < float(row["rate_reached"]) < 25
    for done in (table, load("--json", *arguments)):
        assert done.stderr.startswith("warning: the rate was not reached: asked for 1,000 requests/s, reached ")


@pytest.mark.parametrize("options", [
    ("-z", "1s", "-q", 20), ("-n", 10, "-q", 20), ("-n", 20), ("-z", "1s", "-c", 2),
    # One answer that takes long makes no rate slow: the next request has another connection.
    ("-n", 3, "-q", 4)])
def test_a_rate_that_was_reached_or_not_asked_for_is_no_warning(start, options):
    server = start(ScriptedServer(slow(0.2), respond()))
    arguments = (*options, url(server.address))
    assert result(*arguments)["warnings"] == []
    done = load(*arguments)
    assert "warning" not in done.stdout + done.stderr


def test_a_test_of_the_dashboard_tells_a_rate_that_was_not_reached(start):
    balancer = start(AdminBalancer([start(server) for server in named(2)]))
    tests = "/api/v1/tests"

    def ended(**plan):
        test = balancer.admin.succeed(tests, "POST", plan, status=201)
        path = f"{tests}/{test['id']}"
        return wait_until(
            lambda: (now := balancer.admin.get(path))["state"] == "finished" and now, 10, "the test ends")

    (warning,) = ended(duration_seconds=1, rate=100_000, concurrency=1)["result"]["warnings"]
    assert (warning["kind"], warning["asked"]) == ("rate_not_reached", 100_000)
    assert 0 < warning["reached"] < 100_000
    assert "100,000" in warning["text"]
    assert ended(duration_seconds=1, rate=20)["result"]["warnings"] == []
    assert json.dumps(ended(requests=5)["result"]["warnings"]) == "[]"
