"""Load tests from the API: exact, one at a time, against this balancer alone, and over when they are cancelled."""

import json
import os
import time

import pytest

from support.admin import AdminBalancer, TCPAdminBalancer, serving
from support.admin_events import EventStream
from support.backends import Backend
from support.http_server import HTTPServer, named, response
from support.load import Load
from support.polling import wait_until
from support.stopwatch import at_most

TESTS = "/api/v1/tests"


@pytest.fixture
def servers(start):
    return [start(server) for server in named(2)]


@pytest.fixture
def balancer(start, servers):
    return start(AdminBalancer(servers))


@pytest.fixture(scope="module")
def shared():
    """For what is refused: each test leaves it as it was."""
    with serving() as balancer:
        yield balancer


def begin(balancer, **plan):
    """Starts a test."""
    return balancer.admin.succeed(TESTS, "POST", plan, status=201)


def ended(balancer, test, deadline=10.0):
    """The test when it is over."""
    return wait_until(
        lambda: (now := balancer.admin.get(f"{TESTS}/{test['id']}"))["state"] != "running" and now,
        deadline, "the test ends")


def cancel(balancer, test):
    """Cancels a test, and gives it as it is when it has stopped, with how long that took in seconds."""
    began = time.monotonic()
    balancer.admin.succeed(f"{TESTS}/{test['id']}", "DELETE")
    stopped = ended(balancer, test, 2)
    return stopped, time.monotonic() - began


def test_a_test_is_made_with_all_defaults_and_has_a_place(balancer):
    answer = balancer.admin.ask(TESTS, "POST", {"requests": 20})
    test = json.loads(answer.body)
    assert (answer.status, answer.get("location")) == (201, f"{TESTS}/{test['id']}")
    assert test["plan"] == {
        "service": "main", "url": f"http://{balancer.address}/", "method": "GET", "path": "/", "headers": {},
        "requests": 20, "duration_seconds": None, "concurrency": 10, "rate": None, "keep_alive": True,
        "timeout_seconds": 30}
    assert test["result"] is None or test["state"] == "finished"
    assert ended(balancer, test)["id"] == test["id"]


@pytest.mark.parametrize("keep_alive", [True, False])
def test_the_counts_are_exact(start, keep_alive):
    backends = [start(Backend(f"Server-{number}")) for number in (1, 2, 3)]
    balancer = start(AdminBalancer([(backend.name, backend.address) for backend in backends]))
    test = ended(balancer, begin(balancer, requests=600, concurrency=7, keep_alive=keep_alive))
    assert (test["state"], test["progress"]) == ("finished", 1)
    result = test["result"]
    assert (result["sent"], result["answered"], result["succeeded"], result["failed"]) == (600, 600, 600, 0)
    assert result["by_status"] == {"1xx": 0, "2xx": 600, "3xx": 0, "4xx": 0, "5xx": 0} and result["errors"] == {}
    assert [(server["name"], server["requests"]) for server in result["servers"]] == [
        ("Server-1", 200), ("Server-2", 200), ("Server-3", 200)]
    assert result["balancer"] == {"counted": 600, "matches": True}
    assert [backend.requests for backend in backends] == [200, 200, 200]
    latency = result["latency_ms"]
    assert latency["count"] == 600
    order = [latency[name] for name in ("min", "p50", "p90", "p95", "p99", "p99_9", "max")]
    assert order == sorted(order)
    assert sum(part["count"] for part in result["histogram"]) == 600
    assert result["connect_ms"]["count"] == (7 if keep_alive else 600)
    assert result["requests_per_second"] == pytest.approx(600 / result["elapsed_seconds"], rel=0.02)
    assert {name: test[name] for name in ("sent", "answered", "succeeded", "failed")} == {
        name: result[name] for name in ("sent", "answered", "succeeded", "failed")}


def test_a_503_is_a_failure(balancer):
    for name in ("server-1", "server-2"):
        balancer.admin.change(name, administrative_state="disabled")
    result = ended(balancer, begin(balancer, requests=20))["result"]
    assert (result["answered"], result["succeeded"], result["failed"], result["by_status"]["5xx"]) == (20, 0, 20, 20)
    assert result["servers"] == [{"name": "(none named)", "requests": 20, "share": 1}]


