"""The proxy's hostile requests, at the dashboard and at the demo's backend: they are read by the same rules, and refused
by the same words.
"""

import contextlib
import json
import re

import pytest

from support.admin import AdminBalancer, check_fields, check_problem
from support.backends import Backend
from support.http_client import HTTPClient, request
from support.http_server import named
from support.malformed_chunks import MALFORMED_BODIES
from support.malformed_requests import MALFORMED_CHUNKS, MALFORMED_REQUESTS
from support.odd_requests import by_hand, generated
from support.suspect_requests import texts

# What a request that is right is never told.
WORDS = {reason for _, _, reason in MALFORMED_REQUESTS}
# Of a request without a host the dashboard says what it says of an unknown one.
WORDS_OF_THE_GATE = {"missing_host": (403, "unknown_host")}


class Dashboard:
    """The admin listener of a balancer, which answers as its API does."""

    path = "/api/v1/metrics/reset"

    def __init__(self, balancer):
        self._balancer = balancer
        self.address = balancer.admin_address

    def fault(self, status, reason):
        return WORDS_OF_THE_GATE.get(reason, (status, reason))

    def word(self, answer):
        check_fields(answer)
        return check_problem(answer)["code"]

    def is_well(self):
        return self._balancer.admin.get("/healthz") == {"status": "ok"}


class DemoBackend:
    """The backend of the demo, whose errors are JSON of one member."""

    path = "/"

    def __init__(self, backend):
        self._backend = backend
        self.address = backend.address

    def fault(self, status, reason):
        return status, reason

    def word(self, answer):
        assert answer.get("x-backend") == f"Server-1:{self._backend.port}"
        return json.loads(answer.body)["error"].removeprefix("refused: ")

    def is_well(self):
        return self._backend.get("/health").json == {"status": "ok"}


@pytest.fixture(scope="module", params=[Dashboard, DemoBackend])
def server(request):
    with contextlib.ExitStack() as started:
        if request.param is DemoBackend:
            yield DemoBackend(started.enter_context(Backend()))
        else:
            servers = [started.enter_context(server) for server in named(1)]
            yield Dashboard(started.enter_context(AdminBalancer(servers)))


def shown(case):
    return repr(case)[2:60] if isinstance(case, bytes) else None


def refuses(server, client, status, reason):
    """Fails unless the next answer is that refusal, and the last."""
    answer = client.answer()
    assert (answer.status, server.word(answer)) == server.fault(status, reason), answer.body
    assert answer.says_close
    if answer.status == 405:
        assert "GET" in answer.get("allow")
    assert client.is_over()


@pytest.mark.parametrize("raw, status, reason", MALFORMED_REQUESTS, ids=shown)
def test_a_malformed_request_is_refused_by_the_proxys_word(server, raw, status, reason):
    with HTTPClient(server.address) as client:
        client.send(raw)
        refuses(server, client, status, reason)


@pytest.mark.parametrize("raw, status, reason", MALFORMED_REQUESTS[::11], ids=shown)
def test_a_malformed_request_is_refused_byte_by_byte_and_behind_a_good_one(server, raw, status, reason):
    with HTTPClient(server.address) as client:
        client.send(request("/health", host="localhost"))
        assert client.answer().status in (200, 404)
        with contextlib.suppress(OSError):
            for index in range(min(len(raw), 400)):
                client.send(raw[index:index + 1])
            client.send(raw[400:])
        refuses(server, client, status, reason)


@pytest.mark.parametrize("body", [*MALFORMED_CHUNKS, *MALFORMED_BODIES.values()], ids=shown)
def test_malformed_chunks_end_their_connection_with_one_refusal(server, body):
    with HTTPClient(server.address) as client:
        client.send(request(server.path, "POST", {
            "Transfer-Encoding": "chunked", "Content-Type": "application/json"}, host="localhost"))
        client.send(body)
        # Some of them are no more than the beginning of a fault; here they end.
        client.half_close()
        received = client.read_to_end()
    assert received == b"" or received[:13] in (b"HTTP/1.1 400 ", b"HTTP/1.1 431 "), received
    assert received.count(b"HTTP/1.1 ") <= 1
    assert server.is_well()


def test_what_is_odd_but_right_is_not_refused(server):
    for odd in [*by_hand(), *generated(100)]:
        with HTTPClient(server.address) as client:
            client.send(odd.raw)
            answer = client.answer(odd.method)
            if answer.status >= 400 and odd.method != "HEAD":
                assert server.word(answer) not in WORDS, odd.raw[:200]
    assert server.is_well()


def test_no_reading_of_a_suspect_request_has_a_hidden_one_answered(server):
    """What is hidden asks for a path of its own; a server that reads as one does never answers it with what follows."""
    for number, text in enumerate(texts()):
        raw = text.replace("CASE", f"case-{number}").encode("latin-1")
        with HTTPClient(server.address) as client:
            with contextlib.suppress(ConnectionError):
                client.send(raw)
                client.half_close()
            received = b""
            with contextlib.suppress(ConnectionError):
                received = client.read_to_end()
        answers = re.findall(rb"HTTP/1\.1 (\d{3})", received)
        # A refusal is the last answer: where the next request begins is not known behind it.
        for status in answers[:-1]:
            assert status in (b"100", b"200", b"403", b"404", b"415"), (text, received)
        assert len(answers) <= 3, (text, received)
    assert server.is_well()


def test_the_answer_to_a_body_that_is_too_large_arrives(server):
    if isinstance(server, DemoBackend):
        pytest.skip("it takes any body")
    fields = {"Content-Type": "application/json"}
    chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    for framing, body in (({"Content-Length": 1 << 20}, bytes(1 << 20)), ({"Transfer-Encoding": "chunked"}, chunk * 64)):
        with HTTPClient(server.address) as client:
            client.send(request(server.path, "POST", {**fields, **framing}, host="localhost"))
            client.send(body)
            refuses(server, client, 413, "body_too_large")


def test_a_client_without_a_token_is_refused_before_its_body_is_wanted(start):
    balancer = start(AdminBalancer([start(server) for server in named(1)], token="x" * 20))
    with HTTPClient(balancer.admin_address) as client:
        client.send(request("/api/v1/tests", "POST", {
            "Content-Type": "application/json", "Content-Length": 60_000, "Expect": "100-continue"}, host="localhost"))
        answer = client.answer()
        assert (answer.status, answer.interim) == (401, [])
        check_fields(answer)
        assert answer.says_close and client.is_over()
    balancer.admin.token = "x" * 20
    with HTTPClient(balancer.admin_address) as client:
        client.send(request("/api/v1/metrics/reset", "POST", {
            "Content-Type": "application/json", "Content-Length": 2, "Expect": "100-continue",
            "Authorization": f"Bearer {'x' * 20}"}, host="localhost"))
        assert client.answer_head().status == 100
        client.send(b"{}")
        assert client.answer().status == 200
