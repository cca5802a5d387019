"""A Python program of this package as a process of its own, told by lines, answering in JSON."""

import json
import pathlib
import queue
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parents[1]


class Worker:
    """Runs `python -m support.<module> arguments`. For loads that need their own CPU or fds."""

    def __init__(self, module, *arguments):
        self._command = [sys.executable, "-m", f"support.{module}", *map(str, arguments)]
        self._answers = queue.Queue()

    def __enter__(self):
        self._popen = subprocess.Popen(
            self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._popen.kill()
        self._popen.wait()
        self._popen.stdin.close()
        self._popen.stdout.close()

    def _read(self):
        for line in self._popen.stdout:
            self._answers.put(json.loads(line))
        self._answers.put(None)

    def answer(self, deadline=30.0):
        """The next thing that it says."""
        try:
            answer = self._answers.get(timeout=deadline)
        except queue.Empty:
            raise AssertionError(f"{self._command[2:]} said nothing for {deadline} s") from None
        assert answer is not None, f"{self._command[2:]} ended with {self._popen.wait(5)}"
        return answer

    def tell(self, command):
        """Tells it to do something."""
        self._popen.stdin.write(f"{command}\n")
        self._popen.stdin.flush()

    def ask(self, command, deadline=30.0):
        """Tells it to do something, and gives what it says of it."""
        self.tell(command)
        return self.answer(deadline)


def say(value):
    """In the worker: one answer."""
    print(json.dumps(value), flush=True)
