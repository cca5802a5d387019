"""How long something takes, and how long it may take on this machine."""

import time

# Work of so many CPU seconds measures the machine: longer than the scheduler lets one run while others wait.
SAMPLE_SECONDS = 0.02


def took(action):
    """What `action()` gives, and how many seconds it took."""
    started = time.monotonic()
    value = action()
    return value, time.monotonic() - started


def slowness():
    """How many times longer work takes now than on an idle machine: 1 or more."""
    started, used = time.monotonic(), time.thread_time()
    while time.thread_time() - used < SAMPLE_SECONDS:
        pass
    return max(1.0, (time.monotonic() - started) / SAMPLE_SECONDS)


def at_most(seconds):
    """A bound from above: `seconds` of an idle machine, and longer as far as this one is slower now."""
    return seconds * slowness()


def within(deadline, wait):
    """The first true value of `wait(seconds)`, tried for the deadline, and on for as long as a slow machine needs."""
    return wait(deadline) or wait(at_most(deadline) - deadline)
