"""Enabling, draining and disabling servers, and their weights, as requests feel it."""

import threading

import pytest

from support.admin import AdminBalancer
from support.backends import Backend
from support.configuration import HTTP_CHECK
from support.http_message import head
from support.http_server import HTTPServer, named, response
from support.load import Load, kinds
from support.polling import stays, wait_until
from support.reserved_port import ReservedPort


class Held:
    """Servers that hold requests for /held until they are let go."""

    def __init__(self, start, count=2):
        self.servers = [start(HTTPServer(self._answer, name=f"server-{number}")) for number in range(1, count + 1)]
        self.peers = []

    def _answer(self, asked, peer):
        if asked.target == "/held":
            self.peers.append(peer)
            peer.released.wait(20)
        return response(b"done")

    def hold(self, start, balancer):
        """A client whose request is in flight, and the name of its server."""
        count = len(self.peers)
        client = start(balancer.client(timeout=10))
        client.send(b"GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
        wait_until(lambda: len(self.peers) > count, what="the request is at a server")
        holder = next(server for server in balancer.admin.state()["servers"] if server["in_flight"] == 1)
        return client, holder["name"]

    def let_go(self):
        for peer in self.peers:
            peer.released.set()


@pytest.fixture
def servers(start):
    return [start(server) for server in named(3)]


@pytest.fixture
def balancer(start, servers):
    return start(AdminBalancer(servers))


def answers(balancer, count):
    """Who answered so many requests: {"server-1": 3}."""
    bodies = [balancer.exchange().body.decode().strip() for _ in range(count)]
    return {name: bodies.count(name) for name in sorted(set(bodies))}


# Enabling and disabling


def test_a_disabled_server_gets_nothing_and_an_enabled_one_its_share(balancer):
    disabled = balancer.admin.change("server-2", administrative_state="disabled")
    assert (disabled["administrative_state"], disabled["eligible"]) == ("disabled", False)
    assert disabled["health"]["state"] == "up"
    assert answers(balancer, 6) == {"server-1": 3, "server-3": 3}
    assert balancer.admin.state()["servers_eligible"] == 2
    assert balancer.admin.change("server-2", administrative_state="enabled")["eligible"]
    assert set(answers(balancer, 6)) == {"server-1", "server-2", "server-3"}


def test_setting_what_is_set_is_no_error(balancer):
    for state in ("enabled", "disabled", "disabled", "enabled"):
        assert balancer.admin.change("server-1", administrative_state=state)["administrative_state"] == state


def test_with_every_server_disabled_clients_are_told_and_one_is_enough_again(balancer):
    for name in ("server-1", "server-2", "server-3"):
        balancer.admin.change(name, administrative_state="disabled")
    assert balancer.exchange().status == 503
    balancer.admin.change("server-2", administrative_state="enabled")
    assert answers(balancer, 2) == {"server-2": 2}


def test_enabling_a_dead_server_makes_it_no_more_eligible(start):
    dead, good = start(ReservedPort()), start(HTTPServer(name="good"))
    balancer = start(AdminBalancer([("dead", dead.address), good], health=HTTP_CHECK))
    balancer.wait_until_down("dead")
    balancer.wait_until_up("good")
    balancer.admin.change("dead", administrative_state="disabled")
    enabled = balancer.admin.change("dead", administrative_state="enabled")
    assert enabled["administrative_state"] == "enabled"
    assert (enabled["health"]["state"], enabled["eligible"]) == ("checking", False)
    wait_until(lambda: balancer.admin.server("dead")["health"]["state"] == "down", what="its own check fails")
    stays(lambda: not balancer.admin.server("dead")["eligible"], 0.5, "it is not eligible")
    assert answers(balancer, 4) == {"good": 4}
    newest = balancer.admin.get(f"{balancer.admin.service}/exchanges?limit=4")["exchanges"]
    assert {exchange["attempts"] for exchange in newest} == {1}, "nobody was sent to it"


def test_a_server_that_comes_back_is_eligible_only_when_it_is_enabled(start):
    backend, good = start(Backend("server-1")), start(Backend("server-2"))
    balancer = start(AdminBalancer([("server-1", backend.address), ("server-2", good.address)], health=HTTP_CHECK))
    balancer.wait_until_up("server-1")
    balancer.admin.change("server-1", administrative_state="disabled")
    backend.kill()
    wait_until(lambda: balancer.admin.server("server-1")["health"]["state"] == "down")
    backend.restart()
    wait_until(lambda: balancer.admin.server("server-1")["health"]["state"] == "up", what="checks go on while disabled")
    assert not balancer.admin.server("server-1")["eligible"]
    assert not balancer.admin.change("server-1", administrative_state="enabled")["eligible"]
    wait_until(lambda: balancer.admin.server("server-1")["eligible"], what="a check of its own has passed")


# Draining


def test_a_drained_server_counts_down_and_ends_when_nothing_is_in_flight(start):
    held = Held(start)
    balancer = start(AdminBalancer(held.servers))
    client, name = held.hold(start, balancer)
    drained = balancer.admin.change(name, administrative_state="draining", drain_timeout_seconds=30)
    assert (drained["administrative_state"], drained["eligible"], drained["in_flight"]) == ("draining", False, 1)
    assert drained["drain"]["timeout_seconds"] == 30 and 29 < drained["drain"]["remaining_seconds"] <= 30
    wait_until(lambda: balancer.admin.server(name)["drain"]["remaining_seconds"] < 29.9, what="it counts down")
    for _ in range(4):
        assert balancer.exchange().status == 200
    others = {server["name"]: server["requests"]["total"] for server in balancer.admin.state()["servers"]}
    assert others.pop(name) in (0, 1) and list(others.values()) == [4]
    held.let_go()
    assert client.answer().body == b"done"
    wait_until(lambda: balancer.admin.server(name)["in_flight"] == 0)
    ended = wait_until(lambda: (now := balancer.admin.server(name))["administrative_state"] == "disabled" and now)
    assert ended["drain"] is None
    assert balancer.admin.change(name, administrative_state="enabled")["eligible"]


def test_draining_a_server_with_nothing_in_flight_is_over_at_once(balancer):
    balancer.admin.change("server-1", administrative_state="draining", drain_timeout_seconds=600)
    ended = wait_until(lambda: (now := balancer.admin.server("server-1"))["administrative_state"] == "disabled" and now)
    assert ended["drain"] is None and not ended["eligible"]


def test_what_is_in_flight_at_the_deadline_goes_to_another_server(start):
    held = Held(start)
    balancer = start(AdminBalancer(held.servers))
    client, name = held.hold(start, balancer)
    balancer.admin.change(name, administrative_state="draining", drain_timeout_seconds=1)
    server = wait_until(
        lambda: (now := balancer.admin.server(name))["administrative_state"] == "disabled" and now, 4)
    assert (server["in_flight"], server["drain"]) == (0, None)
    wait_until(lambda: len(held.peers) == 2, what="the other server has it")
    held.let_go()
    assert client.answer().body == b"done"
    assert balancer.admin.state()["requests"]["failed"] == 0


def test_what_can_go_to_no_other_server_at_the_deadline_is_answered(start):
    held = Held(start, count=1)
    balancer = start(AdminBalancer(held.servers))
    client, name = held.hold(start, balancer)
    balancer.admin.change(name, administrative_state="draining", drain_timeout_seconds=1)
    answer = client.answer()
    assert answer.status == 503 and b"drain_deadline" in answer.body
    requests = balancer.admin.state()["requests"]
    assert (requests["failed"], requests["aborted"]) == (0, 1)
    held.let_go()


@pytest.mark.parametrize("state", ["draining", "disabled"])
def test_those_that_wait_for_a_server_that_is_taken_out_are_told_and_count_as_no_failure(start, state):
    held = Held(start, count=1)
    balancer = start(AdminBalancer(held.servers, max_connections=1))
    client, name = held.hold(start, balancer)
    waiting = [start(balancer.client()) for _ in range(3)]
    for one in waiting:
        one.send(b"GET /waits HTTP/1.1\r\nHost: a\r\n\r\n")
    wait_until(lambda: balancer.admin.state()["requests"]["queued"] == 3, what="three wait")
    balancer.admin.change(name, administrative_state=state)
    for one in waiting:
        answer = one.answer()
        assert answer.status == 503 and b"queue_closed" in answer.body
    held.let_go()
    assert client.answer().status == 200
    requests = wait_until(lambda: (now := balancer.admin.state()["requests"])["succeeded"] == 1 and now)
    assert (requests["failed"], requests["aborted"]) == (0, 3)


def test_enabling_ends_a_drain(start):
    held = Held(start)
    balancer = start(AdminBalancer(held.servers))
    client, name = held.hold(start, balancer)
    balancer.admin.change(name, administrative_state="draining", drain_timeout_seconds=1)
    enabled = balancer.admin.change(name, administrative_state="enabled")
    assert (enabled["drain"], enabled["eligible"], enabled["in_flight"]) == (None, True, 1)
    stays(lambda: balancer.admin.server(name)["in_flight"] == 1, 1.3, "the old deadline cuts nothing")
    held.let_go()
    assert client.answer().body == b"done"


def test_a_drain_has_thirty_seconds_unless_it_says_more(start):
    held = Held(start)
    balancer = start(AdminBalancer(held.servers))
    _, name = held.hold(start, balancer)
    assert balancer.admin.change(name, administrative_state="draining")["drain"]["timeout_seconds"] == 30
    longer = balancer.admin.change(name, administrative_state="draining", drain_timeout_seconds=3600)
    assert longer["drain"]["timeout_seconds"] == 3600
    held.let_go()


def test_draining_under_load_fails_nobody(balancer, servers):
    with Load(balancer.address, 16, keep_alive=True) as load:
        load.wait_for(100)
        balancer.admin.change("server-2", administrative_state="draining", drain_timeout_seconds=5)
        wait_until(lambda: balancer.admin.server("server-2")["administrative_state"] == "disabled")
        before = len(servers[1].targets)
        load.wait_for(100)
        assert len(servers[1].targets) == before, "nothing new came"
        balancer.admin.change("server-2", administrative_state="enabled")
        wait_until(lambda: len(servers[1].targets) > before)
        outcomes = load.stop()
    assert set(kinds(outcomes)) == {"200"}


# Weights


def test_a_change_of_weight_moves_the_shares_exactly(balancer):
    assert answers(balancer, 12) == {"server-1": 4, "server-2": 4, "server-3": 4}
    assert balancer.admin.change("server-1", weight=2)["weight"] == 2
    assert answers(balancer, 40) == {"server-1": 20, "server-2": 10, "server-3": 10}
    balancer.admin.change("server-3", weight=5)
    assert answers(balancer, 80) == {"server-1": 20, "server-2": 10, "server-3": 50}
    for name in ("server-1", "server-3"):
        balancer.admin.change(name, weight=1)
    assert answers(balancer, 12) == {"server-1": 4, "server-2": 4, "server-3": 4}


@pytest.mark.parametrize("weight", [1, 256])
def test_the_least_and_the_greatest_weight_are_taken(balancer, weight):
    assert balancer.admin.change("server-1", weight=weight)["weight"] == weight


def test_both_can_be_changed_at_once(balancer):
    changed = balancer.admin.change("server-1", weight=9, administrative_state="disabled")
    assert (changed["weight"], changed["administrative_state"]) == (9, "disabled")


def test_changes_at_the_same_time_leave_a_whole_state(balancer):
    pairs = [(weight, state) for weight in range(1, 11) for state in ("enabled", "disabled")]
    told, errors = [], []

    def change(pair):
        try:
            server = balancer.admin.change("server-1", weight=pair[0], administrative_state=pair[1])
            told.append((pair, (server["weight"], server["administrative_state"])))
        except AssertionError as error:
            errors.append(error)

    threads = [threading.Thread(target=change, args=(pair,)) for pair in pairs * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not errors, errors[0]
    assert len(told) == len(pairs) * 2 and all(asked == was for asked, was in told), "each answer is of its own change"
    last = balancer.admin.server("server-1")
    assert (last["weight"], last["administrative_state"]) in pairs


# What a server's figures say


def test_the_strategys_own_figure_is_told(start):
    held = Held(start)
    balancer = start(AdminBalancer(held.servers, strategy="least_connections"))
    _, name = held.hold(start, balancer)
    balancer.admin.change(name, weight=4)
    standings = {server["name"]: server["standing"] for server in balancer.admin.state()["servers"]}
    assert standings[name] == {"title": "in flight per weight", "value": 0.25}
    assert [standing["value"] for other, standing in standings.items() if other != name] == [0]
    held.let_go()


def test_an_ejected_server_says_why_and_for_how_long(start):
    bad = start(HTTPServer(lambda asked, peer: b"garbage\r\n\r\n", name="bad"))
    good = start(HTTPServer(name="good"))
    # Checks by connecting, so that only the exchanges speak against it.
    balancer = start(AdminBalancer([bad, good], health={"consecutive_failures": 2, "ejection": "1s"}))
    for server in ("bad", "good"):
        balancer.wait_until_up(server)
    for _ in range(8):
        balancer.exchange("/", "POST", body=b"x")
    ejected = balancer.admin.server("bad")
    assert ejected["ejection"] is not None, ejected
    assert "2" in ejected["ejection"]["reason"] and 0 < ejected["ejection"]["remaining_seconds"] <= 1
    assert (ejected["eligible"], ejected["health"]["state"]) == (False, "up")
    wait_until(lambda: balancer.admin.server("bad")["eligible"], what="it is taken in again")
    kinds_seen = [change["kind"] for change in balancer.admin.get("/api/v1/changes")["changes"]]
    assert "ejected" in kinds_seen and "readmitted" in kinds_seen


def test_what_began_before_an_ejection_does_not_decide_the_trial_after_it(start):
    go = threading.Event()

    def bad(asked, peer):
        if asked.target == "/held":
            go.wait(10)
        return response() if asked.target == "/good" else b"garbage\r\n\r\n"

    def good(asked, peer):
        if asked.target == "/held":
            go.wait(10)
        return response()

    servers = [start(HTTPServer(bad, name="bad")), start(HTTPServer(good, name="good"))]
    balancer = start(AdminBalancer(servers, health={"consecutive_failures": 1, "ejection": "1s"}))
    held = [start(balancer.client()) for _ in servers]
    for client in held:
        client.send(b"GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
    wait_until(lambda: all("/held" in server.targets for server in servers))
    for _ in servers:
        balancer.exchange("/bad")
    before = balancer.admin.server("bad")
    assert before["ejection"] and not before["on_trial"]
    wait_until(lambda: balancer.admin.server("bad")["on_trial"], what="it is back, on trial")
    go.set()
    assert sorted(client.answer().status for client in held) == [200, 502]
    after = balancer.admin.server("bad")
    assert (after["ejection"], after["on_trial"], after["failures"]) == (None, True, 2)
    wait_until(
        lambda: balancer.exchange("/good").status == 200 and not balancer.admin.server("bad")["on_trial"],
        what="one that began on trial passes it")


def test_the_limit_of_a_server_is_told(start, servers):
    balancer = start(AdminBalancer(servers, max_connections=7))
    assert [server["max_connections"] for server in balancer.admin.state()["servers"]] == [7, 7, 7]


def test_an_interim_answer_is_no_answer(start):
    early = head("HTTP/1.1 103 Early Hints")
    balancer = start(AdminBalancer([start(HTTPServer(lambda asked, peer: early + response()))]))
    balancer.exchange()
    by_status = balancer.admin.state()["requests"]["by_status"]
    assert (by_status["2xx"], by_status["1xx"]) == (1, 0)
