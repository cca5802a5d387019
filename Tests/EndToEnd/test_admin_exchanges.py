"""Recent exchanges, and why each server was picked."""

import pytest

from support.admin import AdminBalancer
from support.http_server import HTTPServer, named, response
from support.polling import wait_until
from support.reserved_port import ReservedPort


@pytest.fixture
def balancer(start):
    return start(AdminBalancer([start(server) for server in named(3)]))


def newest(balancer, **query):
    """The recent exchanges."""
    text = "&".join(f"{name}={value}" for name, value in query.items())
    return balancer.admin.get(f"{balancer.admin.service}/exchanges?{text}")["exchanges"]


def test_there_are_none_before_the_first(balancer):
    assert newest(balancer) == []


def test_an_exchange_is_told_whole(balancer):
    balancer.exchange("/a/b?c=d", "POST", body=b"hello")
    (exchange,) = newest(balancer)
    assert (exchange["method"], exchange["target"], exchange["status"]) == ("POST", "/a/b?c=d", 200)
    assert (exchange["server"], exchange["attempts"], exchange["reused"]) == ("server-1", 1, False)
    assert (exchange["outcome"], exchange["reason"], exchange["kind"]) == ("succeeded", "none", "exchange")
    assert exchange["client"] == "127.0.0.1"
    assert exchange["bytes"]["to_servers"] == 5 and exchange["bytes"]["to_clients"] == len(b"server-1\n")
    assert balancer.admin.get(f"{balancer.admin.service}/exchanges/{exchange['id']}") == exchange


def test_the_newest_comes_first_and_the_list_can_be_followed(balancer):
    for number in range(10):
        balancer.exchange(f"/{number}")
    exchanges = newest(balancer)
    assert [exchange["target"] for exchange in exchanges] == [f"/{number}" for number in reversed(range(10))]
    ids = [exchange["id"] for exchange in exchanges]
    assert ids == sorted(set(ids), reverse=True)
    assert [exchange["target"] for exchange in newest(balancer, limit=3)] == ["/9", "/8", "/7"]
    assert [exchange["target"] for exchange in newest(balancer, after=ids[2])] == ["/9", "/8"]
    assert newest(balancer, after=ids[0]) == []


def test_fifty_are_told_unless_more_are_asked_for_and_the_old_are_forgotten(balancer):
    client = balancer.client()
    for number in range(260):
        assert client.ask(f"/{number}").status == 200
    client.close()
    assert len(newest(balancer)) == 50
    kept = newest(balancer, limit=200)
    assert len(kept) == 200 and kept[0]["target"] == "/259"
    oldest = kept[-1]["id"]
    first = kept[0]["id"] - 259
    assert balancer.admin.get(f"{balancer.admin.service}/exchanges/{oldest}")["target"] == "/60"
    balancer.admin.refuse(f"{balancer.admin.service}/exchanges/{first}", status=404, code="unknown_exchange")


def test_a_pick_says_what_the_strategy_saw(balancer):
    balancer.admin.change("server-2", weight=3)
    balancer.admin.change("server-3", administrative_state="disabled")
    balancer.exchange()
    (exchange,) = newest(balancer, limit=1)
    (pick,) = exchange["picks"]
    assert pick["server"] == exchange["server"] == "server-2"
    assert pick["candidates"] == [
        {"server": "server-1", "weight": 1, "in_flight": 0, "verdict": "eligible"},
        {"server": "server-2", "weight": 3, "in_flight": 0, "verdict": "picked"},
        {"server": "server-3", "weight": 1, "in_flight": 0, "verdict": "disabled"}]
    assert "Round Robin" in pick["explanation"] and "server-2" in pick["explanation"]
    assert "server-3" in pick["explanation"] and "stopped by hand" in pick["explanation"]


def test_a_second_attempt_has_a_pick_of_its_own(start):
    closed, good = start(ReservedPort()), start(HTTPServer(name="good"))
    balancer = start(AdminBalancer([("bad", closed.address), good]))
    balancer.exchange()
    (exchange,) = newest(balancer)
    assert (exchange["attempts"], exchange["server"], exchange["status"]) == (2, "good", 200)
    first, second = exchange["picks"]
    assert (first["server"], second["server"]) == ("bad", "good")
    assert {item["server"]: item["verdict"] for item in second["candidates"]} == {"bad": "tried", "good": "picked"}


def test_least_connections_says_who_was_busier(start):
    peers = []

    def hold(asked, peer):
        if asked.target == "/held":
            peers.append(peer)
            peer.released.wait(20)
        return response()

    balancer = start(AdminBalancer(
        [start(HTTPServer(hold, name=name)) for name in ("server-1", "server-2")], strategy="least_connections"))
    client = start(balancer.client())
    client.send(b"GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
    wait_until(lambda: peers)
    balancer.exchange()
    (exchange,) = newest(balancer, limit=1)
    in_flight = {item["server"]: (item["in_flight"], item["verdict"]) for item in exchange["picks"][0]["candidates"]}
    assert in_flight == {"server-1": (1, "eligible"), "server-2": (0, "picked")}
    assert "Least Connections" in exchange["picks"][0]["explanation"]
    peers[0].released.set()


def test_nobody_to_pick_is_told_too(start):
    balancer = start(AdminBalancer([start(server) for server in named(2)]))
    for name in ("server-1", "server-2"):
        balancer.admin.change(name, administrative_state="disabled")
    assert balancer.exchange().status == 503
    (exchange,) = newest(balancer)
    assert (exchange["status"], exchange["server"], exchange["attempts"]) == (503, None, 0)
    assert (exchange["reason"], exchange["outcome"]) == ("no_server_eligible", "failed")
    for pick in exchange["picks"]:
        assert pick["server"] is None
        assert {item["verdict"] for item in pick["candidates"]} == {"disabled"}


def test_a_full_server_is_told_as_full(start):
    peers = []

    def hold(asked, peer):
        if asked.target == "/held":
            peers.append(peer)
            peer.released.wait(20)
        return response()

    balancer = start(AdminBalancer(
        [start(HTTPServer(hold, name=name)) for name in ("server-1", "server-2")], max_connections=1))
    client = start(balancer.client())
    client.send(b"GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
    wait_until(lambda: peers)
    for _ in range(2):
        balancer.exchange()
    for exchange in newest(balancer, limit=2):
        verdicts = {item["server"]: item["verdict"] for item in exchange["picks"][0]["candidates"]}
        assert verdicts == {"server-1": "full", "server-2": "picked"}
    peers[0].released.set()


def test_a_refused_request_is_an_exchange_without_a_pick(balancer):
    with balancer.client() as client:
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        assert client.answer().status == 400
    (exchange,) = newest(balancer)
    assert (exchange["status"], exchange["reason"], exchange["outcome"]) == (400, "repeated_host", "refused")
    assert (exchange["server"], exchange["attempts"], exchange["picks"]) == (None, 0, [])
