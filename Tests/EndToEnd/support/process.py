"""A process under test: started, listened to, ended by its id, and never left behind."""

import os
import re
import signal
import subprocess
import threading

from .binary import binary
from .stopwatch import within

# What a crash of a Swift program or a sanitizer's finding looks like in the log.
CRASH = re.compile(r"Fatal error|AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:|\*\*\* ")


class Process:
    """One run of the Evenkeel binary (or of `program`), as a context manager."""

    def __init__(self, *arguments, program=None, environment=None, directory=None, fd_limit=None):
        self.command = [program or binary(), *map(str, arguments)]
        self._environment = environment or {}
        self._directory = directory
        self._fd_limit = fd_limit
        self._popen = None
        self._lines = []
        self._log_has_ended = False
        # Told of each line, and of the log's end.
        self._news = threading.Condition()
        self._readers = []
        self._output = []
        self._ended_by_test = False

    # Life

    def __enter__(self):
        command = self.command
        if self._fd_limit is not None:
            # The shell becomes the program, so the id stays the same.
            command = ["sh", "-c", f'ulimit -n {self._fd_limit}; exec "$@"', "sh", *command]
        self._popen = subprocess.Popen(
            command, cwd=self._directory, env=self._clean_environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            # A group of its own: a terminal's or a test runner's signals are not meant for it.
            start_new_session=True)
        self._readers = [
            threading.Thread(target=self._read_log, args=(self._popen.stderr,), daemon=True),
            threading.Thread(target=self._read_output, args=(self._popen.stdout,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        return self

    def __exit__(self, kind, *_):
        ended_alone = self._popen.poll() is not None and not self._ended_by_test
        if self._popen.poll() is None:
            self._popen.kill()
        self._popen.wait()
        self._join_readers()
        self._print_log()
        crashed = ended_alone and self._popen.returncode < 0
        if kind is None and crashed:
            raise AssertionError(f"{self.title} crashed: signal {-self._popen.returncode}")
        findings = [line for line in self.lines if CRASH.search(line)]
        if kind is None and findings:
            raise AssertionError(f"{self.title} reported: {findings[0]}")

    def _clean_environment(self):
        inherited = {
            key: value for key, value in os.environ.items()
            if not key.startswith("EVENKEEL_") and key != "NOTIFY_SOCKET"
        }
        return {**inherited, **self._environment}

    # Ending it

    @property
    def pid(self):
        return self._popen.pid

    @property
    def is_running(self):
        return self._popen.poll() is None

    def send(self, number):
        """Sends a signal."""
        if number not in (signal.SIGSTOP, signal.SIGCONT):
            self._ended_by_test = True
        self._popen.send_signal(number)

    def kill(self):
        """kill -9, and waits until it is gone: its sockets are closed when this returns."""
        self.send(signal.SIGKILL)
        self._popen.wait(5)

    def exit_code(self, deadline=10.0):
        """Waits for the end; a negative code is a signal's number."""
        assert within(deadline, self._has_ended), f"{self.title} had not ended after {deadline} s"
        self._ended_by_test = True
        self._join_readers()
        return self._popen.returncode

    def _has_ended(self, seconds):
        try:
            self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self, number=signal.SIGTERM, deadline=10.0):
        """Asks it to end and gives its exit code."""
        self.send(number)
        return self.exit_code(deadline)

    # What it says

    @property
    def title(self):
        """What to call it in a message."""
        return " ".join(os.path.basename(part) for part in self.command[:3])

    @property
    def lines(self):
        """The log so far, a line each."""
        return list(self._lines)

    @property
    def log(self):
        """The log so far as one text."""
        return "\n".join(self.lines)

    @property
    def output(self):
        """What came on standard output so far."""
        return b"".join(self._output).decode(errors="replace")

    def matching(self, pattern):
        """All matches of `pattern` in the log so far, at most one a line."""
        return [match for line in self.lines if (match := re.search(pattern, line))]

    def wait_for_line(self, pattern, deadline=5.0, occurrence=1):
        """The match of the log's n-th line that has `pattern`; fails after `deadline` seconds."""
        def is_settled():
            return self._log_has_ended or len(self.matching(pattern)) >= occurrence

        with self._news:
            within(deadline, lambda seconds: self._news.wait_for(is_settled, seconds))
        matches = self.matching(pattern)
        if len(matches) >= occurrence:
            return matches[occurrence - 1]
        how = "ended without logging" if self._log_has_ended else f"did not log within {deadline} s"
        raise AssertionError(f"{self.title} {how} /{pattern}/ (occurrence {occurrence}); its log:\n{self.log}")

    def _read_log(self, stream):
        for raw in stream:
            with self._news:
                self._lines.append(raw.decode(errors="replace").rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._log_has_ended = True
            self._news.notify_all()

    def _read_output(self, stream):
        for raw in stream:
            self._output.append(raw)

    def _join_readers(self):
        # A child that it left behind may hold the pipes open: that must not hang a test.
        for reader in self._readers:
            reader.join(2)

    def _print_log(self):
        print(f"--- {' '.join(self.command)} (pid {self.pid}, exit {self._popen.returncode})")
        print(self.log)
