"""Interim responses, expectations, and the way to another protocol."""

import pytest

from support.error_answer import assert_error
from support.http_balancer import HTTPBalancer
from support.http_client import request
from support.http_server import HTTPServer, named, response, scripted
from support.polling import stays, wait_until


@pytest.fixture
def server(start):
    return start(HTTPServer())


# Interim responses


def continuing(final):
    """A script: 100 for who expects it, then the body is read, then `final`."""
    def script(server):
        def run(peer):
            while True:
                asked = server.read_request(peer, body=False)
                if asked is None:
                    return
                if asked.get("expect"):
                    peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
                if asked not in server.seen and not server.read_request(peer):
                    return
                peer.send(final)
        return run
    return script


def test_expect_is_passed_on_and_so_is_the_100(start):
    server = scripted(start, continuing(response(b"thanks\n")))
    balancer = start(HTTPBalancer([server]))
    client = start(balancer.client())
    for number in range(2):
        client.send(request(f"/{number}", "POST", {"Expect": "100-Continue", "Content-Length": 5}))
        assert client.answer_head().status == 100
        assert len(server.seen) == number, "the body has not been sent"
        client.send(b"hello")
        answer = client.answer()
        assert (answer.status, answer.body) == (200, b"thanks\n")
    assert [seen.get("expect").lower() for seen in server.seen] == ["100-continue"] * 2
    assert [seen.body for seen in server.seen] == [b"hello"] * 2
    assert server.connections == 1


def test_a_client_that_expects_but_does_not_wait_is_served(start):
    server = scripted(start, continuing(response(b"thanks\n")))
    balancer = start(HTTPBalancer([server]))
    with balancer.client() as client:
        assert client.ask("/", "POST", {"Expect": "100-continue"}, b"hello").body == b"thanks\n"


@pytest.mark.parametrize("expectation", ["200-ok", "100-continue, x", "100-continue;x", "magic"])
def test_any_other_expectation_fails(start, server, expectation):
    balancer = start(HTTPBalancer([server]))
    answer = balancer.exchange("/", "POST", {"Expect": expectation}, b"x")
    assert_error(answer, 417, "unsupported_expectation")
    assert server.seen == []


@pytest.mark.parametrize("status", ["401 Unauthorized", "417 Expectation Failed", "200 OK"])
def test_a_final_answer_to_an_expectation_leaves_no_broken_connection(start, status):
    def refuse(server):
        def run(peer):
            while asked := server.read_request(peer, body=False):
                if asked.target == "/expecting":
                    peer.send(response(b"no\n", status))
                    # What comes next on this connection must be the body or nothing at all.
                    peer.after = peer.read_to_end()
                    return
                peer.send(response(b"good\n"))
        return run

    server = scripted(start, refuse)
    balancer = start(HTTPBalancer([server]))
    for _ in range(3):
        with balancer.client() as client:
            client.send(request("/expecting", "POST", {"Expect": "100-continue", "Content-Length": 40}))
            answer = client.answer()
            assert (answer.status, answer.body) == (int(status[:3]), b"no\n")
        assert balancer.exchange("/good").body == b"good\n"
    for peer in server.peers:
        assert getattr(peer, "after", b"") == b"", "another request went to who waits for a body"


def test_other_interim_responses_are_passed_on_in_order(start):
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
    server = start(HTTPServer(lambda asked, peer: early + b"HTTP/1.1 102 Processing\r\n\r\n" + early + response()))
    balancer = start(HTTPBalancer([server]))
    client = start(balancer.client())
    for _ in range(2):
        got = client.ask()
        assert [interim.status for interim in got.interim] == [103, 102, 103]
        assert got.interim[0].get("link") == "</a.css>; rel=preload"
        assert (got.status, got.body) == (200, b"ok\n")
    assert server.connections == 1


def test_a_client_of_http_1_0_gets_no_interim_response(start):
    server = start(HTTPServer(
        lambda asked, peer: b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + response()))
    balancer = start(HTTPBalancer([server]))
    got = balancer.exchange(version="1.0")
    assert (got.status, got.interim, got.body) == (200, [], b"ok\n")


# Upgrade


UPGRADE = {"Connection": "keep-alive, Upgrade", "Upgrade": "chat/2, x"}
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat/2\r\n\r\n"


def switching(script):
    """A server that answers the first request with 101 and goes on with `script`."""
    def make(server):
        def run(peer):
            server.read_request(peer)
            peer.send(SWITCH)
            script(peer, server.reader(peer).rest)
        return run
    return make


def shouting(peer, first):
    """A protocol of upper case."""
    data = first or peer.read_some()
    while data:
        peer.send(data.upper())
        data = peer.read_some()


def test_upgrade_opens_a_tunnel_both_ways(start):
    server = scripted(start, switching(shouting))
    balancer = start(HTTPBalancer([server]))
    client = start(balancer.client())
    answer = client.ask(fields=UPGRADE)
    assert (answer.status, answer.get("upgrade")) == (101, "chat/2")
    assert "upgrade" in answer.options("connection")
    seen = server.seen_once()
    assert (seen.get("upgrade"), seen.options("connection")) == ("chat/2, x", ["upgrade"])
    for number in range(100):
        client.send(b"turn %d\r\n" % number)
        assert client.read(len(b"turn %d\r\n" % number)) == b"TURN %d\r\n" % number
    client.half_close()
    assert client.read_to_end() == b""


