"""Waiting for a state, with a deadline. The only module that sleeps."""

import time

from .stopwatch import within

# Short enough to see a change within a millisecond's order, long enough to leave the CPU to the
# processes under test.
POLL_SECONDS = 0.005


def wait_until(condition, deadline=5.0, what=None):
    """Returns the first true value of `condition`; fails after `deadline` seconds, saying `what`."""
    value = within(deadline, lambda seconds: _poll(condition, seconds))
    if value:
        return value
    description = what or getattr(condition, "__doc__", None) or "the condition"
    raise AssertionError(f"not within {deadline} s: {description}")


def _poll(condition, seconds):
    """The first true value of `condition`, or its last one after so many seconds."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(POLL_SECONDS)  # poll
    return value


def stays(condition, seconds, what=None):
    """Fails as soon as `condition` is false within `seconds`: for what must not happen."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert condition(), f"did not stay so for {seconds} s: {what or 'the condition'}"
        time.sleep(POLL_SECONDS)  # poll


def wait_until_still(value, quiet=0.3, deadline=10.0, what="the value"):
    """Waits until `value()` has not changed for `quiet` seconds, and gives it."""
    seen, since = value(), time.monotonic()

    def is_still():
        nonlocal seen, since
        now = value()
        if now != seen:
            seen, since = now, time.monotonic()
        return time.monotonic() - since >= quiet

    wait_until(is_still, deadline, f"{what} comes to rest")
    return seen


def every(interval, seconds):
    """Yields about each `interval` seconds for `seconds`: a paced client, not a wait."""
    start = time.monotonic()
    turn = 0
    while time.monotonic() - start < seconds:
        yield turn
        turn += 1
        until_next = start + turn * interval - time.monotonic()
        if until_next > 0:
            time.sleep(until_next)  # the pace of a poll, or of a client
