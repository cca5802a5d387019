"""What `evenkeel load` is told to send: each part of it is sent as it is, or refused with the reason."""

import json
import os
import subprocess

import pytest

from support.binary import binary
from support.http_server import HTTPServer
from support.load_command import load, result, url
from support.scripted_server import ScriptedServer, respond


@pytest.fixture
def server(start):
    """A server that keeps what it was asked."""
    return start(HTTPServer())


def fields(asked):
    """The fields of a request as they came, without those that every request has."""
    return [(name, value.encode("latin-1").decode()) for name, value in asked.fields if name not in ("Host", "User-Agent", "Accept", "Content-Length")]


# Fields


@pytest.mark.parametrize("given, sent", [
    (["X-A: 1"], [("X-A", "1")]), (["X-A:1"], [("X-A", "1")]), (["X-A:  a b\t"], [("X-A", "a b")]),
    (["X-A: 1", "X-A: 2", "x-a: 3"], [("X-A", "1"), ("X-A", "2"), ("x-a", "3")]), (["X-A;"], [("X-A", "")]),
    (["X-A: b: c;"], [("X-A", "b: c;")]), (["X-A: grüße"], [("X-A", "grüße")]), (["Cookie: a=b; c=d"], [("Cookie", "a=b; c=d")]),
    (["Connection: keep-alive"], [("Connection", "keep-alive")]), (["Connection: Keep-Alive"], [("Connection", "Keep-Alive")]),
    (["Connection: close"], [("Connection", "close")]), (["Keep-Alive: timeout=5"], [("Keep-Alive", "timeout=5")]),
    (["Content-Type: application/json"], [("Content-Type", "application/json")]), (["Trailer: X-T"], [("Trailer", "X-T")]),
    (["X-Request-ID: mine"], [("X-Request-ID", "mine")]), (["Range: bytes=0-5"], [("Range", "bytes=0-5")])])
def test_a_field_is_sent_as_it_is(server, given, sent):
    options = [option for text in given for option in ("-H", text)]
    assert result("-n", 1, *options, url(server.address))["succeeded"] == 1
    (asked,) = server.seen
    assert fields(asked) == sent


@pytest.mark.parametrize("name, value", [("User-Agent", "curl/8"), ("Accept", "text/html"), ("Host", "other:81")])
def test_a_field_of_ours_is_replaced(server, name, value):
    assert result("-n", 1, "-H", f"{name}: {value}", url(server.address))["succeeded"] == 1
    (asked,) = server.seen
    assert [given for field, given in asked.fields if field == name] == [value]


@pytest.mark.parametrize("given, words", [
    (["Host: a", "Host: b"], "a request has one Host"), (["Host: a", "host: a"], "a request has one Host"),
    (["Host:"], "has no value"), (["Host;"], "the host must be a name or an address"), (["Host: a b"], "the host must be"),
    (["Connection: upgrade"], "cannot have Connection with anything but keep-alive"),
    (["Connection: Upgrade, HTTP2-Settings"], "cannot have Connection with anything but"),
    (["Connection: close, X-A"], "cannot have Connection with anything but"),
    (["Connection: close", "Connection: keep-alive"], "cannot have Connection: keep-alive"),
    (["Connection;"], "cannot have Connection"), (["Upgrade: websocket"], "cannot have Upgrade: connections stay HTTP/1.1"),
    (["TE: trailers"], "cannot have TE: trailers are not looked at"), (["Expect: 100-continue"], "cannot have Expect: no answer"),
    (["Content-Length: 5"], "cannot have Content-Length: it follows from the body"),
    (["Transfer-Encoding: chunked"], "cannot have Transfer-Encoding: a body is sent with its length"),
    (["X-A:"], "'Name;' sends a field without one"), (["X-A: "], "'Name;' sends a field without one"),
    (["X-A"], "a field is written 'Name: value'"), ([": a"], "a field is written 'Name: value'"),
    ([""], "a field is written 'Name: value'"), ([";"], "a field is written 'Name: value'"),
    (["X A: 1"], "have a name that is none"), (["X-A : 1"], "have a name that is none"), (["@file:1"], "have a name that is none"),
    (["x" * 101 + ": 1"], "a name of more than 100 bytes"), (["X-A: " + "x" * 4097], "a value of X-A of more than 4096 characters"),
    (["X-A: a\r\nX-B: b"], "a value of X-A with control bytes"), (["X-A: a\x01"], "a value of X-A with control bytes"),
    ([f"X-{number}: 1" for number in range(33)], "must be at most 32")])
