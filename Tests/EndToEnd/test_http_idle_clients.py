"""Thousands of clients that keep their connections and mostly say nothing."""

import resource

import pytest

from support.backends import Backend
from support.http_balancer import HTTPBalancer
from support.polling import wait_until
from support.proc import KIB, cpu_share, fd_count, private_bytes
from support.sanitizer import SANITIZED, scaled
from support.worker import Worker

WANTED = 15_000
WORKERS = 2

# One fd a client, beside those for servers and of its own.
SPARE_FDS = 300


def client_count():
    """How many clients this machine's limit of fds allows, up to those wanted."""
    _, limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    return scaled(min(WANTED, limit - SPARE_FDS)) // WORKERS * WORKERS


def all_do(crowds, command):
    """How many succeeded."""
    for crowd in crowds:
        crowd.tell(command)
    return sum(crowd.answer(60) for crowd in crowds)


@pytest.mark.timeout(120)
def test_fifteen_thousand_idle_clients_are_held_in_little_memory_and_all_answered(start):
    count = client_count()
    backend = start(Backend())
    # The automatic limit leaves two fds for each client: these are idle, and want one.
    balancer = start(HTTPBalancer(
        [backend], timeouts={"keep_alive": "10m"}, limits={"connections": count + WORKERS * 10}))
    assert not balancer.matching("that is the limit now"), "an idle client wants one fd, and there are enough"
    warm_up = start(Worker("idle_crowd", balancer.address, 100))
    assert [warm_up.ask(command) for command in ("connect", "talk", "close")] == [100] * 3
    wait_until(lambda: fd_count(balancer.pid) < 100, what="the warm-up is over")
    before = private_bytes(balancer.pid)

    crowds = [start(Worker("idle_crowd", balancer.address, count // WORKERS)) for _ in range(WORKERS)]
    assert all_do(crowds, "connect") == count
    wait_until(lambda: fd_count(balancer.pid) > count, what="all are accepted")
    untouched = private_bytes(balancer.pid)
    assert all_do(crowds, "talk") == count
    between_requests = private_bytes(balancer.pid)
    if not SANITIZED:
        assert (untouched - before) / count <= 1.5 * KIB
        assert (between_requests - before) / count <= 1.5 * KIB
        assert cpu_share(balancer.pid, seconds=0.5) < 0.1, "idle clients cost CPU time"
    assert all_do(crowds, "talk") == count
    assert balancer.exchange().status == 200
    assert all_do(crowds, "close") == count
    wait_until(lambda: fd_count(balancer.pid) < 100, 20, "all are gone")
