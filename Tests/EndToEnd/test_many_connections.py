"""Thousands of sessions at once, most of them idle."""

import resource

import pytest

from support.balancer import Balancer
from support.polling import wait_until
from support.proc import KIB, private_bytes
from support.sanitizer import SANITIZED, scaled
from support.worker import Worker

WANTED = 9000

# The balancer takes two fds a session, beside a few of its own.
SPARE_FDS = 500


def session_count():
    """How many sessions this machine's limit of fds allows, up to those wanted."""
    _, limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    return scaled(min(WANTED, (limit - SPARE_FDS) // 2))


@pytest.mark.timeout(90)
def test_nine_thousand_sessions_are_held_in_little_memory_and_all_get_their_answers(start):
    count = session_count()
    server = start(Worker("echo_server"))
    balancer = start(Balancer([server.answer()], mode="tcp"))
    warm_up = start(Worker("crowd", balancer.address, 50))
    assert warm_up.ask("connect") == warm_up.ask("talk") == warm_up.ask("close") == 50
    wait_until(lambda: server.ask("count") <= 1, what="the warm-up is over")
    before = private_bytes(balancer.pid)

    crowd = start(Worker("crowd", balancer.address, count))
    assert crowd.ask("connect", deadline=60) == count
    wait_until(lambda: server.ask("count") >= count, 20, "all sessions reach the server")
    untouched = private_bytes(balancer.pid)
    assert crowd.ask("talk", deadline=60) == count
    idle_again = private_bytes(balancer.pid)

    if not SANITIZED:
        assert (untouched - before) / count <= 1.5 * KIB
        assert (idle_again - before) / count <= 1.5 * KIB
    assert crowd.ask("close", deadline=60) == count
    wait_until(lambda: server.ask("count") <= 1, 20, "all sessions are over")
    assert balancer.is_running
