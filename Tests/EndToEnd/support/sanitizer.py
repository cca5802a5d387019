"""Whether the binary under test was built with a sanitizer, and what is different then."""

import os

import pytest

SANITIZED = os.environ.get("EVENKEEL_SANITIZED") == "1"

# AddressSanitizer makes the balancer several times slower, so loads are this much smaller.
LOAD_DIVISOR = 10


def scaled(count):
    """A load's size: `count`, or less of it under a sanitizer."""
    return max(1, count // LOAD_DIVISOR) if SANITIZED else count


# Shadow memory and the quarantine of freed blocks make every memory figure meaningless.
memory_figures = pytest.mark.skipif(SANITIZED, reason="a sanitizer's own memory hides the figure")