def test_a_request_without_an_answer_is_an_error_of_its_kind(start):
    def never(asked, peer):
        peer.released.wait(10)
        return None

    balancer = start(AdminBalancer([start(HTTPServer(never))]))
    result = ended(balancer, begin(balancer, requests=3, concurrency=3, timeout_seconds=0.3))["result"]
    assert (result["sent"], result["answered"], result["failed"]) == (3, 0, 3)
    assert sum(result["errors"].values()) == 3 and result["latency_ms"] is None


def test_the_plan_is_what_is_sent(start):
    server = start(HTTPServer())
    balancer = start(AdminBalancer([server]))
    headers = {"X-Test": "yes", "Accept": "text/x"}
    ended(balancer, begin(balancer, requests=3, method="PUT", path="/a?b=c", headers=headers))
    assert [(asked.method, asked.target, asked.get("x-test"), asked.get("accept")) for asked in server.seen] == [
        ("PUT", "/a?b=c", "yes", "text/x")] * 3


def test_a_rate_is_kept(balancer):
    test = ended(balancer, begin(balancer, duration_seconds=2, rate=100, concurrency=5))
    assert 190 <= test["result"]["sent"] <= 210, test["result"]["sent"]
    assert 1.8 <= test["result"]["elapsed_seconds"] <= at_most(2.5)
    assert test["result"]["balancer"]["matches"]


def test_a_duration_ends_it(balancer):
    began = time.monotonic()
    test = ended(balancer, begin(balancer, duration_seconds=1, concurrency=2))
    assert 0.9 <= time.monotonic() - began < at_most(2.5)
    result = test["result"]
    assert result["sent"] == result["answered"] + sum(result["errors"].values()) and result["balancer"]["matches"]


def test_progress_is_told_while_it_runs(balancer):
    test = begin(balancer, duration_seconds=2, rate=200)
    seen = []

    def is_over():
        now = balancer.admin.get(f"{TESTS}/{test['id']}")
        seen.append(now)
        return now["state"] != "running"

    wait_until(is_over, 5)
    running = [now for now in seen if now["state"] == "running"]
    progress = [now["progress"] for now in seen]
    assert progress == sorted(progress) and len(set(progress)) >= 5 and progress[-1] == 1
    assert any(0 < now["sent"] < 400 for now in running)
    assert all(now["result"] is None for now in running)


def test_a_second_test_is_refused_while_one_runs(balancer):
    first = begin(balancer, duration_seconds=30, rate=10)
    problem = balancer.admin.refuse(TESTS, "POST", {"requests": 1}, status=409, code="test_running")
    assert str(first["id"]) in problem["detail"]
    assert balancer.admin.get("/api/v1/status")["test"]["id"] == first["id"]
    cancel(balancer, first)
    assert ended(balancer, begin(balancer, requests=1))["state"] == "finished"


@pytest.mark.parametrize("plan", [
    {"duration_seconds": 60, "concurrency": 50}, {"requests": 1_000_000, "rate": 5},
    {"duration_seconds": 60, "path": "/slow", "concurrency": 20}], ids=json.dumps)
def test_a_cancelled_test_stops_within_a_tenth_of_a_second(start, plan):
    def answer(asked, peer):
        if asked.target == "/slow":
            peer.released.wait(20)
        return response()

    balancer = start(AdminBalancer([start(HTTPServer(answer, name=f"server-{n}")) for n in (1, 2)]))
    test = begin(balancer, **plan)
    wait_until(lambda: balancer.admin.get(f"{TESTS}/{test['id']}")["elapsed_seconds"] > 0.3)
    stopped, seconds = cancel(balancer, test)
    # What it takes to ask is in it too.
    assert stopped["state"] == "cancelled" and seconds < at_most(0.25), seconds
    assert stopped["result"] is not None and stopped["elapsed_seconds"] < at_most(5)
    wait_until(lambda: balancer.admin.state()["requests"]["in_flight"] == 0, 2, "its requests are gone")
    total = balancer.admin.state()["requests"]["total"]
    assert balancer.admin.state()["requests"]["total"] == total
    again = balancer.admin.succeed(f"{TESTS}/{test['id']}", "DELETE")
    assert again["state"] == "cancelled" and again["result"] == stopped["result"]


@pytest.mark.parametrize("plan", [
    {"duration_seconds": 60, "concurrency": 50}, {"requests": 1_000_000, "path": "/slow", "concurrency": 20}], ids=json.dumps)
