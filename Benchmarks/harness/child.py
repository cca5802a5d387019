"""Processes that the benchmark starts: pinned to a core, ended by their id, never left behind."""

import os
import pathlib
import signal
import subprocess
import time
from contextlib import contextmanager
from typing import Callable, Iterator, Sequence


class BenchmarkError(Exception):
    """Something without which there is nothing to measure; the text is for a person."""


def wait_until(condition: Callable[[], bool], deadline: float, what: str) -> None:
    """Polls until it holds; raises after `deadline` seconds."""
    end = time.monotonic() + deadline
    while not condition():
        if time.monotonic() > end:
            raise BenchmarkError(f"waited {deadline:g} s in vain until {what}")
        time.sleep(0.01)


def descendants(pid: int) -> list[int]:
    """The process and all below it, parents first."""
    found = [pid]
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                found += descendants(int(child))
    except OSError:
        pass  # It has ended.
    return found


def pinned(core: int, command: Sequence[str], last_word: str = "TERM") -> list[str]:
    """The command on one core; it gets the signal `last_word` when the benchmark dies without ending it."""
    return ["setpriv", "--pdeathsig", last_word, "taskset", "--cpu-list", str(core), *command]


class Child:
    """A running process."""

    def __init__(self, popen: subprocess.Popen, log: pathlib.Path, wrapped: bool):
        self._popen = popen
        self._log = log
        self._wrapped = wrapped

    @property
    def pids(self) -> list[int]:
        """The program's processes, the first one its main process; without a tracer around it."""
        return descendants(self._popen.pid)[1 if self._wrapped else 0:]

    @property
    def name(self) -> str:
        """What to call it in a message."""
        return self._log.stem

    @property
    def log(self) -> str:
        """What it said so far."""
        return self._log.read_text(errors="replace")

    def check(self) -> None:
        """Raises when it has ended by itself."""
        if self._popen.poll() is not None:
            raise BenchmarkError(f"{self.name} ended with {self._popen.returncode}:\n{self.log}")

    def stop(self) -> None:
        """Asks it to end, and sees to it after 5 s."""
        if self._popen.poll() is None:
            for pid in self.pids[:1]:
                _send(pid, signal.SIGTERM)
            try:
                self._popen.wait(5)
            except subprocess.TimeoutExpired:
                pass
        if self._popen.poll() is None:
            for pid in reversed(descendants(self._popen.pid)):
                _send(pid, signal.SIGKILL)
            self._popen.wait(5)


def _inherited() -> dict[str, str]:
    # A balancer would take these for its own settings.
    return {key: value for key, value in os.environ.items()
            if not key.startswith("EVENKEEL_") and key != "NOTIFY_SOCKET"}


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


@contextmanager
def running(name: str, command: Sequence[str], core: int, directory: pathlib.Path, wrapped: bool = False,
            environment: dict[str, str] | None = None) -> Iterator[Child]:
    """A process for the length of a block. `wrapped`: the command is a tracer with the program as its child."""
    log = directory / f"{name}.log"
    with open(log, "wb") as output:
        popen = subprocess.Popen(
            # strace heeds nothing less.
            pinned(core, command, "KILL" if wrapped else "TERM"), cwd=directory,
            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            env={**_inherited(), **(environment or {})},
            # Ctrl-C is for the benchmark alone, which ends its children in order.
            start_new_session=True)
    child = Child(popen, log, wrapped)
    try:
        yield child
    finally:
        child.stop()


def output_of(command: Sequence[str], deadline: float, core: int | None = None) -> str:
    """Runs a command to its end, within `deadline` seconds, and gives its standard output."""
    try:
        done = subprocess.run(
            command if core is None else pinned(core, command), stdin=subprocess.DEVNULL, capture_output=True,
            timeout=deadline, text=True)
    except subprocess.TimeoutExpired:
        raise BenchmarkError(f"not done within {deadline:g} s: {' '.join(command)}") from None
    if done.returncode:
        raise BenchmarkError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout
