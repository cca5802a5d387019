"""The event stream: a tick each second, every change at once, and nothing lost on the way back."""

import statistics

import pytest

from support.admin import AdminBalancer
from support.admin_events import EventStream
from support.configuration import HTTP_CHECK
from support.backends import Backend
from support.http_client import request
from support.http_server import named
from support.polling import wait_until
from support.stopwatch import at_most


@pytest.fixture
def balancer(start):
    return start(AdminBalancer([start(server) for server in named(3)]))


@pytest.fixture
def stream(start, balancer):
    return start(EventStream(balancer.admin))


def flip(balancer, weight):
    """Makes a change, and gives its id."""
    balancer.admin.change("server-1", weight=weight)
    return balancer.admin.get("/api/v1/changes")["changes"][0]["id"]


def on_time(stream, count):
    """The next so many ticks that bring a new second: another follows each change at once."""
    ticks, second = [], stream.next("tick").data["second"]
    while len(ticks) < count:
        tick = stream.next("tick", deadline=3)
        if tick.data["second"] != second:
            ticks.append(tick)
            second = tick.data["second"]
    return ticks


def check_pace(ticks):
    """Fails unless the ticks came each second, within 100 ms, and were numbered so.

    One late wake-up of this test moves two gaps; so most of them must hold, and what they add up to.
    """
    gaps = [later.at - earlier.at for earlier, later in zip(ticks, ticks[1:], strict=False)]
    assert statistics.median(abs(gap - 1) for gap in gaps) < at_most(0.1), gaps
    assert abs(sum(gaps) - len(gaps)) < at_most(0.2), gaps
    seconds = [tick.data["second"] for tick in ticks]
    assert seconds == list(range(seconds[0], seconds[0] + len(ticks)))


def test_a_tick_comes_at_once_and_then_each_second(stream):
    stream.next("tick", deadline=0.5)
    check_pace(on_time(stream, 4))
    assert stream.retry == 1000


def test_the_ticks_keep_their_pace_under_load(start):
    # Servers of their own processes: this one has the stream to read.
    backends = [start(Backend(f"Server-{number}")) for number in (1, 2)]
    balancer = start(AdminBalancer([(backend.name, backend.address) for backend in backends]))
    stream = start(EventStream(balancer.admin))
    stream.next("tick")
    test = balancer.admin.succeed("/api/v1/tests", "POST", {"duration_seconds": 5, "concurrency": 32}, status=201)
    check_pace(on_time(stream, 3))
    balancer.admin.succeed(f"/api/v1/tests/{test['id']}", "DELETE")


def test_a_tick_is_the_whole_picture(balancer, stream):
    tick = stream.next("tick").data
    (service,) = tick["services"]
    assert (service["name"], len(service["servers"]), tick["event_streams"]) == ("main", 3, 1)
    assert tick["instance"] == balancer.admin.get("/api/v1/status")["instance"]
    assert (service["exchanges"], service["exchanges_seen"], tick["test"]) == ([], 0, None)


def test_a_tick_brings_the_exchanges_since_the_last_one(balancer, stream):
    stream.next("tick")
    client = balancer.client()
    for number in range(40):
        client.ask(f"/{number}")
    client.close()
    seen, told = 0, []
    while seen < 40:
        (service,) = stream.next("tick").data["services"]
        seen += service["exchanges_seen"]
        assert len(service["exchanges"]) == min(25, service["exchanges_seen"])
        told += [exchange["target"] for exchange in reversed(service["exchanges"])]
    assert seen == 40 and told[-1] == "/39"
    assert len(told) == len(set(told))
    (service,) = stream.next("tick").data["services"]
    assert (service["exchanges"], service["exchanges_seen"]) == ([], 0)


def test_one_stream_takes_nothing_from_another(start, balancer, stream):
    stream.next("tick")
    seen = 0
    for number in range(1, 21):
        balancer.exchange(f"/{number}")
        if number % 5 == 0:
            with EventStream(balancer.admin) as another:
                another.next("tick")
    for _ in range(3):
        (service,) = stream.next("tick", deadline=2).data["services"]
        seen += service["exchanges_seen"]
    assert seen == 20


