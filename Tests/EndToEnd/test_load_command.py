"""`evenkeel load`: what it counts, what it prints, and when it fails."""

import csv
import io
import json
import os
import re
import signal
import subprocess

import pytest

from support.backends import Backend, backends
from support.binary import binary
from support.http_balancer import HTTPBalancer
from support.load_command import check, load, result, shares, url
from support.polling import stays, wait_until
from support.process import Process
from support.reserved_port import ReservedPort
from support.sanitizer import scaled
from support.scripted_server import (
    ScriptedServer, never_answer, read_then_close, read_then_reset, respond, respond_by)
from support.stopwatch import at_most, took


@pytest.fixture
def three(start):
    """Three backends without a delay of their own."""
    return [start(backend) for backend in backends(3)]


@pytest.fixture
def balancer(start, three):
    """A balancer before the three."""
    return start(HTTPBalancer([(backend.name, backend.address) for backend in three]))


def counted(servers):
    """What the servers themselves counted."""
    return {server.name: server.requests for server in servers}


# Counting


@pytest.mark.parametrize("options", [
    ("-n", 3000, "-c", 30), ("-n", 600, "-c", 20, "--disable-keepalive"), ("-n", 100, "-c", 7, "-t", 7),
    ("-n", 300, "-q", 1000), ("-z", "1s", "-c", 10), ("-z", "1s", "-q", 200, "-H", "Connection: close")])
def test_what_was_sent_is_what_the_servers_counted(balancer, three, options):
    found = result(*options, url(balancer.address))
    assert found["failed"] == 0
    assert found["errors"] == {}
    assert shares(found) == counted(three)
    if "-n" in options:
        assert found["sent"] == options[1]


def test_requests_are_shared_out_evenly(balancer):
    found = result("-n", 900, "-c", 9, url(balancer.address))
    assert list(shares(found)) == ["Server-1", "Server-2", "Server-3"]
    assert all(290 <= count <= 310 for count in shares(found).values())
    assert sum(server["share"] for server in found["servers"]) == pytest.approx(1)


def test_a_rate_is_kept(three):
    found = result("-z", "2s", "-q", 150, url(three[0].address))
    assert found["sent"] == 300
    assert found["unsent"] == 0
    assert found["requests_per_second"] == pytest.approx(150, rel=0.1)
    assert three[0].requests == 300


def test_503_is_a_failure(start):
    with ReservedPort() as nobody:
        balancer = start(HTTPBalancer([nobody.address]))
        found = result("-n", 50, "-c", 5, url(balancer.address))
    assert found["by_status"]["5xx"] == 50
    assert (found["answered"], found["succeeded"], found["failed"]) == (50, 0, 50)
    assert found["errors"] == {}
    assert shares(found) == {"(none named)": 50}


def test_a_404_is_an_answer_like_others(start):
    server = start(ScriptedServer(respond_by(lambda path: ("404 Not Found", b"no\n"))))
    found = result("-n", 10, url(server.address))
    assert (found["succeeded"], found["by_status"]["4xx"]) == (10, 10)


def test_nine_thousand_connections_at_a_time(start):
    connections = scaled(9000)
    backend = start(Backend())
    found = result("-n", 2 * connections, "-c", connections, url(backend.address))
    assert (found["succeeded"], found["connect_ms"]["count"]) == (2 * connections, connections)
    assert backend.requests == 2 * connections


def test_a_server_that_stands_still_cannot_hide_it(start, balancer, three):
    test = start(Process("load", "--json", "-z", "10s", "-q", 100, url(balancer.address)))
    wait_until(lambda: sum(counted(three).values()) >= 400, 20, "the test is in its middle")
    for server in three:
        server.process.send(signal.SIGSTOP)
    try:
        stays(lambda: test.is_running, 2.0, "the test")
    finally:
        for server in three:
            server.process.send(signal.SIGCONT)
    assert test.exit_code(30) == 0
    found = json.loads(test.output)
    check(found)
    assert 980 <= found["sent"] <= 1000
    assert found["sent"] == sum(counted(three).values())
    assert found["failed"] == 0
    assert found["latency_ms"]["p99"] > 1000
    assert found["latency_ms"]["p50"] < at_most(100)


