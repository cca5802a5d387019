"""What `evenkeel load` tells of the answers: each status by itself, and who gave how many."""

import csv
import io
import threading

import pytest

from support.http_server import HTTPServer, response
from support.load_command import load, result, url
from support.scripted_server import ScriptedServer, respond_by


# Statuses


def test_each_status_is_told_by_itself(start):
    statuses = ["200 OK", "204 No Content", "404 Not Found", "429 Too Many", "500 Oh", "503 No"]
    turn = iter(statuses * 10)

    def answer(path):
        return next(turn), b""

    server = start(ScriptedServer(respond_by(answer)))
    found = result("-n", 12, "-c", 1, url(server.address))
    assert found["statuses"] == {"200": 2, "204": 2, "404": 2, "429": 2, "500": 2, "503": 2}
    assert found["by_status"] == {"1xx": 0, "2xx": 4, "3xx": 0, "4xx": 4, "5xx": 4}
    text = load("-n", 12, "-c", 1, url(server.address)).stdout
    section = text.split("Answers by status\n")[1].split("\n\n")[0].splitlines()
    assert [line.split() for line in section[:9]] == [
        ["2xx", "4"], ["200", "2"], ["204", "2"], ["4xx", "4"], ["404", "2"], ["429", "2"], ["5xx", "4"], ["500", "2"],
        ["503", "2"]]
    (row,) = csv.DictReader(io.StringIO(load("--csv", "-n", 12, "-c", 1, url(server.address)).stdout))
    assert row["statuses"] == "200:2 204:2 404:2 429:2 500:2 503:2"
    assert (row["status_2xx"], row["status_5xx"]) == ("4", "4")


# Who answered


@pytest.mark.parametrize("names, told", [(255, 255), (256, 256), (300, 256), (1000, 256)])
@pytest.mark.parametrize("threads", [1, 2, 7])
def test_a_name_that_is_told_has_all_its_answers_and_no_more_than_256_are(start, names, told, threads):
    requests = [0] * names
    lock = threading.Lock()

    def answer(asked, peer):
        with lock:
            number = sum(requests) % names
            requests[number] += 1
        return response(fields=[("X-Backend", f"name-{number:04}:80")])

    server = start(HTTPServer(answer))
    found = result("-n", 2400, "-c", 14, "-t", threads, url(server.address))
    named = {entry["name"]: entry["requests"] for entry in found["servers"]}
    others = named.pop("(others)", 0)
    assert len(named) == told
    assert all(count == requests[int(name.removeprefix("name-"))] for name, count in named.items())
    assert sum(named.values()) + others == 2400


def test_a_long_name_is_told_to_its_128th_byte(start):
    def script(peer):
        while peer.read_until(b"\r\n\r\n"):
            peer.send(b"HTTP/1.1 200 OK\r\nX-Backend: " + b"n" * 4000 + b":1\r\nContent-Length: 0\r\n\r\n")

    found = result("-n", 5, url(start(ScriptedServer(script)).address))
    assert [(entry["name"], entry["requests"]) for entry in found["servers"]] == [("n" * 128, 5)]
