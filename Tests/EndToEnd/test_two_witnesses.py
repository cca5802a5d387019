"""What checks see and what traffic sees are two things, and neither hides the other."""

import itertools

import pytest

from support.balancer import Balancer
from support.configuration import HTTP_CHECK
from support.polling import every, wait_until
from support.scripted_client import get
from support.scripted_server import ScriptedServer, respond_by

MODES = pytest.mark.parametrize("mode", ["http", "tcp"])


class Page:
    """A server whose health page and whose answers can change; it counts what clients ask."""

    def __init__(self, start):
        self.health, self.answer = "200 OK", "200 OK"
        self._asked = itertools.count(1)
        self.asked = 0
        self.address = start(ScriptedServer(respond_by(self._answer))).address

    def _answer(self, path):
        if path == "/health":
            return self.health, b"health\n"
        self.asked = next(self._asked)
        return self.answer, b"ok\n"


def two_pages(start, mode, **settings):
    pages = [Page(start) for _ in range(2)]
    balancer = start(Balancer([page.address for page in pages], mode=mode, health=HTTP_CHECK, **settings))
    for number in (1, 2):
        balancer.wait_until_up(f"server-{number}")
    return balancer, pages


@MODES
def test_a_failing_health_page_takes_a_server_down_whatever_traffic_sees(start, mode):
    balancer, (_, sick) = two_pages(start, mode)
    sick.health = "503 Service Unavailable"
    for _ in every(0.005, 10):
        assert balancer.get().status == 200
        if balancer.matching("server-2 is down: status 503"):
            break
    balancer.wait_until_down("server-2", deadline=0.1)
    asked = sick.asked
    assert asked > 0, "it had traffic until then"
    for _ in range(50):
        assert balancer.get().status == 200
    assert sick.asked == asked


@MODES
def test_a_server_whose_health_page_fails_is_brought_back_by_its_checks_alone(start, mode):
    balancer, (_, sick) = two_pages(start, mode)
    sick.health = "503 Service Unavailable"
    balancer.wait_until_down("server-2")
    for _ in range(20):
        assert balancer.get().status == 200
    assert balancer.matching("server-2 is up")[1:] == []
    sick.health = "200 OK"
    balancer.wait_until_up("server-2", occurrence=2)


@MODES
def test_all_health_pages_may_fail_and_every_request_is_still_served(start, mode):
    balancer, pages = two_pages(start, mode)
    for page in pages:
        page.health = "503 Service Unavailable"
    balancer.wait_for_line("no server is eligible: those that are enabled are tried all the same")
    for _ in range(20):
        assert balancer.get().status == 200
    assert all(page.asked for page in pages)
    assert balancer.matching("traffic reaches it again") == [], "checks took them down, and checks decide"


def test_traffic_over_kept_connections_does_not_bring_back_what_refuses_new_ones(start):
    balancer, (well, sick) = two_pages(start, "http")
    sick.health = "404 Not Found"
    balancer.wait_until_down("server-2")
    with_kept = [get(balancer.address).status for _ in range(20)]
    assert set(with_kept) == {200}
    assert not balancer.matching("server-2 is up: traffic")
    assert well.asked >= 20


def test_a_server_that_is_down_at_the_start_gets_nothing_while_another_is_up(start):
    pages = [Page(start) for _ in range(2)]
    pages[1].health = "500 Internal Server Error"
    balancer = start(Balancer([page.address for page in pages], mode="http", health=HTTP_CHECK))
    wait_until(lambda: balancer.matching("server-2 is down"), what="its first check fails")
    for _ in range(10):
        assert balancer.get().status == 200
    assert pages[1].asked == 0