def test_a_change_comes_at_once(balancer, stream):
    stream.next("tick")
    balancer.admin.change("server-2", administrative_state="draining")
    change = stream.change("administrative_state", deadline=0.5)
    assert (change.data["service"], change.data["server"]) == ("main", "server-2")
    assert change.id == change.data["id"]
    # It holds nothing: the drain is over at once.
    assert "stopped" in stream.change("administrative_state", deadline=0.5).data["text"]
    balancer.admin.change("server-2", weight=4)
    assert "4" in stream.change("weight", deadline=0.5).data["text"]
    balancer.admin.succeed(f"{balancer.admin.service}/strategy", "PUT", {"strategy": "least_connections"})
    assert stream.change("strategy", deadline=0.5).data["server"] is None
    balancer.admin.reset()
    stream.change("reset", deadline=0.5)


def test_a_servers_death_is_told_with_its_reason(start):
    backend = start(Backend("Server-1"))
    balancer = start(AdminBalancer([("Server-1", backend.address)], health=HTTP_CHECK))
    balancer.wait_until_up("Server-1")
    stream = start(EventStream(balancer.admin))
    stream.next("tick")
    backend.kill()
    change = stream.change("health", deadline=3)
    assert change.data["server"] == "Server-1" and change.data["severity"] in ("warning", "error")
    assert "down" in change.data["text"] and "refused" in change.data["text"]
    backend.restart()
    assert "up" in stream.change("health", deadline=3).data["text"]


def test_the_last_id_in_a_field_or_the_query_replays_what_came_after(start, balancer):
    ids = [flip(balancer, weight) for weight in (2, 3, 4)]
    assert ids == sorted(set(ids))
    field = start(EventStream(balancer.admin, fields={"Last-Event-ID": str(ids[0])}))
    query = start(EventStream(balancer.admin, path=f"/api/v1/events?last_event_id={ids[0]}"))
    for stream in (field, query):
        assert [stream.next("change").id for _ in range(2)] == ids[1:]
        assert stream.next("tick").data["services"]


def test_without_a_last_id_nothing_old_is_told(balancer, start):
    old = flip(balancer, 2)
    stream = start(EventStream(balancer.admin))
    stream.next("tick")
    new = flip(balancer, 3)
    assert stream.next("change").id == new != old


@pytest.mark.parametrize("last", ["99999999", "0"])
def test_a_last_id_of_another_life_is_no_error(start, balancer, last):
    flip(balancer, 2)
    stream = start(EventStream(balancer.admin, fields={"Last-Event-ID": last}))
    stream.next("tick")
    new = flip(balancer, 3)
    wait_until(lambda: stream.next("change").id == new)


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "9" * 40])
def test_a_last_id_that_is_none_does_no_harm(balancer, last):
    with balancer.admin.client() as client:
        client.send(request("/api/v1/events", fields={"Last-Event-ID": last}, host=balancer.admin_address))
        assert client.answer_head().status in (200, 400)
    assert balancer.admin.get("/healthz") == {"status": "ok"}


def test_the_changes_are_kept_newest_first(balancer):
    first = flip(balancer, 2)
    path = f"{balancer.admin.service}/strategy"
    with balancer.admin.client() as client:
        for number in range(204):
            name = ("least_connections", "round_robin")[number % 2]
            balancer.admin.succeed(path, "PUT", {"strategy": name}, client=client)
    changes = balancer.admin.get("/api/v1/changes")["changes"]
    assert [change["id"] for change in changes] == list(range(first + 204, first + 4, -1))


def test_streams_are_counted_and_forgotten_when_they_end(balancer):
    for _ in range(3):
        with EventStream(balancer.admin), EventStream(balancer.admin):
            assert balancer.admin.get("/api/v1/status")["event_streams"] == 2
        wait_until(lambda: balancer.admin.get("/api/v1/status")["event_streams"] == 0)


def test_one_stream_too_many_is_refused_and_the_others_go_on(start, balancer):
    for _ in range(127):
        client = start(balancer.admin.client())
        client.send(request("/api/v1/events", host=balancer.admin_address))
        assert client.answer_head().status == 200
    stream = start(EventStream(balancer.admin))
    balancer.admin.refuse("/api/v1/events", status=503, code="too_many_streams")
    assert stream.next("tick").data["event_streams"] == 128
    stream.next("tick", deadline=2)


def test_a_stream_is_ended_by_the_shutdown(start, balancer, stream):
    stream.next("tick")
    assert balancer.stop() == 0
    wait_until(lambda: stream.is_over)


def test_head_of_the_stream_does_not_begin_one(balancer):
    with balancer.admin.client() as client:
        answer = balancer.admin.ask("/api/v1/events", "HEAD", client=client)
        assert answer.status == 200
    wait_until(lambda: balancer.admin.get("/api/v1/status")["event_streams"] == 0)
