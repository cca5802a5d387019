"""Somebody sets the machine's clock: what is measured goes by a clock that nobody sets."""

import pathlib
import shutil
import subprocess
import time

import pytest

from support.admin import AdminBalancer
from support.configuration import HTTP_CHECK
from support.http_server import HTTPServer
from support.sanitizer import SANITIZED

# Stands before the C library, and moves its wall clock by the seconds that a file holds.
CLOCK = r"""
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long step(void) {
    long seconds = 0;
    FILE *file = fopen(getenv("WALL_CLOCK_STEP"), "r");
    if (file) {
        if (fscanf(file, "%ld", &seconds) != 1) seconds = 0;
        fclose(file);
    }
    return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = syscall(SYS_clock_gettime, clock, time);
    if (clock == CLOCK_REALTIME) time->tv_sec += step();
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}
"""
MONTH = 30 * 24 * 3600


@pytest.fixture(scope="module")
def clock(tmp_path_factory):
    """A library that makes a wall clock which can be set."""
    directory = tmp_path_factory.mktemp("clock")
    source = directory / "clock.c"
    source.write_text(CLOCK)
    compiler = shutil.which("clang") or shutil.which("cc")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", directory / "clock.so", source], check=True)
    return directory / "clock.so"


@pytest.mark.skipif(SANITIZED, reason="AddressSanitizer's library has to be loaded first")
@pytest.mark.parametrize("seconds", [-MONTH, MONTH], ids=["back", "on"])
def test_a_step_of_the_clock_changes_nothing_that_is_measured(start, clock, tmp_path, seconds):
    step = pathlib.Path(tmp_path, "step")
    step.write_text("0")
    began = time.monotonic()
    balancer = start(AdminBalancer(
        [start(HTTPServer())], health={**HTTP_CHECK, "interval": "100ms"},
        environment={"LD_PRELOAD": str(clock), "WALL_CLOCK_STEP": str(step)}))
    admin = balancer.admin
    with balancer.client() as kept:
        assert kept.ask("/").status == 200
        before = admin.get("/api/v1/status")["now"]
        step.write_text(str(seconds))
        # The clock that is shown has been set, and nothing else.
        after = admin.get("/api/v1/status")
        assert abs(after["now"] - before - seconds) < 60
        assert 0 <= after["uptime_seconds"] <= time.monotonic() - began
        assert kept.ask("/").status == 200
        assert balancer.get("/").status == 200
        server = admin.state()["servers"][0]
        assert server["eligible"]
        exchange = admin.get(f"{admin.service}/exchanges")["exchanges"][0]
        assert 0 <= exchange["duration_ms"] / 1000 < time.monotonic() - began
