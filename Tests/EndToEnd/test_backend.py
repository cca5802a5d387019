"""The demo backend: what it answers, how long it takes, and what it counts."""

import time

import pytest

from support import proc
from support.backends import Backend
from support.command import run
from support.http_response import read_response
from support.load import Load, kinds
from support.polling import wait_until
from support.process import Process
from support.sanitizer import scaled
from support.scripted_client import ScriptedClient, get, request_head
from support.stopwatch import at_most

KEYS = {"server", "port", "timestamp", "request_id", "processing_time", "applied_delay_ms", "fixed_delay_ms"}


@pytest.fixture
def backend(start):
    """A backend without a delay of its own."""
    return start(Backend())


def timed(to, path):
    """The response to a request, and how many milliseconds it took."""
    started = time.monotonic()
    response = get(to, path, timeout=15)
    return response, (time.monotonic() - started) * 1000


def test_an_answer_is_json_that_says_who_answered(backend):
    response = backend.get()
    assert response.status == 200
    assert response.headers["content-type"].startswith("application/json")
    assert response.headers["x-backend"] == f"Server-1:{backend.port}"
    assert int(response.headers["content-length"]) == len(response.body)
    answer = response.json
    assert KEYS <= set(answer)
    assert (answer["server"], answer["port"], answer["request_id"]) == ("Server-1", backend.port, 1)
    assert (answer["applied_delay_ms"], answer["fixed_delay_ms"]) == (0, 0)
    assert backend.get("/any/path?with=query").json["request_id"] == 2


def test_without_flags_it_is_server_1_on_port_8081():
    text = run("backend", "--help").stdout
    for default in ("8081", "Server-1", "10-50"):
        assert default in text


def test_port_0_takes_a_free_port_and_says_which(start):
    process = start(Process("backend", "--port", "0", "--name", "Any"))
    to = process.wait_for_line(r"Any: listening on (127\.0\.0\.1:[1-9]\d*)")[1]
    assert get(to).headers["x-backend"] == f"Any:{to.rsplit(':')[-1]}"


def test_the_base_delay_is_within_its_range(start):
    backend = start(Backend(base_delay="20-60"))
    times = [timed(backend.address, "/") for _ in range(10)]
    assert min(elapsed for _, elapsed in times) >= 20
    assert max(elapsed for _, elapsed in times) < at_most(160)
    assert all(20 <= response.json["applied_delay_ms"] <= 60 for response, _ in times)
    assert len({response.json["applied_delay_ms"] for response, _ in times}) > 1


def test_a_delay_of_the_request_replaces_the_base_delay(start):
    backend = start(Backend(base_delay="400"))
    assert backend.get().json["applied_delay_ms"] == 400
    response, elapsed = timed(backend.address, "/?delay=50")
    assert response.json["applied_delay_ms"] == 50
    assert 50 <= elapsed < at_most(300)


def test_a_delay_of_the_request_adds_to_the_fixed_delay(backend):
    assert backend.get("/control?set_delay_ms=100").json["fixed_delay_ms"] == 100
    response, elapsed = timed(backend.address, "/")
    assert (response.json["applied_delay_ms"], response.json["fixed_delay_ms"]) == (100, 100)
    assert elapsed >= 100
    response, elapsed = timed(backend.address, "/?delay=150")
    assert (response.json["applied_delay_ms"], response.json["fixed_delay_ms"]) == (250, 100)
    assert elapsed >= 250
    backend.get("/control?set_delay_ms=0")
    assert timed(backend.address, "/")[1] < at_most(100)


def test_control_tells_its_counters_with_a_content_length_and_is_not_counted(backend):
    backend.get()
    backend.get()
    for _ in range(3):
        response = backend.get("/control")
        assert int(response.headers["content-length"]) == len(response.body)
        assert response.json["server"] == "Server-1"
        assert (response.json["requests"], response.json["fixed_delay_ms"]) == (2, 0)


