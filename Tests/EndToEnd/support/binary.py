"""Where the binary under test is."""

import os
import pathlib

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]


def binary():
    """The path of the Evenkeel binary: `$EVENKEEL_BINARY`, else the release build."""
    return os.environ.get("EVENKEEL_BINARY") or str(REPOSITORY / ".build/release/evenkeel")