def test_a_test_that_is_called_cancelled_has_its_result(start, plan):
    def answer(asked, peer):
        if asked.target == "/slow":
            peer.released.wait(20)
        return response()

    balancer = start(AdminBalancer([start(HTTPServer(answer))]))
    for _ in range(5):
        test = begin(balancer, **plan)
        seen = [balancer.admin.succeed(f"{TESTS}/{test['id']}", "DELETE")]
        wait_until(
            lambda: seen.append(balancer.admin.get(f"{TESTS}/{test['id']}")) or seen[-1]["state"] == "cancelled", 5)
        assert all((now["state"] == "running") == (now["result"] is None) for now in seen)
        # Another may begin as soon as it is called so.
    assert [test["state"] for test in balancer.admin.get(TESTS)["tests"]] == ["cancelled"] * 5


def test_the_balancer_is_compared_by_the_requests_of_the_test_alone(start, balancer):
    with Load(balancer.address, connections=3) as load:
        load.wait_for(10)
        for plan in ({"requests": 300, "concurrency": 5}, {"duration_seconds": 1, "rate": 50}):
            test = ended(balancer, begin(balancer, **plan))
            before = len(load.outcomes)
            assert test["result"]["balancer"] == {"counted": test["result"]["sent"], "matches": True}
            wait_until(lambda: len(load.outcomes) > before + 10, what="others go on")


def test_what_an_earlier_test_left_behind_is_none_of_the_next(start):
    waiting = []

    def answer(asked, peer):
        if asked.target == "/slow":
            waiting.append(peer)
            peer.released.wait(20)
        return response()

    balancer = start(AdminBalancer([start(HTTPServer(answer))]))
    first = begin(balancer, duration_seconds=60, path="/slow", concurrency=10)
    wait_until(lambda: len(waiting) == 10, what="all wait")
    cancel(balancer, first)
    second = ended(balancer, begin(balancer, requests=20))
    assert second["result"]["balancer"] == {"counted": 20, "matches": True}


def test_a_test_with_an_identifier_of_its_own_is_not_compared(balancer):
    test = ended(balancer, begin(balancer, requests=5, headers={"x-request-id": "mine"}))
    assert (test["result"]["sent"], test["result"]["balancer"]) == (5, None)


def test_each_status_is_told_by_itself(start):
    turn = iter(["200 OK", "404 Not Found", "418 Teapot"] * 4)
    balancer = start(AdminBalancer([start(HTTPServer(lambda asked, peer: response(status=next(turn))))]))
    result = ended(balancer, begin(balancer, requests=12, concurrency=1))["result"]
    assert result["statuses"] == {"200": 4, "404": 4, "418": 4}


@pytest.mark.parametrize("headers, words", [
    ({"Connection": "upgrade"}, "cannot have Connection"), ({"connection": "close"}, "it follows from keep_alive"),
    ({"Upgrade": "websocket"}, "cannot have Upgrade"), ({"TE": "trailers"}, "cannot have TE")])
def test_a_field_that_is_not_sent_is_refused_with_the_reason(shared, headers, words):
    problem = shared.admin.refuse(TESTS, "POST", {"requests": 1, "headers": headers}, status=400, code="bad_value")
    assert words in problem["detail"]


def test_cancelling_one_that_has_ended_changes_nothing(balancer):
    test = ended(balancer, begin(balancer, requests=5))
    assert balancer.admin.succeed(f"{TESTS}/{test['id']}", "DELETE") == test


def test_the_last_ten_are_kept_newest_first(balancer):
    ids = []
    for _ in range(12):
        test = begin(balancer, requests=1, concurrency=1)
        ended(balancer, test)
        ids.append(test["id"])
    assert [test["id"] for test in balancer.admin.get(TESTS)["tests"]] == ids[:-11:-1]
    balancer.admin.refuse(f"{TESTS}/{ids[0]}", status=404, code="unknown_test")


