"""What we send on is canonical: a strict reader accepts all of it, and sees what was meant, no more."""

import contextlib

import pytest

from support import odd_requests
from support.http_balancer import HTTPBalancer
from support.http_server import HTTPServer

# What the balancer adds or writes anew.
OURS = {"host", "content-length", "transfer-encoding", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host",
        "x-request-id", "cdn-loop", "connection"}

BY_HAND = odd_requests.by_hand()
GENERATED = odd_requests.generated(600)


def send_all(balancer, cases, step=None):
    """Sends requests on connections that are kept, and checks that each is answered."""
    client = balancer.client()
    for case in cases:
        for at in range(0, len(case.raw), step or len(case.raw)):
            client.send(case.raw[at:at + (step or len(case.raw))])
        answer = client.answer(case.method)
        assert answer.status == 200, (answer.body, case.raw[:500])
        if answer.says_close:
            client.close()
            client = balancer.client()
    client.close()


def assert_meant(seen, case):
    """A server saw the request that was meant."""
    assert (seen.method, seen.target, seen.get("host"), seen.body) \
        == (case.method, case.target, case.host, case.body), case.raw[:500]
    kept = [(name.lower(), value) for name, value in seen.fields if name.lower() not in OURS]
    assert kept == [field for field in case.fields if field[0] not in OURS], case.raw[:500]
    assert [(name.lower(), value) for name, value in seen.trailers] == case.trailers
    assert seen.get("x-forwarded-for") == "127.0.0.1"
    assert seen.options("connection") in ([], ["keep-alive"]), seen.fields


@pytest.fixture(scope="module")
def pair():
    """One balancer for all, and its server."""
    with contextlib.ExitStack() as started:
        server = started.enter_context(HTTPServer())
        yield started.enter_context(HTTPBalancer([server])), server


def check(pair, cases, **more):
    balancer, server = pair
    server.seen.clear()
    send_all(balancer, cases, **more)
    assert len(server.seen) == len(cases), "a server saw another number of requests than were sent"
    for seen, case in zip(server.seen, cases):
        assert_meant(seen, case)
    server.check()


def test_there_are_hundreds_of_odd_requests():
    assert len(BY_HAND) > 100 and len(GENERATED) == 600


@pytest.mark.parametrize("case", BY_HAND, ids=lambda case: repr(case.raw)[2:50])
def test_an_odd_request_is_sent_on_as_meant(pair, case):
    check(pair, [case])


def test_all_odd_requests_are_sent_on_as_meant_over_one_connection(pair):
    check(pair, BY_HAND)


def test_generated_requests_are_sent_on_as_meant(pair):
    check(pair, GENERATED)


@pytest.mark.parametrize("step", [1, 13])
def test_they_are_sent_on_the_same_in_pieces(pair, step):
    small = [case for case in BY_HAND + GENERATED[:100] if len(case.raw) < 600]
    check(pair, small[:60] if step == 1 else small, step=step)


def test_they_are_sent_on_the_same_when_all_come_at_once(start):
    cases = [case for case in GENERATED if len(case.raw) < 2000][:200]
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server]))
    client = start(balancer.client())
    client.send(b"".join(case.raw for case in cases))
    for case in cases:
        assert client.answer(case.method).status == 200, case.raw
    assert len(server.seen) == len(cases)
    for seen, case in zip(server.seen, cases):
        assert_meant(seen, case)
