"""The machine: its cores, its programs and their versions."""

import os
import pathlib
import platform
import re
import resource
import shutil
import subprocess

from .child import BenchmarkError

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]

# What each program comes in, on Debian.
PACKAGES = {
    "haproxy": "haproxy", "nginx": "nginx libnginx-mod-stream", "wrk": "wrk", "strace": "strace",
    "valgrind": "valgrind", "callgrind_control": "valgrind", "strip": "binutils", "taskset": "util-linux",
    "setpriv": "util-linux",
}

# Programs that nobody but root has in the path.
os.environ["PATH"] = os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin:/sbin"


def require(*programs: str) -> None:
    """Raises with the command that installs what is missing."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        packages = " ".join(sorted({PACKAGES[program] for program in missing}))
        raise BenchmarkError(f"{', '.join(missing)} missing: run `make deps`, or apt-get install {packages}")


def evenkeel() -> str:
    """The binary that is measured: `$EVENKEEL_BINARY`, else the release build."""
    binary = os.environ.get("EVENKEEL_BINARY") or str(REPOSITORY / ".build/release/evenkeel")
    if not os.access(binary, os.X_OK):
        raise BenchmarkError(f"no binary at {binary}: run `make build`, or set EVENKEEL_BINARY")
    return os.path.abspath(binary)


def cores() -> tuple[int, int]:
    """The core of the balancers and that of the load, which may be the same on a machine with one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[-1], usable[0]


def raise_fd_limit() -> None:
    """As many descriptors as are allowed; the children inherit it. The row of 9,000 connections needs 19,000."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most != resource.RLIM_INFINITY and most < 19_500:
        raise BenchmarkError(f"only {most} file descriptors are allowed; 20000 are needed (ulimit -Hn)")


def describe() -> dict[str, object]:
    """What a reader needs to judge the numbers."""
    balancer, load = cores()
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "balancer_core": balancer,
        "load_core": load,
        "kernel": platform.release(),
        "system": _system(),
        "load_average_at_start": os.getloadavg()[0],
    }


def versions() -> dict[str, str]:
    """The programs' versions, as they tell them."""
    return {
        "haproxy": _version(["haproxy", "-v"], r"version (\S+)"),
        "nginx": _version(["nginx", "-v"], r"nginx/(\S+)"),
        "evenkeel": _version([evenkeel(), "--version"], r"(\S+)\s*$"),
        "commit": _version(["git", "-C", str(REPOSITORY), "describe", "--always", "--dirty"], r"(\S+)"),
        "wrk": _version(["wrk", "-v"], r"wrk (?:debian/)?(\S+)"),
        "strace": _version(["strace", "-V"], r"version (\S+)"),
        "valgrind": _version(["valgrind", "--version"], r"valgrind-(\S+)"),
    }


def _version(command: list[str], pattern: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    match = re.search(pattern, done.stdout + done.stderr)
    return match[1] if match else "unknown"


def _cpu_model() -> str:
    match = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return match[1] if match else platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()