WRONG = [
    {}, {"requests": 1, "duration_seconds": 1}, {"requests": 0}, {"requests": 1_000_001}, {"requests": -1},
    {"requests": 1.5}, {"requests": "1"}, {"requests": True}, {"requests": 1e99}, {"duration_seconds": 0},
    {"duration_seconds": 0.5}, {"duration_seconds": 601}, {"duration_seconds": -1}, {"duration_seconds": "30"},
    *({"requests": 1, **more} for more in (
        {"concurrency": 0}, {"concurrency": 9001}, {"concurrency": 1.5}, {"concurrency": "10"}, {"concurrency": True},
        {"rate": 0}, {"rate": 0.5}, {"rate": 100_001}, {"rate": -5}, {"rate": "x"}, {"timeout_seconds": 0},
        {"timeout_seconds": 0.05}, {"timeout_seconds": 61}, {"timeout_seconds": "1"}, {"keep_alive": 1},
        {"keep_alive": "true"},
        {"method": "CONNECT"}, {"method": "TRACE"}, {"method": "get"}, {"method": ""}, {"method": 1},
        {"path": ""}, {"path": "x"}, {"path": "http://evil.test/"}, {"path": "/ü"}, {"path": "/a b"},
        {"path": "/a\r\nX: y"}, {"path": "/a#b"},
        {"path": "/\0"}, {"path": "/" + "x" * 2048}, {"path": 1}, {"path": "//evil.test/\n"},
        {"headers": {"a": "b\r\nc: d"}}, {"headers": {"a b": "c"}}, {"headers": {"": "c"}}, {"headers": {"a:": "c"}},
        {"headers": {"a": 1}}, {"headers": ["a"]}, {"headers": {f"h{n}": "x" for n in range(33)}},
        {"headers": {"a": "ü\0"}}, {"headers": {"a" * 101: "x"}}, {"headers": {"Host": "evil.test"}},
        {"service": 1}, {"url": "http://evil.test/"}, {"host": "evil.test"}, {"more": 1})),
]


@pytest.mark.parametrize("plan", WRONG, ids=lambda plan: json.dumps(plan)[:60])
def test_a_plan_outside_of_its_limits_is_refused(shared, plan):
    shared.admin.refuse(TESTS, "POST", plan, status=400)
    assert shared.admin.get(TESTS) == {"tests": []}
    assert shared.admin.state()["requests"]["total"] == 0


@pytest.mark.parametrize("more", [
    {"concurrency": 1}, {"rate": 100_000}, {"timeout_seconds": 0.1}, {"timeout_seconds": 60},
    {"path": "/" + "x" * 2047}, {"headers": {f"h{n}": "x" for n in range(32)}}, {"headers": {"a" * 100: "x"}},
    {"method": "HEAD"}, {"method": "OPTIONS"}],
    ids=lambda more: json.dumps(more)[:40])
def test_the_limits_themselves_are_taken(balancer, more):
    test = ended(balancer, begin(balancer, requests=2, **more))
    assert (test["state"], test["result"]["answered"]) == ("finished", 2)


def test_only_an_own_listener_in_mode_http_is_a_target(start, servers, balancer):
    balancer.admin.refuse(TESTS, "POST", {"requests": 1, "service": "nothing"}, status=(400, 404))
    tcp = start(TCPAdminBalancer([server.address for server in servers]))
    tcp.admin.refuse(TESTS, "POST", {"requests": 1}, status=(400, 404))
    tcp.admin.refuse(TESTS, "POST", {"requests": 1, "service": "main"}, status=(400, 404))


def test_a_test_is_followed_by_events(start, balancer):
    stream = start(EventStream(balancer.admin))
    stream.next("tick")
    test = begin(balancer, duration_seconds=2, rate=50)
    started = stream.change("test", deadline=1)
    assert started.data["text"]
    assert wait_until(lambda: stream.next("tick").data["test"])["id"] == test["id"]
    stream.change("test", deadline=5)
    final = wait_until(lambda: (told := stream.next("tick").data["test"])["state"] == "finished" and told)
    assert final["result"]["sent"] == final["sent"]


@pytest.mark.skipif(os.environ.get("EVENKEEL_BENCH") != "1", reason="a measurement: make bench-load")
def test_the_api_answers_during_a_test_at_full_speed(start):
    backends = [start(Backend(f"Server-{number}")) for number in (1, 2)]
    balancer = start(AdminBalancer([(backend.name, backend.address) for backend in backends]))
    test = begin(balancer, duration_seconds=2, concurrency=50)
    with balancer.admin.client() as client:
        times = []
        while balancer.admin.get(f"{TESTS}/{test['id']}", client=client)["state"] == "running":
            began = time.monotonic()
            balancer.admin.get(balancer.admin.service, client=client)
            times.append(time.monotonic() - began)
    times.sort()
    assert len(times) > 20
    # The test, its threads and the servers share the processors: the reactor's own part is far less.
    assert times[len(times) // 2] < at_most(0.05) and times[-1] < at_most(0.5), (times[len(times) // 2], times[-1])
