"""Slow answers are answers: no timeout of the balancer's own cuts them."""

import concurrent.futures
import time

from support.backends import Backend
from support.balancer import Balancer
from support.stopwatch import at_most


def test_an_answer_that_takes_three_seconds_comes_whole_in_both_modes(start):
    backend = start(Backend())
    balancers = [start(Balancer([backend.address], mode=mode)) for mode in ("http", "tcp")]
    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor() as threads:
        responses = list(threads.map(lambda balancer: balancer.get("/?delay=3000", timeout=10), balancers))
    elapsed = time.monotonic() - started
    assert 3.0 <= elapsed < at_most(3.5)
    for response in responses:
        assert response.status == 200
        assert response.json["applied_delay_ms"] == 3000
        assert response.server == "Server-1"
