"""Each request picks its own server; what a connection to a server is used for, and for how long."""

import collections
import subprocess
import threading

import pytest

from support.http_balancer import HTTPBalancer
from support.http_client import request
from support.http_message import chunked, head
from support.http_server import HTTPServer, named, response
from support.polling import stays, wait_until, wait_until_still


class Gate:
    """Answers that wait until the test opens the gate, save those to other paths than /held…"""

    def __init__(self):
        self.opened = threading.Event()

    def answer(self, request, peer):
        if request.target.startswith("/held"):
            assert self.opened.wait(10)
        return response(request.target.encode())

    def open(self):
        self.opened.set()


@pytest.fixture
def trio(start):
    return [start(server) for server in named(3)]


# Which server


def test_each_request_of_one_connection_picks_its_own_server(start, trio):
    balancer = start(HTTPBalancer(trio))
    client = start(balancer.client())
    bodies = [client.ask().body for _ in range(9)]
    assert set(collections.Counter(bodies).values()) == {3}
    assert all(len(set(bodies[turn:turn + 3])) == 3 for turn in (0, 3, 6))


def test_two_requests_of_one_curl_reach_two_servers_over_one_connection(start):
    balancer = start(HTTPBalancer([start(server) for server in named(2)]))
    url = f"http://{balancer.address}/"
    done = subprocess.run(
        ["curl", "-sS", "-w", "%{num_connects}\n", url, url], capture_output=True, text=True, timeout=10)
    assert done.stderr == ""
    first, connects, second, no_more = done.stdout.split()
    assert {first, second} == {"server-1", "server-2"}
    assert (connects, no_more) == ("1", "0")


def test_least_connections_counts_exchanges_in_flight(start):
    gate = Gate()
    servers = [start(server) for server in named(2, gate.answer)]
    balancer = start(HTTPBalancer(servers, strategy="least_connections"))
    busy = start(balancer.client())
    busy.send(request("/held"))
    wait_until(lambda: "/held" in servers[0].targets + servers[1].targets, what="one exchange is in flight")
    idle_server = servers[1] if "/held" in servers[0].targets else servers[0]

    with balancer.client() as client:
        assert [client.ask(f"/{n}").status for n in range(10)] == [200] * 10
    assert len(idle_server.targets) == 10, "an exchange in flight was not counted"

    gate.open()
    assert busy.answer().body == b"/held"


def test_least_connections_does_not_count_idle_clients(start):
    servers = [start(server) for server in named(2)]
    balancer = start(HTTPBalancer(servers, strategy="least_connections"))
    idle = [start(balancer.client()) for _ in range(7)]
    for client in idle:
        assert client.ask().status == 200
    before = [len(server.seen) for server in servers]
    with balancer.client() as client:
        for _ in range(20):
            client.ask()
    assert [len(server.seen) - was for server, was in zip(servers, before)] == [10, 10]


# One connection of a client


def test_fifty_pipelined_requests_come_back_in_order(start):
    def slowly(asked, peer):
        # Each fifth server answer is late, so that later requests could overtake.
        if asked.target.endswith("5"):
            peer.released.wait(0.02)
        return response(asked.target.encode())

    servers = [start(server) for server in named(3, slowly)]
    balancer = start(HTTPBalancer(servers))
    client = start(balancer.client())
    client.send(b"".join(request(f"/{number}") for number in range(50)))
    assert [client.answer().body for _ in range(50)] == [b"/%d" % number for number in range(50)]
    assert sorted(len(server.seen) for server in servers) == [16, 17, 17]


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_pipelined_requests_with_bodies_come_back_in_order_however_they_are_cut(start, step):
    server = start(HTTPServer(lambda asked, peer: response(asked.target.encode() + asked.body)))
    balancer = start(HTTPBalancer([server]))
    client = start(balancer.client())
    coded = {"Transfer-Encoding": "chunked"}
    data = b"".join([
        request("/a"), request("/b", "POST", body=b"12345"), request("/c", "HEAD"),
        request("/d", "POST", coded, chunked(b"123", b"45")), request("/e", "POST", {"Content-Length": 0}),
        request("/f", "PUT", coded, chunked()), request("/g")])
    for start_of_piece in range(0, len(data), step):
        client.send(data[start_of_piece:start_of_piece + step])
    assert [client.answer(method).body for method in ("GET", "POST", "HEAD", "POST", "POST", "PUT", "GET")] \
        == [b"/a", b"/b12345", b"", b"/d12345", b"/e", b"/f", b"/g"]


def test_the_last_request_of_a_connection_is_told_so(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server], limits={"requests_per_connection": 3}))
    client = start(balancer.client())
    assert [client.ask().says_close for _ in range(3)] == [False, False, True]
    assert client.is_over()
    assert balancer.exchange().status == 200