def test_what_a_server_says_right_behind_its_101_arrives(start):
    def make(server):
        def run(peer):
            server.read_request(peer)
            peer.send(SWITCH + b"HTTP/1.1 is over: welcome")
            peer.read_to_end()
        return run

    balancer = start(HTTPBalancer([scripted(start, make)]))
    client = start(balancer.client())
    assert client.ask(fields=UPGRADE).status == 101
    assert client.read(25) == b"HTTP/1.1 is over: welcome"


def test_nothing_pipelined_behind_an_upgrade_goes_before_the_101(start):
    def make(server):
        def run(peer):
            server.read_request(peer)
            peer.is_held.set()
            peer.released.wait()
            # Whatever the balancer had sent early would be here by now.
            peer.socket.setblocking(False)
            try:
                peer.early = peer.socket.recv(1000) or b"(the end)"
            except BlockingIOError:
                peer.early = server.reader(peer).rest
            peer.socket.settimeout(5)
            peer.send(SWITCH)
            shouting(peer, b"")
        return run

    server = scripted(start, make)
    balancer = start(HTTPBalancer([server]))
    client = start(balancer.client())
    client.send(request("/", fields=UPGRADE) + b"get /smuggled http/1.1\r\n\r\n")
    peer = server.held()
    stays(lambda: not peer.is_over.is_set(), 0.3, "the server is left alone")
    peer.released.set()
    assert client.answer().status == 101
    assert client.read(26) == b"GET /SMUGGLED HTTP/1.1\r\n\r\n"
    assert peer.early == b""


@pytest.mark.parametrize("status", ["200 OK", "426 Upgrade Required", "403 Forbidden"])
def test_an_upgrade_that_is_not_granted_opens_no_tunnel(start, status):
    servers = [start(server) for server in named(2, lambda asked, peer: response(asked.target.encode(), status))]
    balancer = start(HTTPBalancer(servers))
    client = start(balancer.client())
    client.send(request("/upgrade", fields=UPGRADE) + request("/next", fields={"X-Forwarded-For": "6.6.6.6"}))
    first, second = client.answer(), client.answer()
    assert (first.status, first.body) == (int(status[:3]), b"/upgrade")
    assert (second.status, second.body) == (int(status[:3]), b"/next")
    [seen] = [seen for server in servers for seen in server.seen if seen.target == "/next"]
    assert seen.get("x-forwarded-for") == "127.0.0.1", "it was a request like any other"


@pytest.mark.parametrize("data", [
    request("/", fields={"Upgrade": "chat/2"}),
    request("/", fields=UPGRADE, version="1.0"),
    request("/", fields={"Connection": "upgrade"}),
], ids=["not named by Connection", "of HTTP/1.0", "without a protocol"])
def test_what_asks_for_no_upgrade_gets_none(start, server, data):
    balancer = start(HTTPBalancer([server]))
    with balancer.client() as client:
        client.send(data)
        assert client.answer().status == 200
    seen = server.seen_once()
    assert seen.get("upgrade") is None
    assert "upgrade" not in seen.options("connection")


def test_a_101_that_nobody_asked_for_is_a_bad_response(start):
    server = start(HTTPServer(lambda asked, peer: SWITCH))
    balancer = start(HTTPBalancer([server], limits={"retries": 0}))
    with balancer.client() as client:
        assert_error(client.ask(), 502, "bad_response")


def test_a_tunnel_ends_at_its_idle_timeout(start):
    server = scripted(start, switching(shouting))
    balancer = start(HTTPBalancer([server], timeouts={"idle": "500ms", "body": "100ms", "keep_alive": "100ms"}))
    client = start(balancer.client())
    assert client.ask(fields=UPGRADE).status == 101
    for _ in range(4):
        stays(lambda: not server.peers[0].is_over.is_set(), 0.2, "the tunnel is open")
        client.send(b"x")
        assert client.read(1) == b"X"
    assert client.sees_the_end() == "closed"
    assert server.peers[0].is_over.wait(1)


def test_the_server_of_a_tunnel_ends_it_for_the_client(start):
    server = scripted(start, switching(lambda peer, rest: peer.send(b"goodbye")))
    balancer = start(HTTPBalancer([server]))
    client = start(balancer.client())
    assert client.ask(fields=UPGRADE).status == 101
    assert client.read_to_end() == b"goodbye"


def test_an_exchange_in_a_tunnel_counts_as_in_flight(start):
    def make(server):
        def run(peer):
            while asked := server.read_request(peer):
                if asked.get("upgrade"):
                    peer.send(SWITCH)
                    return shouting(peer, b"")
                peer.send(response(server.name.encode()))
        return run

    servers = [scripted(start, make) for _ in range(2)]
    balancer = start(HTTPBalancer([("a", servers[0].address), ("b", servers[1].address)],
                                  strategy="least_connections"))
    tunnel = start(balancer.client())
    assert tunnel.ask(fields=UPGRADE).status == 101
    for _ in range(6):
        assert balancer.exchange("/plain").status == 200
    wait_until(lambda: sum(len(server.seen) for server in servers) == 7)
    assert sorted(len(server.seen) for server in servers) == [1, 6]
