"""The same suspect requests through nginx, HAProxy and us, to servers that read strictly."""

import concurrent.futures
import re

import pytest

from support import peer_proxies, suspect_requests
from support.http_balancer import HTTPBalancer
from support.http_client import HTTPClient
from support.http_response import BrokenResponse
from support.http_server import HTTPServer, response

# So long a silence is the end of the answers.
QUIET = 0.4
AT_ONCE = 32

MARK = re.compile(rb"c(\d+)c")
TEXTS = suspect_requests.texts()


class Outcome:
    """What became of each case behind one proxy."""

    def __init__(self):
        # The answers of each: a status, or for a 200 of the server what it saw asked for.
        self.answers = {}
        self.seen = {number: [] for number in range(len(TEXTS))}
        # What was sent on and is not canonical, by case.
        self.broken = {}


def raw(number):
    return TEXTS[number].replace("CASE", f"c{number}c").encode("latin-1")


def answers(to, number):
    """All that a client gets for one case."""
    found = []
    with HTTPClient(to, QUIET) as client:
        try:
            client.send(raw(number))
            while True:
                answer = client.answer("HEAD" if TEXTS[number].startswith("HEAD") and not found else "GET")
                found.append(answer.get("x-saw") or str(answer.status))
        except TimeoutError:
            found.append("waits")
        except (BrokenResponse, OSError):
            found.append("closes")
    return found


def outcome_of(to, server):
    outcome = Outcome()
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for number, found in enumerate(pool.map(lambda number: answers(to, number), range(len(TEXTS)))):
            outcome.answers[number] = found
    for seen in server.seen:
        if mark := MARK.search(seen.raw):
            outcome.seen[int(mark[1])].append(seen.target)
    for error in server.broken:
        mark = MARK.findall(str(error).encode("latin-1", "replace"))
        outcome.broken[int(mark[-1]) if mark else None] = str(error)
    server.broken.clear()
    return outcome


def telling(asked, peer):
    """Says in the answer what was asked for."""
    return response(b"ok", fields={"X-Saw": asked.target})


@pytest.fixture(scope="module")
def ours():
    with HTTPServer(telling) as server, \
            HTTPBalancer([server], timeouts={"body": "300ms", "response_head": "2s"}) as balancer:
        yield outcome_of(balancer.address, server)


@pytest.fixture(scope="module", params=peer_proxies.PEERS)
def peer(request):
    if not peer_proxies.find(request.param):
        pytest.skip(f"{request.param} is not installed: nothing to compare with")
    with HTTPServer(telling) as server, peer_proxies.running(request.param, server.address) as address:
        yield request.param, outcome_of(address, server)


def test_there_are_more_than_two_hundred_of_them():
    assert len(TEXTS) > 200


def test_all_that_we_send_on_is_canonical(ours):
    assert ours.broken == {}


def test_a_server_sees_exactly_the_requests_that_we_answered_from_it(ours):
    different = {}
    for number, found in ours.answers.items():
        from_server = [answer for answer in found if answer.startswith(("/", "*"))]
        if sorted(from_server) != sorted(ours.seen[number]):
            different[number] = (raw(number), found, ours.seen[number])
    assert different == {}


def test_each_gets_an_answer_or_is_closed_by_us(ours):
    silent = {number: raw(number) for number, found in ours.answers.items() if found == ["waits"]}
    # Those that say how much is to come, and do not send it.
    assert all(b"Content-Length" in text or b"ransfer-" in text for text in silent.values()), silent


def test_after_an_error_nothing_of_the_connection_is_answered(ours):
    for number, found in ours.answers.items():
        errors = [at for at, answer in enumerate(found) if re.fullmatch(r"4\d\d|50[15]", answer)]
        assert not errors or found[errors[0] + 1:] in ([], ["closes"]), (raw(number), found)


def test_what_a_peer_refuses_and_we_send_on_is_told_in_a_table(ours, peer, tmp_path):
    name, theirs = peer
    lines = []
    for number in range(len(TEXTS)):
        rows = ours.answers[number], theirs.answers[number]
        flaw = theirs.broken.get(number, "")
        if rows[0] != rows[1] or flaw:
            lines.append(f"{raw(number)!r}\n  evenkeel {rows[0]}\n  {name:8} {rows[1]} {flaw}\n")
    table = tmp_path / f"differences-{name}.txt"
    table.write_text("".join(lines))
    print(f"{len(lines)} differences from {name}: {table}")
    assert any(found != ["closes"] for found in theirs.answers.values()), f"{name} answered nothing at all"
    # Bodies aside, we are never the more lenient one about a head that has the hidden request behind it.
    lenient = [
        raw(number) for number in range(len(TEXTS))
        if any("hidden" in answer for answer in ours.answers[number])
        and theirs.answers[number][0][:1] == "4" and not raw(number).startswith(b"GET")]
    assert lenient == []