def test_what_a_client_pipelined_behind_its_last_request_is_not_served(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server], limits={"requests_per_connection": 2}))
    client = start(balancer.client())
    client.send(b"".join(request(f"/{number}") for number in range(4)))
    assert [client.answer().says_close for _ in range(2)] == [False, True]
    assert client.is_over()
    assert server.targets == ["/0", "/1"]


def test_a_client_that_says_close_is_closed_after_its_answer(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server]))
    with balancer.client() as client:
        client.send(request("/", fields={"Connection": "close"}) + request("/not-this"))
        assert client.answer().says_close
        assert client.is_over()
    assert server.targets == ["/"]
    assert balancer.exchange().status == 200
    assert server.connections == 1, "the client's close ended the server's connection"


# Old clients, and answers without a body


def test_a_client_of_http_1_0_is_answered_and_closed(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server]))
    with balancer.client() as client:
        answer = client.ask(version="1.0", host=None)
        assert (answer.status, answer.body) == (200, b"server\n")
        assert client.is_over()
    assert server.seen_once().get("host"), "sent on as HTTP/1.1 it needs a Host"


def test_a_client_of_http_1_0_that_asks_for_it_is_kept(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server]))
    client = start(balancer.client())
    for _ in range(3):
        answer = client.ask(fields={"Connection": "keep-alive"}, version="1.0")
        assert answer.status == 200
        assert "keep-alive" in answer.options("connection"), "1.0 closes unless told otherwise"


def test_a_client_of_http_1_0_gets_no_chunks(start):
    coded = head("HTTP/1.1 200 OK", {"Transfer-Encoding": "chunked"}) + chunked(b"one ", b"two")
    balancer = start(HTTPBalancer([start(HTTPServer(lambda asked, peer: coded))]))
    with balancer.client() as client:
        answer = client.ask(fields={"Connection": "keep-alive"}, version="1.0")
        assert answer.framing == "none"
        assert answer.body == b"one two"


BODILESS = {
    "an answer to HEAD": ("HEAD", "200 OK", {"Content-Length": "12"}),
    "an answer to HEAD with a coding": ("HEAD", "200 OK", {"Transfer-Encoding": "chunked"}),
    "204": ("GET", "204 No Content", {}),
    "204 to a POST": ("POST", "204 No Content", {}),
    "304": ("GET", "304 Not Modified", {"ETag": '"x"'}),
    "304 with a length": ("GET", "304 Not Modified", {"Content-Length": "12"}),
}


@pytest.mark.parametrize("method, status, fields", BODILESS.values(), ids=BODILESS.keys())
def test_an_answer_without_a_body_ends_with_its_head(start, method, status, fields):
    def answer(asked, peer):
        return head(f"HTTP/1.1 {status}", fields) if asked.target == "/" else response(b"next")

    server = start(HTTPServer(answer))
    balancer = start(HTTPBalancer([server]))
    client = start(balancer.client())
    for _ in range(3):
        got = client.ask("/", method, {"Content-Length": 0} if method == "POST" else ())
        assert (got.status, got.body) == (int(status[:3]), b"")
        assert client.ask("/next").body == b"next"
    if fields.get("Content-Length"):
        assert got.get("content-length") == "12"
    if method == "HEAD" and "Transfer-Encoding" in fields:
        assert got.get("content-length") is None
    assert server.connections == 1, "the server's connection is as good as new"


# Connections to servers


def test_a_connection_to_a_server_is_used_again(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server]))
    for _ in range(5):
        with balancer.client() as client:
            assert [client.ask().status for _ in range(4)] == [200] * 4
    assert len(server.seen) == 20
    assert server.connections == 1


def hold_two(start, **settings):
    """Two connections to one server, kept, the second given back last: (balancer, server)."""
    second = threading.Event()
    first = threading.Event()
    waits = {"/first": first, "/second": second}

    def answer(asked, peer):
        if asked.target in waits:
            assert waits[asked.target].wait(10)
        return response()

    server = start(HTTPServer(answer))
    balancer = start(HTTPBalancer([server], **settings))
    clients = [start(balancer.client()) for _ in range(2)]
    for number, client in enumerate(clients):
        client.send(request(("/first", "/second")[number]))
        wait_until(lambda: len(server.seen) == number + 1, what="it reaches the server")
    first.set()
    assert clients[0].answer().status == 200
    second.set()
    assert clients[1].answer().status == 200
    assert server.connections == 2
    return balancer, server


def test_the_connection_given_back_last_is_used_first(start):
    balancer, server = hold_two(start)
    for number in range(5):
        assert balancer.exchange(f"/{number}").status == 200
    by_target = {asked.target: asked.connection for asked in server.seen}
    assert [by_target[f"/{number}"] for number in range(5)] == [by_target["/second"]] * 5


