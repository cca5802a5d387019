"""Fixtures of all tests in the browser."""

import contextlib
import os

import pytest
from playwright.sync_api import expect

from dashboard import browser as chromium
from dashboard.demo import Demo
from dashboard.visit import PATIENCE, Visit
from support.binary import binary

expect.set_options(timeout=PATIENCE)


def pytest_sessionstart(session):
    """Stops early, with a clear word, where there is nothing to test or nothing to test with."""
    if session.config.option.collectonly:
        return
    if not os.access(binary(), os.X_OK):
        pytest.exit(f"no binary at {binary()}: run `make build`, or set EVENKEEL_BINARY", returncode=4)
    if not os.access(chromium.executable(), os.X_OK):
        pytest.exit(f"no browser at {chromium.executable()}: run `make deps`, or set EVENKEEL_CHROMIUM", returncode=4)


@pytest.fixture(scope="session")
def browser():
    """The browser, shared by all tests."""
    with chromium.running() as running:
        yield running


@pytest.fixture
def start():
    """Starts a thing (a context manager) that is stopped at the end of the test, the last first."""
    with contextlib.ExitStack() as started:
        yield started.enter_context


@pytest.fixture(scope="module")
def shared_demo():
    """A demo for the tests of one file that leave its processes alone."""
    with Demo() as demo:
        yield demo


@pytest.fixture
def demo(shared_demo):
    """The file's demo as it was at its beginning."""
    shared_demo.restore()
    return shared_demo


@pytest.fixture
def own_demo(start):
    """A demo for one test, which may kill what it likes."""
    return start(Demo())


@pytest.fixture
def visit(browser, start):
    """Opens the dashboard of a demo, or of anything with an `admin_address`."""
    def open_it(demo, **options):
        return start(Visit(browser, demo.admin_address, **options)).wait_until_ready()
    return open_it


@pytest.fixture(scope="module")
def shared_visit(browser, shared_demo):
    """One tab for the tests of one file: to open the page costs more than most tests.

    It moves no dots, which cost more than all else on a machine that draws without a graphics card.
    """
    with Visit(browser, shared_demo.admin_address, motion=False) as visit:
        yield visit.wait_until_ready()


@pytest.fixture
def dashboard(demo, shared_visit):
    """The dashboard of the file's demo, at the usual size, with nothing open in it."""
    shared_visit.calm()
    yield shared_visit
    shared_visit.check()