# Faults


def garbage(peer):
    """Says what is no HTTP."""
    peer.read_some()
    peer.send(b"SSH-2.0-OpenSSH_9.2\r\n")


def greet_first(peer):
    """Speaks before it is asked, as mail servers do."""
    peer.send(b"220 mail ready\r\n")
    peer.read_to_end()


def leave_first(peer):
    """Ends its stream before it is asked, and listens on."""
    peer.half_close()
    peer.read_to_end()


@pytest.mark.parametrize("script, kind", [
    (read_then_close, "closed_early"), (read_then_reset, "connection_reset"), (garbage, "bad_response"),
    (greet_first, "bad_response"), (leave_first, "closed_early"), (never_answer, "timeout")])
def test_each_fault_of_a_server_is_told_by_its_kind(start, script, kind):
    server = start(ScriptedServer(script))
    found = result("-n", 6, "-c", 2, "--timeout", "300ms", url(server.address), code=1)
    assert found["errors"] == {kind: 6}
    assert (found["sent"], found["answered"], found["failed"]) == (6, 0, 6)
    assert found["latency_ms"] is None
    assert found["servers"] == []


def test_nobody_listens():
    with ReservedPort() as nobody:
        done = load("-n", 20, url(nobody.address))
    assert done.returncode == 1
    assert re.search(r"^ +20  connection refused$", done.stdout, re.MULTILINE)


def test_one_of_two_connections_that_fails_is_not_the_other(start):
    server = start(ScriptedServer(read_then_reset, respond()))
    found = result("-n", 20, "-c", 2, url(server.address))
    assert found["errors"] == {"connection_reset": 1}
    assert found["succeeded"] == 19


def test_servers_that_are_silent_do_not_keep_a_test(start):
    server = start(ScriptedServer(never_answer))
    found = result("-z", "500ms", "-c", 3, "--timeout", "500ms", url(server.address), code=1)
    assert found["errors"] == {"timeout": found["sent"]}
    assert found["elapsed_seconds"] < at_most(2)


# When it fails


@pytest.mark.parametrize("condition, fails", [
    ("p99<60s", True), ("p99>60s", False), ("p50 > 60000", False), ("max>=0us", True), ("mean<1h", True),
    ("p99.9>1m", False), ("errors>0", False), ("failed>1%", False), ("failed<=0%", True), ("rate<1", False),
    ("rate>1/s", True)])
def test_a_condition_decides_about_the_exit_code(three, condition, fails):
    done = load("-n", 20, "--fail-if", condition, url(three[0].address))
    assert done.returncode == (1 if fails else 0)
    assert ("failed: " in done.stderr) == fails


def test_one_condition_of_several_is_enough_and_is_told(start):
    server = start(ScriptedServer(respond(status="503 No")))
    done = load("-n", 20, "--fail-if", "p99>60s", "--fail-if", "failed>1%", url(server.address))
    assert done.returncode == 1
    assert done.stderr == "failed: failed>1% (failed is 100.00 %)\n"


@pytest.mark.parametrize("arguments, words", [
    (("-n", "0"), "-n must be from 1 to"), (("-n", "many"), '"many" is not a whole number'),
    (("-c", "9001"), "-c must be from 1 to 9000"), (("-z", "soon"), '"soon" is not a time span'),
    (("-q", "0"), "-q must be from"), (("-q", "fast"), "not a number of requests a second"),
    (("-t", "0"), "-t must be from 1 to 64"), (("-m", "BREW"), "-m must be one of GET"),
    (("-n", "1", "-z", "1s"), "only one of -n, -z and --continuous"), (("--json", "--csv"), "exclude each other"),
    (("-H", "nonsense"), "'Name: value'"), (("-H", "Content-Length: 5"), "cannot have Content-Length"),
    (("--fail-if", "p98>1ms"), '"p98" is none of'), (("--fail-if", "p99"), "it has no"),
    (("--fail-if", "rate>1%"), "nothing to compare rate with"), (("--timeout", "0"), "--timeout must be from"),
    (("https://127.0.0.1/",), "only http:// can be tested"), (("http://",), "is no URL"),
    (("http://user:secret@127.0.0.1/",), "Authorization"), (("http://127.0.0.1:0/",), "from 1 to 65535"),
    (("http://127.0.0.1:80/a b",), "the path must be printable"), (("http://::1/",), "[address]:port"),
    (("http://no-such-host.invalid/",), "cannot look up"), (("-d", "@/no/such/file"), "cannot be read"),
    (("-d", "a", "-d", "b"), "-d is given twice"), (("-d", "a", "--data=b", "-d", "c"), "-d is given 3 times"),
    (("http://127.0.0.1:80/a#b",), "write %23 for the sign itself"),
    (("-nx",), '-n "x" is not a whole number'), (("-n-1",), "-n must be from 1 to"), (("-zsoon",), '"soon" is not a time span'),
    (("-json",), "Unknown option '-j"), (("-duration=1s",), "-duration"), (("-continuous",), "-continuous"),
    (("http://127.0.0.1:0080/",), "leading zero")])
