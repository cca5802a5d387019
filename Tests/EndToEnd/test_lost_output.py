"""What a command prints and cannot: it is told, and the command fails. A reader that left ends a run."""

import json
import os
import re
import signal
import subprocess

import pytest

from support.backends import Backend
from support.binary import binary
from support.load_command import url
from support.polling import wait_until, wait_until_still
from support.scripted_server import ScriptedServer, never_answer, respond

CONFIGURATION = "listen: 127.0.0.1:0\nadmin:\n  listen: off\nservers:\n  - 127.0.0.1:8081\n"


@pytest.fixture
def address(start):
    """Where a server answers."""
    return start(ScriptedServer(respond())).address


@pytest.fixture
def file(tmp_path):
    """A configuration that is valid."""
    (tmp_path / "evenkeel.yaml").write_text(CONFIGURATION)
    return str(tmp_path / "evenkeel.yaml")


def clean_environment():
    return {key: value for key, value in os.environ.items() if not key.startswith("EVENKEEL_")}


def run(arguments, *, output, timeout=20):
    """Runs a command with this standard output: a file, or None for none at all."""
    command = [binary(), *map(str, arguments)]
    if output is None:
        command = ["sh", "-c", 'exec "$@" >&-', "sh", *command]
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE, text=True, timeout=timeout,
        env=clean_environment())


def full():
    return open("/dev/full", "wb")


def without_reader():
    """A pipe whose reader has left."""
    ours, theirs = os.pipe()
    os.close(ours)
    return os.fdopen(theirs, "wb")


def closed():
    return None


LOST = [(full, "no space left on device"), (without_reader, "broken pipe"), (closed, "bad file descriptor")]

PRINTING = [
    ("--version",), ("--help",), (), ("help", "load"), ("load", "--help"), ("--generate-completion-script", "bash"),
    ("check", "FILE"), ("check", "--print", "FILE"), ("check", "--help"),
    ("load", "URL"), ("load", "-n", 5, "URL"), ("load", "--json", "-n", 5, "URL"), ("load", "--csv", "-n", 5, "URL"),
    ("load", "--json", "--fail-if", "errors>1", "-z", "200ms", "URL"), ("load", "--continuous", "-q", 50, "URL"),
]


@pytest.mark.parametrize("output, words", LOST, ids=["full", "without-reader", "closed"])
@pytest.mark.parametrize("arguments", PRINTING, ids=lambda arguments: " ".join(map(str, arguments)) or "nothing")
def test_output_that_is_lost_is_told_and_no_success(address, file, arguments, output, words):
    given = [{"FILE": file, "URL": url(address)}.get(argument, argument) for argument in arguments]
    target = output()
    done = run(given, output=target)
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert done.stderr == f"error: cannot write to standard output: {words}\n"


@pytest.mark.parametrize("output", [full, without_reader, closed], ids=["full", "without-reader", "closed"])
def test_a_demo_that_cannot_say_where_it_is_ends(output):
    ports = ["--listen", "0", "--admin", "off"] + ["--backend-port", "0"] * 2
    done = run(["demo", *ports], output=output())
    assert done.returncode == 1
    assert "error: cannot write to standard output: " in done.stderr


@pytest.mark.parametrize("options", [
    ("--continuous", "-q", 100), ("--continuous", "-c", 4), ("-z", "60s", "-c", 2), ("--json", "-n", 1_000_000_000),
    ("--csv", "-z", "60s", "-q", 20)])
def test_a_reader_that_leaves_ends_a_load(start, options):
    backend = start(Backend())
    load = subprocess.Popen(
        [binary(), "load", *map(str, options), url(backend.address)], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment())
    try:
        wait_until(lambda: backend.requests > 10, what="the load is under way")
        load.stdout.close()
        assert load.wait(5) == 1
        assert load.stderr.read() == "error: cannot write to standard output: broken pipe\n"
    finally:
        load.kill()
        load.wait()
        load.stderr.close()
    wait_until_still(lambda: backend.requests, what="its count")


def test_a_reader_that_leaves_ends_a_load_that_has_nothing_to_print(start):
    server = start(ScriptedServer(never_answer))
    load = subprocess.Popen(
        [binary(), "load", "--continuous", url(server.address)], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment())
    try:
        wait_until(lambda: server.connections >= 1, what="the load is under way")
        load.stdout.close()
        assert load.wait(5) == 1
    finally:
        load.kill()
        load.wait()
        load.stderr.close()


def test_head_ends_a_load_that_would_go_on(start):
    backend = start(Backend())
    script = f'"$0" load --continuous -q 50 {url(backend.address)} | head -n 1; echo "${{PIPESTATUS[0]}}"'
    done = subprocess.run(
        ["bash", "-c", script, binary()], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20,
        env=clean_environment())
    line, code = done.stdout.splitlines()
    assert re.match(r" +1  200 ", line)
    assert code == "1"


def test_a_pipe_that_is_full_for_a_moment_loses_nothing(start):
    backend = start(Backend())
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    load = subprocess.Popen(
        [binary(), "load", "-n", "3000", "-q", "100000", "-c", "50", "--json", url(backend.address)],
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE, env=clean_environment())
    # Fills the pipe, so that the result finds no room at first.
    filling = b" " * 65536
    try:
        while True:
            os.write(theirs, filling)
    except BlockingIOError:
        os.close(theirs)
    wait_until(lambda: backend.requests >= 3000, 10, "the load is over")
    with os.fdopen(ours, "rb") as reader:
        output = reader.read()
    assert load.wait(10) == 0
    load.stderr.close()
    assert json.loads(output)["sent"] == 3000


def test_ctrl_c_after_the_reader_has_left_is_no_success(start):
    backend = start(Backend())
    load = subprocess.Popen(
        [binary(), "load", "--continuous", "-q", "20", url(backend.address)], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment())
    wait_until(lambda: backend.requests > 2, what="the load is under way")
    load.stdout.close()
    load.send_signal(signal.SIGINT)
    assert load.wait(5) == 1
    assert "cannot write to standard output" in load.stderr.read()
    load.stderr.close()