def test_an_idle_connection_to_a_server_is_closed_in_time(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server], timeouts={"server_keep_alive": "400ms"}))
    client = start(balancer.client())
    assert client.ask().status == 200
    stays(lambda: not server.peers[0].is_over.is_set(), 0.2, "the connection is kept")
    assert server.peers[0].is_over.wait(1.5), "it was kept for too long"
    assert server.peers[0].error is None, "it ends with a FIN"
    assert client.ask().status == 200
    assert server.connections == 2


def test_a_connection_in_use_outlives_the_idle_time(start):
    server = start(HTTPServer())
    balancer = start(HTTPBalancer([server], timeouts={"server_keep_alive": "400ms"}))
    client = start(balancer.client())
    for _ in range(8):
        assert client.ask().status == 200
        stays(lambda: True, 0.1)
    assert server.connections == 1


def test_no_more_idle_connections_are_kept_than_the_limit_says(start):
    gate = Gate()
    server = start(HTTPServer(gate.answer))
    balancer = start(HTTPBalancer([server], limits={"kept_connections": 2}))
    clients = [start(balancer.client()) for _ in range(6)]
    for client in clients:
        client.send(request("/held"))
    wait_until(lambda: len(server.seen) == 6, what="six at once")
    gate.open()
    assert [client.answer().status for client in clients] == [200] * 6

    def open_connections():
        return sum(1 for peer in server.peers if not peer.is_over.is_set())
    assert wait_until_still(open_connections) == 2


NOT_REUSABLE = {
    "says close": response(fields={"Connection": "close"}),
    "says close among other things": response(fields={"Connection": "x-thing, Close"}),
    "speaks HTTP/1.0": response(version="1.0"),
    "sends more than its length": response(b"ok\n") + b"more",
    "sends a second answer": response(b"ok\n") + response(b"EVIL\n"),
    "sends more than its last chunk":
        head("HTTP/1.1 200 OK", {"Transfer-Encoding": "chunked"}) + chunked(b"ok\n") + b"more",
    "sends a body with 204": head("HTTP/1.1 204 No Content") + b"body",
    "sends a body with 304": head("HTTP/1.1 304 Not Modified", {"Content-Length": "4"}) + b"body",
}


@pytest.mark.parametrize("answer", NOT_REUSABLE.values(), ids=NOT_REUSABLE.keys())
def test_a_connection_is_not_used_again_when_its_server(start, answer):
    def once(asked, peer):
        return answer if asked.target == "/" else response(b"good\n")

    server = start(HTTPServer(once))
    balancer = start(HTTPBalancer([server]))
    client = start(balancer.client())
    for _ in range(5):
        got = client.ask("/")
        assert got.status in (200, 204, 304)
        assert got.body == (b"ok\n" if got.status == 200 else b"")
        good = client.ask("/good")
        assert (good.status, good.body) == (200, b"good\n")
    spoiled = set()
    for asked in server.seen:
        assert asked.connection not in spoiled
        if asked.target == "/":
            spoiled.add(asked.connection)


def test_a_connection_that_ends_with_its_body_is_not_used_again(start):
    def script(peer):
        server.read_request(peer)
        peer.send(b"HTTP/1.1 200 OK\r\n\r\nuntil the end")

    server = start(HTTPServer(script=script))
    balancer = start(HTTPBalancer([server]))
    assert [balancer.exchange().body for _ in range(3)] == [b"until the end"] * 3
    assert server.connections == 3


@pytest.mark.parametrize("says", [
    response(b"EVIL\n"), b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n", b"x"],
    ids=["an answer", "a time-out", "a byte"])
def test_a_connection_whose_server_speaks_unasked_is_not_used_again(start, says):
    spoken = threading.Event()

    def answer(asked, peer):
        if asked.connection == 0:
            def speak():
                spoken.wait(5)
                peer.send(says)
            threading.Thread(target=speak, daemon=True).start()
        return response(b"good\n")

    server = start(HTTPServer(answer))
    balancer = start(HTTPBalancer([server]))
    client = start(balancer.client())
    assert client.ask().body == b"good\n"
    spoken.set()
    wait_until(lambda: server.peers[0].is_over.is_set(), what="the balancer closes it")
    assert [client.ask().body for _ in range(3)] == [b"good\n"] * 3
    assert server.connections == 2


def test_a_connection_is_not_used_again_after_its_client_went_away(start):
    gate = Gate()
    server = start(HTTPServer(gate.answer))
    balancer = start(HTTPBalancer([server]))
    client = balancer.client()
    client.send(request("/held"))
    wait_until(lambda: server.targets == ["/held"], what="the exchange is in flight")
    client.reset()
    # Its late answer must be nobody's.
    gate.open()
    assert [balancer.exchange(f"/{number}").body for number in range(3)] == [b"/0", b"/1", b"/2"]
    assert 0 not in {asked.connection for asked in server.seen if asked.target != "/held"}
