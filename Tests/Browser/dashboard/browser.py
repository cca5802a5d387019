"""The browser: Debian's chromium, one process for all tests."""

import contextlib
import os

from playwright.sync_api import sync_playwright

# Containers and CI run as root, where chromium's sandbox does not start, and with a small /dev/shm.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


def executable():
    """The path of chromium: `$EVENKEEL_CHROMIUM`, else where Debian puts it."""
    return os.environ.get("EVENKEEL_CHROMIUM") or "/usr/bin/chromium"


@contextlib.contextmanager
def running():
    """The browser, as Playwright has it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
