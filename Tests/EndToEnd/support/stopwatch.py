"""How long something takes."""

import time


def took(action):
    """What `action()` gives, and how many seconds it took."""
    started = time.monotonic()
    value = action()
    return value, time.monotonic() - started
