"""What a program that ran to its end has taken of the CPU."""

import dataclasses
import os
import subprocess
import tempfile


@dataclasses.dataclass(frozen=True)
class Measured:
    """One run of a load generator."""

    requests_per_cpu_second: float
    p50: float
    p99: float


def run(command):
    """Runs a command that must succeed: its output, and its user and system time in seconds."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL)
        # wait4 alone tells this child's times apart from those of all others.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, command
        output.seek(0)
        return output.read().decode(), usage.ru_utime + usage.ru_stime
