"""A network and names of the test's own: what it does to ports, routes and hosts, nobody else notices."""

import contextlib
import ctypes
import os
import pathlib
import subprocess
import threading

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def _check(result):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


@contextlib.contextmanager
def own_network(ports=None):
    """A network namespace with a loopback interface, for this thread and whatever it starts.

    `ports` is how many local ports connections have; one that is used again within its minute is not taken.
    """
    before = os.open(f"/proc/self/task/{threading.get_native_id()}/ns/net", os.O_RDONLY)
    try:
        _check(LIBC.unshare(CLONE_NEWNET))
        try:
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            settings = pathlib.Path("/proc/sys/net/ipv4")
            (settings / "tcp_tw_reuse").write_text("0")
            if ports:
                (settings / "ip_local_port_range").write_text(f"40000 {40000 + ports - 1}")
            yield
        finally:
            _check(LIBC.setns(before, CLONE_NEWNET))
    finally:
        os.close(before)


def with_hosts(file, command):
    """A command that has this file as its /etc/hosts."""
    return [
        "unshare", "--mount", "--propagation", "private",
        "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', str(file), *map(str, command)]