def test_a_mistake_is_told_with_what_would_be_right(arguments, words):
    done = load(*arguments)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert done.stdout == ""


# What it sends and prints


def test_without_arguments_it_looks_at_the_demo():
    # Nobody need listen there: this is about what it tries.
    done = load()
    assert "GET http://127.0.0.1:8080/ · 1 connection" in done.stdout
    assert len(re.findall(r"^ *\d+  (200|---) ", done.stdout, re.MULTILINE)) == 20


def test_with_a_url_alone_it_prints_who_answered_each(balancer, three):
    done = load(url(balancer.address))
    assert done.returncode == 0
    names = re.findall(r"^ *\d+  200 +[\d.]+ ms   (\S+)$", done.stdout, re.MULTILINE)
    assert len(names) == 20
    assert set(names) == {server.name for server in three}
    assert [names[:3]] * 6 == [names[number:number + 3] for number in range(0, 18, 3)]
    assert done.stderr == ""


def test_the_summary_is_for_people(balancer):
    done = load("-n", 1200, "-c", 4, url(balancer.address))
    for pattern in (
        r"^GET http://\S+ · 4 connections · kept alive$", r"^  sent +1,200 requests in [\d.]+ m?s$",
        r"^  answered +1,200$", r"^  failed +0$", r"^  rate +[\d,.]+ requests/s$", r"^  p99\.9 +[\d.]+ ms +[\d.]+ ms$",
        r"^ +[\d.]+ to +[\d.]+ ms +[\d,]+  █", r"^  2xx +1,200$", r"^  Server-2 +400 +33\.3 %  █+$"):
        assert re.search(pattern, done.stdout, re.MULTILINE), (pattern, done.stdout)


def test_one_request_is_one_in_the_summaries(three):
    balancer = three[0]
    done = load("-n", 1, url(balancer.address))
    assert re.search(r"^  sent +1 request in ", done.stdout, re.MULTILINE), done.stdout


def test_the_json_has_what_the_api_has(three):
    found = result("-n", 10, url(three[0].address, "/a?b=c"))
    assert set(found) == {
        "plan", "sent", "answered", "succeeded", "failed", "unsent", "elapsed_seconds", "requests_per_second",
        "bytes", "bytes_per_second", "latency_ms", "connect_ms", "by_status", "statuses", "errors", "servers",
        "histogram", "was_cancelled", "warnings", "failed_conditions"}
    assert set(found["by_status"]) == {"1xx", "2xx", "3xx", "4xx", "5xx"}
    assert set(found["connect_ms"]) == {"count", "min", "mean", "p50", "p90", "p95", "p99", "p99_9", "max"}
    assert set(found["histogram"][0]) == {"from_ms", "to_ms", "count"}
    assert found["servers"] == [{"name": "Server-1", "requests": 10, "share": 1}]
    assert found["plan"] == {
        "url": url(three[0].address, "/a?b=c"), "method": "GET", "requests": 10, "duration_seconds": None,
        "concurrency": 10, "rate": None, "keep_alive": True, "timeout_seconds": 30}


