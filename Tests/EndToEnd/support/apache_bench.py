"""ab(1), the load generator of Apache, as a process that is read when it ends."""

import re
import shutil
import subprocess

import pytest


class ApacheBench:
    """`requests` GETs on `connections` kept connections (HTTP/1.0 with keep-alive)."""

    def __init__(self, to, requests, connections=64, path="/"):
        if not shutil.which("ab"):
            pytest.skip("ab is not installed")
        self._command = [
            "ab", "-q", "-k", "-l", "-r", "-s", "20", "-n", str(requests), "-c", str(connections), f"http://{to}{path}"]

    def __enter__(self):
        self._popen = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return self

    def __exit__(self, *_):
        self._popen.kill()
        self._popen.wait()
        self._popen.stdout.close()

    @property
    def is_running(self):
        return self._popen.poll() is None

    def report(self, deadline=50):
        """Complete and failed requests: {"Complete requests": 20000, "Failed requests": 0, …}."""
        text, _ = self._popen.communicate(timeout=deadline)
        numbers = {name: int(count) for name, count in re.findall(r"^([A-Z][\w -]+):\s+(\d+)$", text, re.MULTILINE)}
        assert "Complete requests" in numbers, text
        return numbers
