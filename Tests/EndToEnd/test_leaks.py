"""A hundred thousand sessions leave nothing behind."""

import collections

import pytest

from support.backends import Backend
from support.balancer import Balancer
from support.polling import wait_until, wait_until_still
from support.proc import MIB, fd_count, private_bytes
from support.reserved_port import ReservedPort
from support.sanitizer import SANITIZED, scaled
from support.worker import Worker

WORKERS = 4


class Clients:
    """Workers that make short sessions at the same time."""

    def __init__(self, start, to):
        self._workers = [start(Worker("short_sessions", to)) for _ in range(WORKERS)]

    def make(self, sessions):
        """How all of them ended: {"200": 10000}."""
        for worker in self._workers:
            worker.tell(sessions // WORKERS)
        counts = [collections.Counter(worker.answer(100)) for worker in self._workers]
        return sum(counts, collections.Counter())


def settled_memory(balancer, fds):
    """The private memory once all sessions are over; under a sanitizer it never settles and says nothing."""
    wait_until(lambda: fd_count(balancer.pid) <= fds + 1, what="the sessions' fds are closed")
    if SANITIZED:
        return 0
    return wait_until_still(lambda: private_bytes(balancer.pid), what="the memory")


@pytest.mark.timeout(150)
@pytest.mark.parametrize("mode", ["http", "tcp"])
def test_a_hundred_thousand_sessions_leave_no_memory_and_no_fd_behind(start, mode):
    backend = start(Backend())
    balancer = start(Balancer([backend.address], mode=mode))
    fds = wait_until_still(lambda: fd_count(balancer.pid), what="the balancer's fds")
    clients = Clients(start, balancer.address)
    first, rest = scaled(10_000), scaled(90_000)
    assert clients.make(first) == {"200": first}
    after_first = settled_memory(balancer, fds)
    assert clients.make(rest) == {"200": rest}
    at_the_end = settled_memory(balancer, fds)
    assert backend.requests == first + rest
    assert at_the_end - after_first <= MIB


def test_sessions_that_find_no_server_leave_nothing_behind(start):
    port = start(ReservedPort())
    balancer = start(Balancer([port.address], mode="http"))
    fds = wait_until_still(lambda: fd_count(balancer.pid), what="the balancer's fds")
    clients = Clients(start, balancer.address)
    few = scaled(4_000)
    assert clients.make(few) == {"503": few}
    after_first = settled_memory(balancer, fds)
    assert clients.make(4 * few) == {"503": 4 * few}
    assert settled_memory(balancer, fds) - after_first <= MIB
