"""Descriptors are short: what is kept without need gives way, in every service."""

import json
import tempfile
import pathlib

from support.admin import Admin
from support.balancer import Balancer
from support.configuration import NO_CHECKS, service
from support.http_client import exchange
from support.load import Load, kinds
from support.polling import wait_until
from support.proc import fd_count
from support.process import Process
from support.scripted_server import ScriptedServer, respond

LIMIT = 300
KEEPERS = 12


def test_connections_that_one_service_keeps_do_not_take_the_descriptors_of_another(start):
    keepers = [start(ScriptedServer(respond())) for _ in range(KEEPERS)]
    other = start(ScriptedServer(respond(b"other\n")))
    more = {"health": NO_CHECKS, "timeouts": {"server_keep_alive": "60s"}}
    services = {
        "a": service([server.address for server in keepers], **more),
        "b": service([other.address], **more)}
    folder = start(tempfile.TemporaryDirectory(prefix="evenkeel-test-"))
    file = pathlib.Path(folder, "evenkeel.yaml")
    file.write_text(json.dumps({"services": services, "admin": {"listen": "127.0.0.1:0"}}))
    balancer = start(Process("run", file, fd_limit=LIMIT))
    a, b = (balancer.wait_for_line(rf"{name}: listening on (\S+)")[1] for name in "ab")
    admin = Admin(balancer.wait_for_line(r"dashboard: listening on http://(\S+?)/")[1], service="a")
    for name in "ab":
        balancer.wait_for_line(f"{name}: accepting")
    for number in range(1, KEEPERS + 1):
        # One server after the other gets nearly all, and as many connections at once as are kept for it.
        admin.change(f"server-{number}", weight=256)
        with Load(a, 40, total=200) as load:
            assert set(kinds(load.finish())) == {"200"}
        admin.change(f"server-{number}", weight=1)
        assert exchange(b).status == 200
        assert fd_count(balancer.pid) < LIMIT - 32, "some are left for everything else"
    with Load(b, 20, total=100) as load:
        assert set(kinds(load.finish())) == {"200"}
    assert balancer.matching("cannot accept") == []


def test_a_limit_that_is_next_to_nothing_is_told_with_what_it_allows(start):
    server = start(ScriptedServer(respond()))
    balancer = start(Balancer([server.address], health=NO_CHECKS, fd_limit=32))
    line = balancer.wait_for_line("the limit of open files is 32: each service can serve .*").string
    assert "others wait" in line and "ulimit -n" in line
    assert wait_until(lambda: balancer.get().status == 200)


def test_a_usual_limit_is_not_worth_a_word(start):
    balancer = start(Balancer([start(ScriptedServer(respond())).address], health=NO_CHECKS, fd_limit=256))
    assert balancer.get().status == 200
    assert balancer.matching("limit of open files") == []