def test_a_field_that_is_not_sent_is_refused_with_the_reason(given, words):
    options = [option for text in given for option in ("-H", text)]
    done = load("-n", 1, *options, "http://127.0.0.1:1/")
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_a_kept_connection_cannot_be_asked_for_where_each_request_has_its_own():
    done = load("-n", 1, "--disable-keepalive", "-H", "Connection: keep-alive", "http://127.0.0.1:1/")
    assert (done.returncode, "each request has its own" in done.stderr) == (2, True)


# Bodies


def load_with_input(data, *arguments):
    """Runs a load with this on its standard input."""
    command = [binary(), "load", "--json", *map(str, arguments)]
    return subprocess.run(command, input=data, capture_output=True, timeout=20)


BODY = bytes(range(256)) * 1000


def test_a_body_comes_from_standard_input(server):
    done = load_with_input(BODY, "-n", 2, "-c", 1, "-d", "@-", url(server.address))
    assert (done.returncode, done.stderr) == (0, b"")
    assert [(asked.method, asked.body) for asked in server.seen] == [("POST", BODY)] * 2


@pytest.mark.parametrize("script", [
    'cat body > pipe & exec "$0" load -n 1 -d @pipe "$1"', 'exec "$0" load -n 1 -d @/dev/fd/7 "$1" 7< <(cat body)',
    'cat body | "$0" load -n 1 -d @/dev/stdin "$1"'])
def test_a_body_comes_from_a_pipe(server, tmp_path, script):
    (tmp_path / "body").write_bytes(BODY)
    os.mkfifo(tmp_path / "pipe")
    command = ["bash", "-c", script, binary(), url(server.address)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=20)
    assert done.returncode == 0, done.stderr
    assert [asked.body for asked in server.seen] == [BODY]


@pytest.mark.parametrize("data, body", [("", b""), ("a=b", b"a=b"), ("-n", b"-n"), ("ü\n", "ü\n".encode()), ("\\@x", b"\\@x")])
def test_a_body_is_sent_as_it_is_written(server, data, body):
    result("-n", 1, "-d", data, url(server.address))
    assert [asked.body for asked in server.seen] == [body]


@pytest.mark.parametrize("name, words", [
    ("@", "cannot be read: no such file"), ("@nowhere", 'the file "nowhere" cannot be read: no such file'),
    ("@.", "cannot be read: is a directory"), ("@/dev/zero", "has more than 16 MiB"),
    (b"\xff", "-d is not UTF-8: other bytes are taken from a file")])
