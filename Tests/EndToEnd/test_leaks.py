"""Many sessions leave nothing behind: no fd, and no memory, not even malloc's smallest block for each.

That block has 32 bytes, so that 40,000 of them are more than the growth that is allowed.
"""

import pytest

from support.backends import Backend
from support.balancer import Balancer
from support.load_command import result, url
from support.polling import wait_until, wait_until_still
from support.proc import MIB, fd_count, private_bytes
from support.reserved_port import ReservedPort
from support.sanitizer import SANITIZED, scaled

# So many at a time cost less each than few; more would not be faster.
CLIENTS = 32


def make_sessions(to, count):
    """How so many sessions ended, each with one request, one at a time for each client: {"2xx": 10000}.

    By our own load test, which costs least of what the machine has to give.
    """
    found = result("-n", count, "-c", CLIENTS, "--disable-keepalive", url(to), timeout=100)
    assert (found["sent"], found["errors"]) == (count, {}), found
    return {status: number for status, number in found["by_status"].items() if number}


def settled_memory(balancer, fds):
    """The private memory once all sessions are over; under a sanitizer it never settles and says nothing."""
    wait_until(lambda: fd_count(balancer.pid) <= fds + 1, what="the sessions' fds are closed")
    if SANITIZED:
        return 0
    return wait_until_still(lambda: private_bytes(balancer.pid), what="the memory")


@pytest.mark.timeout(150)
@pytest.mark.parametrize("mode, rest", [("http", 40_000), ("tcp", 90_000)], ids=["http", "tcp"])
def test_tens_of_thousands_of_sessions_leave_no_memory_and_no_fd_behind(start, mode, rest):
    backend = start(Backend())
    balancer = start(Balancer([backend.address], mode=mode))
    fds = wait_until_still(lambda: fd_count(balancer.pid), what="the balancer's fds")
    first, rest = scaled(10_000), scaled(rest)
    assert make_sessions(balancer.address, first) == {"2xx": first}
    after_first = settled_memory(balancer, fds)
    assert make_sessions(balancer.address, rest) == {"2xx": rest}
    at_the_end = settled_memory(balancer, fds)
    assert backend.requests == first + rest
    assert at_the_end - after_first <= MIB


def test_sessions_that_find_no_server_leave_nothing_behind(start):
    port = start(ReservedPort())
    balancer = start(Balancer([port.address], mode="http"))
    fds = wait_until_still(lambda: fd_count(balancer.pid), what="the balancer's fds")
    few = scaled(4_000)
    assert make_sessions(balancer.address, few) == {"5xx": few}
    after_first = settled_memory(balancer, fds)
    assert make_sessions(balancer.address, 4 * few) == {"5xx": 4 * few}
    assert settled_memory(balancer, fds) - after_first <= MIB
