"""Slow answers are answers: no timeout of the balancer's own cuts them."""

import time

import pytest

from support.backends import Backend
from support.balancer import Balancer


@pytest.mark.parametrize("mode", ["http", "tcp"])
def test_an_answer_that_takes_three_seconds_comes_whole(start, mode):
    backend = start(Backend())
    balancer = start(Balancer([backend.address], mode=mode))
    started = time.monotonic()
    response = balancer.get("/?delay=3000", timeout=10)
    elapsed = time.monotonic() - started
    assert response.status == 200
    assert response.json["applied_delay_ms"] == 3000
    assert response.server == "Server-1"
    assert 3.0 <= elapsed < 3.5