def test_a_body_that_cannot_be_had_is_refused_with_the_reason(tmp_path, name, words):
    done = subprocess.run(
        [binary(), "load", "-n", "1", "-d", name, "http://127.0.0.1:1/"], cwd=tmp_path, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_standard_input_that_is_closed_or_endless_is_no_body():
    closed = subprocess.run(
        ["sh", "-c", 'exec "$0" load -n 1 -d @- http://127.0.0.1:1/ <&-', binary()], capture_output=True, text=True, timeout=20)
    assert (closed.returncode, "standard input cannot be read: bad file descriptor" in closed.stderr) == (2, True)
    with open("/dev/zero", "rb") as endless:
        done = subprocess.run(
            [binary(), "load", "-n", "1", "-d", "@-", "http://127.0.0.1:1/"], stdin=endless, capture_output=True,
            text=True, timeout=20)
    assert (done.returncode, "standard input has more than 16 MiB" in done.stderr) == (2, True)


# Numbers


@pytest.mark.parametrize("arguments, words", [
    (("-n", "1_000"), '-n "1_000" is not a whole number'), (("-n", "1,000"), '-n "1,000" is not a whole number'),
    (("-n", "-1"), "-n must be from 1 to 1000000000, not -1"), (("-n=-1",), "-n must be from 1 to 1000000000, not -1"),
    (("--requests", "-1"), "-n must be from"), (("--requests=-1",), "-n must be from"), (("-n", "+1"), "is not a whole number"),
    (("-n", "1e3"), "is not a whole number"), (("-n", "1.0"), "is not a whole number"), (("-n", " 1"), "is not a whole number"),
    (("-n", "0x10"), "is not a whole number"), (("-n", "١"), "is not a whole number"), (("-n", "--1"), "Missing value for '-n"),
    (("-n", "9" * 30), f"-n must be from 1 to 1000000000, not {'9' * 30}"), (("-n", ""), '-n "" is not a whole number'),
    (("-n", "-c", "5", "127.0.0.1:1"), "Missing value for '-n"), (("-n", "--json"), "Missing value for '-n"),
    (("-n",), "Missing value for '-n"), (("-n", "-"), '-n "-" is not a whole number'), (("-n", "-1_0"), '-n "-1_0" is not a'),
    (("-c", "-1"), "-c must be from 1 to 9000, not -1"), (("-c", "1_0"), '-c "1_0" is not a whole number'),
    (("-t", "-1"), "-t must be from 1 to 64, not -1"), (("-t", "1_0"), '-t "1_0" is not a whole number'),
    (("-q", "-5"), "-q must be from 0.01 to 1000000 a second"), (("-q", "1_000"), "is not a number of requests a second"),
    (("-q", "1,5"), "is not a number of requests a second"), (("-q", "inf"), "is not a number of requests a second"),
    (("-q", "nan"), "is not a number"), (("-q", "1e3"), "is not a number"), (("-q", "5."), "is not a number"),
    (("-q", "."), "is not a number"), (("-q", "1.2.3"), "is not a number"), (("-q", "9" * 400), "-q must be from 0.01"),
    (("-q", "/s"), "is not a number"), (("-q", "-z"), "Missing value for '-q"),
    (("-z", "-1s"), "-z must be from 100ms to"), (("-z", "-0.5"), "-z must be from 100ms to"),
    (("-z", "1_0s"), "is not a time span"), (("-z", "1 s"), "is not a time span"), (("-z", "5.s"), "is not a time span"),
    (("-z", "9" * 40 + "h"), "-z must be from 100ms to"), (("-z", "s"), "is not a time span"),
    (("--timeout", "-1s"), "--timeout must be from 1ms to"), (("--timeout", "1_0ms"), "is not a time span"),
    (("--timeout", "9" * 40), "--timeout must be from 1ms to"), (("--timeout", "-c"), "Missing value for '--timeout"),
    (("--fail-if", "p99>1_0ms"), "nothing to compare p99 with"), (("--fail-if", "errors>1 0"), "nothing to compare errors with"),
    (("--fail-if", "p 99>1ms"), '"p 99" is none of'), (("--fail-if", "p99>-5ms"), "nothing to compare p99 with"),
    (("--fail-if", "errors>1e3"), "nothing to compare errors with"), (("--fail-if", "-5"), "it has no"),
    (("--json", "-5"), "does not take any value"), (("-5",), "Unknown option '-5'"), (("--", "-5"), "is no URL"),
    (("http://127.0.0.1:8_0/",), "the port must be a number from 0 to 65535"),
    (("http://127.0.0.1:+80/",), "the port must be a number from 0 to 65535")],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, tuple) else "")
def test_a_number_is_read_strictly_and_told_truly(arguments, words):
    done = load(*arguments)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert words in done.stderr


@pytest.mark.parametrize("options, plan", [
    (("-n", "007"), {"requests": 7}), (("-n=3", "-c=2"), {"requests": 3, "concurrency": 2}), (("-n", 1, "-q", "50/s"), {"rate": 50}),
    (("-n", 1, "-q", ".5"), {"rate": 0.5}), (("-z", "0.1s"), {"duration_seconds": 0.1}), (("-z", ".1"), {"duration_seconds": 0.1}),
    (("-n", 1, "--timeout", "1500us"), {"timeout_seconds": 0.0015})])
def test_a_number_that_is_one_is_taken(start, options, plan):
    found = json.loads(load("--json", *options, url(start(ScriptedServer(respond())).address)).stdout)["plan"]
    assert {name: found[name] for name in plan} == plan
