"""The access log's lines, taken apart."""

import dataclasses
import re

from . import polling

LINE = re.compile(
    r'access (?P<service>\S+) (?P<client>\S+) "(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}|-)'
    r" bytes=(?P<bytes>\d+) server=(?P<server>\S+) attempts=(?P<attempts>\d+)"
    r" reused=(?P<reused>yes|no) time=(?P<time>\d+(?:\.\d+)?)ms reason=(?P<reason>[a-z_]+)(?: rule=(?P<rule>[a-z_]+))?")

# What comes before the message: time and level.
PREFIX = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \w+ +")


@dataclasses.dataclass(frozen=True)
class Entry:
    service: str
    client: str
    request: str
    status: str
    bytes: int
    server: str
    attempts: int
    reused: bool
    milliseconds: float
    reason: str
    rule: str | None = None


def entries(balancer):
    """All exchanges that the balancer logged so far; a line that only looks like one is an error."""
    found = []
    for line in balancer.lines:
        message = PREFIX.sub("", line, count=1)
        if not message.startswith("access "):
            continue
        match = LINE.fullmatch(message)
        assert match, f"not an access log line: {line!r}"
        found.append(Entry(
            match["service"], match["client"], match["request"], match["status"], int(match["bytes"]),
            match["server"], int(match["attempts"]), match["reused"] == "yes", float(match["time"]),
            match["reason"], match["rule"]))
    return found


def wait_for_entries(balancer, count, deadline=5.0):
    """Waits until `count` exchanges are logged, and gives them; more are an error."""
    polling.wait_until(
        lambda: len(entries(balancer)) >= count, deadline, f"{count} lines in the access log")
    found = entries(balancer)
    assert len(found) == count, found
    return found


def only_entry(balancer):
    """The only exchange."""
    return wait_for_entries(balancer, 1)[0]
