"""One short run of the binary, from its start to its end."""

import os
import subprocess

from .binary import binary


def run(*arguments, environment=None, directory=None, timeout=10):
    """Runs `evenkeel arguments` and gives its exit code and texts (`subprocess.CompletedProcess`)."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("EVENKEEL_")}
    return subprocess.run(
        [binary(), *map(str, arguments)], capture_output=True, text=True, timeout=timeout,
        stdin=subprocess.DEVNULL, cwd=directory, env={**inherited, **(environment or {})})
