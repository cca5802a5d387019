"""Traffic that comes back to where it was."""

import contextlib
import json
import socket

import pytest

from support import access_log, address, peer_proxies, scripted_client
from support.command import run
from support.error_answer import assert_error
from support.http_balancer import HTTPBalancer, logging_balancer
from support.http_server import HTTPServer
from support.process import Process
from support.reserved_port import ReservedPort

# A request may come to a service this often.
VISITS = 5


@pytest.mark.parametrize("peer", ["nginx", "haproxy"])
def test_a_request_that_another_proxy_sends_back_gets_508_after_a_few_visits(start, peer):
    if not peer_proxies.find(peer):
        pytest.skip(f"no {peer}")
    port = start(ReservedPort())
    behind = start(peer_proxies.running(peer, port.address))
    balancer = logging_balancer(start, behind, listen=port.address)
    assert_error(balancer.exchange("/round"), 508, "loop_detected")
    found = access_log.wait_for_entries(balancer, VISITS)
    assert [entry.status for entry in found] == ["508"] * VISITS
    assert [entry.reason for entry in found] == ["loop_detected"] + ["none"] * (VISITS - 1)
    balancer.wait_for_line("main: a request came back to this service again and again")


def test_two_balancers_that_are_each_others_server_notice_it(start):
    first, second = start(ReservedPort()), start(ReservedPort())
    one = logging_balancer(start, second.address, listen=first.address)
    two = logging_balancer(start, first.address, listen=second.address)
    assert_error(one.exchange("/round"), 508, "loop_detected")
    assert len(access_log.wait_for_entries(one, VISITS)) == len(access_log.wait_for_entries(two, VISITS - 1)) + 1


def test_a_long_chain_of_balancers_is_no_loop(start):
    server = start(HTTPServer())
    last = start(HTTPBalancer([server]))
    for _ in range(2 * VISITS):
        last = start(HTTPBalancer([last.address]))
    assert last.exchange("/").status == 200
    marks = [value for name, value in server.seen_once().fields if name.lower() == "cdn-loop"]
    assert len(set(marks)) == 2 * VISITS + 1


def test_a_server_that_asks_the_balancer_on_behalf_of_a_request_is_answered(start):
    port = start(ReservedPort())

    def answer(asked, peer):
        if asked.target == "/inner":
            return b"HTTP/1.1 204 No Content\r\n\r\n"
        marks = [("CDN-Loop", asked.get("cdn-loop"))]
        inner = scripted_client.get(port.address, "/inner", headers=marks)
        return b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n%d" % inner.status

    server = start(HTTPServer(answer))
    balancer = start(HTTPBalancer([server], listen=port.address))
    assert balancer.exchange("/outer").body == b"204"


# Before the start

CIRCLES = {
    "a wildcard": {"a": ("0.0.0.0:{0}", "127.0.0.1:{0}")},
    "a name": {"a": ("0.0.0.0:{0}", "localhost:{0}")},
    "both families": {"a": ("[::]:{0}", "127.0.0.1:{0}")},
    "two services": {"a": ("127.0.0.1:{0}", "127.0.0.1:{1}"), "b": ("127.0.0.1:{1}", "127.0.0.1:{0}")},
    "overlapping listeners": {"a": ("0.0.0.0:{0}", "127.0.0.1:9"), "b": ("127.0.0.1:{0}", "127.0.0.1:9")},
}


@pytest.mark.parametrize("services", CIRCLES.values(), ids=CIRCLES.keys())
def test_check_and_run_refuse_addresses_that_are_the_same(tmp_path, start, services):
    ports = [start(ReservedPort()).port for _ in range(2)]
    file = tmp_path / "evenkeel.yaml"
    file.write_text(json.dumps({
        "services": {
            name: {"listen": listen.format(*ports), "servers": [server.format(*ports)]}
            for name, (listen, server) in services.items()},
        "admin": {"listen": "off"}}, indent=1))
    for command in ("check", "run"):
        result = run(command, file, timeout=5)
        assert result.returncode == 2, result.stderr
        assert "evenkeel.yaml:" in result.stderr


# Mode tcp


def test_a_tcp_service_behind_another_is_no_loop(start, tmp_path):
    inner = start(ReservedPort())
    server = start(HTTPServer())
    file = tmp_path / "evenkeel.yaml"
    file.write_text(json.dumps({
        "services": {
            "edge": {"listen": "127.0.0.1:0", "mode": "tcp", "servers": [inner.address]},
            "inner": {"listen": inner.address, "mode": "tcp", "servers": [server.address]}},
        "admin": {"listen": "off"}}))
    balancer = start(Process("run", file))
    edge = balancer.wait_for_line(r"edge: listening on (\S+)")[1]
    balancer.wait_for_line("edge: accepting")
    balancer.wait_for_line("inner: accepting")
    with contextlib.ExitStack() as opened:
        for _ in range(80):
            opened.enter_context(address.connect(edge, 5))
        assert scripted_client.get(edge).status == 200
    assert "came from itself" not in balancer.log