def test_health_is_ok_and_is_not_counted(backend):
    for _ in range(5):
        response = backend.get("/health")
        assert (response.status, response.json) == (200, {"status": "ok"})
    assert backend.get().json["request_id"] == 1


def test_health_is_not_delayed(backend):
    backend.get("/control?set_delay_ms=2000")
    assert timed(backend.address, "/health")[1] < at_most(500)


@pytest.mark.parametrize("path", [
    "/?delay=abc", "/?delay=-1", "/?delay=", "/?delay=1.5", "/?delay=99999999999999999999",
    "/control?set_delay_ms=abc", "/control?set_delay_ms=-5", "/control?set_delay_ms=",
    "/control?set_delay_ms=99999999999999999999"])
def test_a_bad_number_is_a_400_that_says_so(backend, path):
    response = backend.get(path)
    assert response.status == 400
    assert int(response.headers["content-length"]) == len(response.body) > 0
    assert backend.get("/control").json["fixed_delay_ms"] == 0


def test_head_has_the_headers_and_no_body(backend):
    with ScriptedClient(backend.address) as client:
        client.send(request_head(method="HEAD"))
        received = client.read_to_end()
    head, mark, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ") and mark and body == b""
    assert b"content-length: " in head.lower() and b"x-backend: " in head.lower()


def test_a_connection_is_kept_for_the_next_request(backend):
    with ScriptedClient(backend.address) as client, client.stream() as stream:
        for number in range(1, 51):
            client.send(request_head(close=False))
            assert read_response(stream).json["request_id"] == number


def test_a_connection_is_closed_when_the_client_asks(backend):
    with ScriptedClient(backend.address) as client, client.stream() as stream:
        client.send(request_head(close=True))
        assert read_response(stream).status == 200
        assert stream.read() == b""


def test_pipelined_requests_are_answered_in_order(backend):
    delays = [60, 0, 30, 0, 10]
    with ScriptedClient(backend.address) as client, client.stream() as stream:
        client.send(b"".join(request_head(f"/?delay={delay}", close=False) for delay in delays))
        answers = [read_response(stream).json for _ in delays]
    assert [answer["applied_delay_ms"] for answer in answers] == delays
    assert [answer["request_id"] for answer in answers] == [1, 2, 3, 4, 5]


def test_a_request_that_comes_byte_by_byte_is_answered(backend):
    with ScriptedClient(backend.address) as client, client.stream() as stream:
        for byte in request_head():
            client.send(bytes([byte]))
        assert read_response(stream).status == 200


def test_a_body_is_read_and_the_connection_goes_on(backend):
    with ScriptedClient(backend.address) as client, client.stream() as stream:
        for body in (b"first", bytes(200_000), b""):
            headers = {"Content-Length": len(body)}
            client.send(request_head(method="POST", headers=headers, close=False) + body)
            assert read_response(stream).status == 200


def test_garbage_is_a_400_and_the_end_of_the_connection(backend):
    with ScriptedClient(backend.address) as client:
        client.send(b"this is no HTTP\r\n\r\n")
        assert client.read_to_end().startswith(b"HTTP/1.1 400 ")


def test_a_thousand_delayed_requests_at_once_need_few_threads(backend):
    count = scaled(1000)
    started = time.monotonic()
    with Load(backend.address, connections=count, path="/?delay=1000", total=count) as load:
        wait_until(lambda: backend.requests == count, what="all requests are waiting")
        assert proc.thread_count(backend.pid) <= 4
        outcomes = load.finish()
    assert kinds(outcomes) == {"200": count}
    assert time.monotonic() - started < at_most(4.0)


def test_request_ids_count_every_request_once_under_load(backend):
    total = scaled(3000)
    with Load(backend.address, connections=32, keep_alive=True, total=total) as load:
        assert kinds(load.finish()) == {"200": total}
    assert backend.requests == total

