"""What the kernel says of a process: memory, CPU time, fds, threads."""

import os
import time

import psutil

from . import polling

MIB = 1 << 20
KIB = 1 << 10


def private_bytes(pid):
    """Resident memory that no file backs, in bytes: what the process itself asked for."""
    memory = psutil.Process(pid).memory_info()
    return memory.rss - memory.shared


def resident_bytes(pid):
    """Resident memory in bytes (RSS)."""
    return psutil.Process(pid).memory_info().rss


def fd_count(pid):
    """How many fds the process holds."""
    return psutil.Process(pid).num_fds()


def socket_count(pid):
    """How many sockets the process holds."""
    links = []
    for entry in os.scandir(f"/proc/{pid}/fd"):
        try:
            links.append(os.readlink(entry.path))
        except FileNotFoundError:
            pass  # Closed since it was listed.
    return sum(link.startswith("socket:") for link in links)


def thread_count(pid):
    """How many threads the process has."""
    return psutil.Process(pid).num_threads()


def children(pid):
    """The process ids of its children."""
    return [child.pid for child in psutil.Process(pid).children()]


def in_session(leader):
    """The living processes of the session that the process `leader` began, itself included."""
    return [pid for pid in psutil.pids() if _session_of(pid) == leader and is_alive(pid)]


def _session_of(pid):
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def is_alive(pid):
    """Whether the process runs: gone and zombie are both dead."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def is_stopped(pid):
    """Whether a signal has stopped the process, which is not at once."""
    return psutil.Process(pid).status() == psutil.STATUS_STOPPED


def wait_until_dead(pid, deadline=5.0):
    """Waits until a process, ours or another's child, is gone."""
    polling.wait_until(lambda: not is_alive(pid), deadline, f"process {pid} is gone")


def cpu_seconds(pid):
    """CPU time so far, user and system, in seconds."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def cpu_share(pid, seconds):
    """The part of one CPU that the process used over `seconds` from now: 0.1 is 10 %."""
    before, start = cpu_seconds(pid), time.monotonic()
    polling.stays(lambda: True, seconds)
    return (cpu_seconds(pid) - before) / (time.monotonic() - start)


class PeakMemory:
    """The most resident memory seen while it is polled."""

    def __init__(self, pid):
        self._pid = pid
        self.idle = resident_bytes(pid)
        self.peak = self.idle

    def poll(self):
        """Looks once more."""
        self.peak = max(self.peak, resident_bytes(self._pid))

    @property
    def growth(self):
        """Bytes above the size at the start."""
        return self.peak - self.idle