def test_the_csv_is_a_table_of_one_row(three):
    done = load("--csv", "-n", 10, "-q", 500, url(three[0].address, "/?a,b"))
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["sent"], row["failed"], row["status_2xx"], row["error_timeout"]) == ("10", "0", "10", "0")
    assert row["url"].endswith("/?a,b")
    assert float(row["latency_p99_ms"]) >= float(row["latency_p50_ms"]) > 0


def test_method_fields_and_body_arrive(start):
    heads = []

    def script(peer):
        heads.append(peer.read_until(b"\r\n\r\n") + peer.read(7))
        peer.send(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")

    server = start(ScriptedServer(script))
    result("-n", 1, "-H", "X-One: 1", "-H", "Host: other", "-d", '{"a":1}', url(server.address, "/x?y"))
    assert heads == [
        b"POST /x?y HTTP/1.1\r\nHost: other\r\nUser-Agent: evenkeel-load\r\nAccept: */*\r\nX-One: 1\r\n"
        b'Content-Length: 7\r\n\r\n{"a":1}']


@pytest.mark.parametrize("arguments, expected", [
    (("-n1", "-HX-One:a=b", "-HHost:other", "-dname=value&x"), b"POST / Host: other X-One: a=b name=value&x"),
    (("-n1", "-d@{body}", "-mput"), b"PUT / from a file"), (("-n=1", "-d=x"), b"POST / x"),
    (("-n1", "-d", "-n5"), b"POST / -n5"), (("-n1", "--data", "-c2"), b"POST / -c2"),
    (("-n1", "-c1", "-t1", "-q1000", "-d-x"), b"POST / -x")])
def test_a_short_option_takes_its_value_attached_too(start, tmp_path, arguments, expected):
    heads = []

    def script(peer):
        head = peer.read_until(b"\r\n\r\n").decode()
        body = peer.read(int(re.search(r"Content-Length: (\d+)", head)[1]))
        method, path = head.split(" ")[:2]
        fields = [line for line in head.split("\r\n") if line in ("Host: other", "X-One: a=b")]
        heads.append(" ".join([method, path, *fields]).encode() + b" " + body)
        peer.send(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")

    (tmp_path / "body").write_bytes(b"from a file")
    server = start(ScriptedServer(script))
    result(*[part.format(body=tmp_path / "body") for part in arguments], url(server.address))
    assert heads == [expected]


def test_a_time_and_a_number_of_connections_are_taken_attached_too(three):
    found = result("-z100ms", "-c3", url(three[0].address))
    assert (found["plan"]["duration_seconds"], found["plan"]["concurrency"]) == (0.1, 3)


def test_a_large_body_arrives_whole_at_a_slow_reader(start, tmp_path):
    body = bytes(range(256)) * 20_000
    (tmp_path / "body").write_bytes(body)
    bodies = []

    def script(peer):
        while peer.read_until(b"\r\n\r\n"):
            bodies.append(peer.read(len(body)) == body)
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    server = start(ScriptedServer(script))
    assert result("-n", 4, "-c", 2, "-d", f"@{tmp_path}/body", url(server.address))["succeeded"] == 4
    assert bodies == [True] * 4


def test_an_answer_may_come_before_the_body_is_sent(start, tmp_path):
    body = b"x" * 8_000_000
    (tmp_path / "body").write_bytes(body)

    def script(peer):
        # How much is sent before the answer is read is the kernels' affair: a connection that has carried all of a body
        # may carry the next request, and the head of one that comes on another would be taken for the body's rest.
        while peer.read_until(b"\r\n\r\n"):
            peer.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
            assert peer.read(len(body)) == body

    server = start(ScriptedServer(script))
    found = result("-n", 3, "-c", 1, "-d", f"@{tmp_path}/body", url(server.address))
    assert (found["by_status"]["4xx"], found["errors"]) == (3, {})
    assert 1 <= server.connections <= 3


def test_a_large_answer_is_counted_to_its_last_byte(start):
    body = b"x" * 3_000_000
    server = start(ScriptedServer(respond(body)))
    found = result("-n", 6, "-c", 2, url(server.address))
    assert found["succeeded"] == 6
    assert 6 * len(body) < found["bytes"] < 6 * (len(body) + 100)


def test_a_lack_of_descriptors_is_told_and_every_request_counted(start, three):
    test = start(
        Process("load", "--json", "-n", 500, "-c", 100, "-t", 1, url(three[0].address), fd_limit=40))
    assert test.exit_code() == 0
    found = json.loads(test.output)
    check(found)
    assert set(found["errors"]) == {"out_of_descriptors"}
    assert found["sent"] == 500
    assert found["answered"] == three[0].requests > 0


def test_the_help_shows_examples():
    text = load("--help").stdout
    assert "evenkeel load -z 10s -c 100 http://127.0.0.1:8080/" in text
    for option in ("-n", "-c", "-z", "-q", "-m", "-H", "-d", "-t", "--fail-if", "--continuous"):
        assert re.search(rf"^  {option}[, ]", text, re.MULTILINE), option


@pytest.mark.parametrize("at", ["[::1]:0", "127.0.0.1:0"])
def test_names_and_literals_are_targets(start, at):
    server = start(ScriptedServer(respond(), at=at))
    assert result("-n", 3, url(server.address))["succeeded"] == 3
    if at.startswith("127"):
        assert result("-n", 3, "localhost:" + server.address.split(":")[1])["succeeded"] == 3


def test_a_name_that_would_steer_a_terminal_is_shown_as_text(start):
    def script(peer):
        while peer.read_until(b"\r\n\r\n"):
            peer.send(b"HTTP/1.1 200 OK\r\nX-Backend: \xc2\x9b31m:1\r\nContent-Length: 0\r\n\r\n")

    done = load(url(start(ScriptedServer(script)).address))
    assert "\x9b" not in done.stdout
    assert "\\u{009B}31m" in done.stdout


# The end


@pytest.mark.parametrize("options", [("-n", 1, "-q", 5), ("-n", 5, "-q", 100, "-t", 8), ("-n", 2, "-q", 50, "-c", 9000)])
def test_a_rate_with_fewer_requests_than_threads_ends(three, options):
    found = result(*options, url(three[0].address), timeout=20)
    assert (found["sent"], found["succeeded"], found["unsent"]) == (options[1], options[1], 0)
    assert three[0].requests == options[1]


def test_ctrl_c_ends_it_with_the_report_so_far(start, three):
    test = start(Process("load", "--json", "-z", "60s", "-c", 20, url(three[0].address)))
    wait_until(lambda: three[0].requests >= 500, what="the test is under way")
    code, seconds = took(lambda: test.stop(signal.SIGINT))
    assert (code, seconds < at_most(2)) == (0, True)
    found = json.loads(test.output)
    check(found)
    assert found["was_cancelled"] is True
    assert found["sent"] == three[0].requests
    assert found["failed"] == 0


def test_ctrl_c_does_not_wait_for_a_silent_server(start):
    server = start(ScriptedServer(never_answer))
    test = start(Process("load", "--json", "-z", "60s", "-c", 3, url(server.address)))
    wait_until(lambda: server.connections == 3, what="the test is under way")
    assert test.stop(signal.SIGINT, deadline=2) == 1
    found = json.loads(test.output)
    check(found)
    assert found["errors"] == {"cancelled": 3}


def test_continuous_goes_on_until_ctrl_c(start, balancer):
    test = start(Process("load", "--continuous", "-q", 50, url(balancer.address)))
    wait_until(lambda: test.output.count("Server-") > 30, what="answers are printed")
    assert test.stop(signal.SIGINT) == 0
    assert re.search(r"^ +30  200 +[\d.]+ ms   Server-\d$", test.output, re.MULTILINE)
    assert "Answered by" in test.output


def test_progress_is_shown_on_a_terminal_alone(three):
    ours, theirs = os.openpty()
    command = [binary(), "load", "-z", "1s", "-c", "2", url(three[0].address)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, timeout=20)
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert done.returncode == 0
    assert re.search(r"\r\x1b\[K\d\.\d of 1\.0 s · [\d,]+ answered · [\d,]+/s · 0 failed", shown)
    assert shown.endswith("\r\x1b[K")
    assert load("-z", "1s", "-c", 2, url(three[0].address)).stderr == ""
