"""Fixtures of all end-to-end tests."""

import contextlib
import os
import resource

import pytest

from support.binary import binary


def pytest_sessionstart(session):
    """Stops early, with a clear word, where there is nothing to test."""
    # The tests' own processes and those that they start hold thousands of connections.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if not os.access(binary(), os.X_OK) and not session.config.option.collectonly:
        pytest.exit(f"no binary at {binary()}: run `make build`, or set EVENKEEL_BINARY", returncode=4)


@pytest.fixture
def start():
    """Starts a thing (a context manager) that is stopped at the end of the test, the last first."""
    with contextlib.ExitStack() as started:
        yield started.enter_context
