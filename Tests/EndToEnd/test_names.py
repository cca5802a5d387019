"""Host names are looked up once, before the start, side by side, and a start that waits for them says so."""

import os
import pathlib
import re
import signal
import subprocess
import sys

import pytest

from support import scripted_dns
from support.binary import binary
from support.process import Process

NEEDS = ["unshare", "--net", "--mount", "--propagation", "private"]


def has_namespaces():
    return subprocess.run([*NEEDS, "true"], capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not has_namespaces(), reason="no namespace can be made here")


class Resolved(Process):
    """A run of the binary with a scripted resolver, in a folder of its own."""

    def __init__(self, folder, *arguments):
        super().__init__(
            *NEEDS[1:], sys.executable, scripted_dns.__file__, folder, binary(), *arguments,
            program=NEEDS[0], directory=folder)
        self._questions = pathlib.Path(folder, "questions")

    def questions(self):
        """The names that the resolver was asked for, each as often as it was."""
        return [line.split()[0] for line in self._questions.read_text().splitlines() if line.endswith(" A")]


def run_with(start, folder, text):
    """A balancer with this file."""
    (folder / "evenkeel.yaml").write_text(text)
    return start(Resolved(folder, "run"))


def file_with(*servers, listen="127.0.0.1:9000"):
    lines = "".join(f"  - {server}\n" for server in servers)
    return f"listen: {listen}\nadmin: {{listen: off}}\nservers:\n{lines}"


def test_all_bad_names_are_told_at_once_each_with_its_place_and_the_reason(start, tmp_path):
    run = run_with(start, tmp_path, file_with(
        "bad.test:80", "ok.test:80", "{name: x, address: other.test:80}", listen="listen.test:9000"))
    assert run.exit_code() == 1
    assert run.lines == [
        'evenkeel.yaml:1:9: error: cannot look up "listen.test:9000": Name or service not known',
        'evenkeel.yaml:4:5: error: cannot look up "bad.test:80": Name or service not known',
        'evenkeel.yaml:6:24: error: cannot look up "other.test:80": Name or service not known',
        "3 errors"]


def test_names_from_flags_are_told_with_the_flag(start, tmp_path):
    run = start(Resolved(
        tmp_path, "run", "--listen", "9000", "--server", "bad.test:80", "--server", "bad-2.test:80", "--admin", "off"))
    assert run.exit_code() == 1
    assert run.lines[:2] == [
        f'--server: error: cannot look up "{name}:80": Name or service not known' for name in ("bad.test", "bad-2.test")]


def test_of_many_bad_names_the_first_are_told_and_the_others_counted(start, tmp_path):
    run = run_with(start, tmp_path, file_with(*(f"bad-{number}.test:80" for number in range(100))))
    assert run.exit_code() == 1
    assert len(run.lines) == 22
    assert run.lines[-2:] == ["and 80 more", "100 errors"]


def test_a_slow_resolver_is_asked_for_all_names_at_once_and_told_of_while_the_start_waits(start, tmp_path):
    run = run_with(start, tmp_path, file_with(
        "slow-2500.test:80", "slow-2501.test:80", "slow-2502.test:80", "ok.test:80"))
    told = run.wait_for_line(r"still looking up (.*): the start waits for them, 30s at most")
    assert told[1] == "slow-2500.test, slow-2501.test, slow-2502.test"
    run.wait_for_line("main: listening on 127.0.0.1:9000")
    # One after the other they take 7.5 s; the line comes again after 6 s.
    assert len(run.matching("still looking up")) == 1
    assert run.stop() == 0


def test_a_resolver_that_drops_packets_holds_the_start_no_longer_for_many_names_than_for_one(start, tmp_path):
    run = run_with(start, tmp_path, file_with(*(f"drop-{number}.test:80" for number in range(40))))
    run.wait_for_line(r"still looking up drop-0\.test, .* and 20 more: the start waits")
    assert run.exit_code(deadline=29) == 1
    assert 'evenkeel.yaml:4:5: error: cannot look up "drop-0.test:80": ' in run.log
    assert run.lines[-1] == "40 errors"


def test_each_name_is_looked_up_once_however_often_it_stands_there(start, tmp_path):
    run = run_with(start, tmp_path, file_with("ok.test:81", "ok.test:82", "OK-2.test.:83", listen="ok.test:9000"))
    run.wait_for_line("main: listening on 127.0.0.1:9000")
    assert sorted(name.lower() for name in run.questions()) == ["ok-2.test", "ok.test"]
    assert run.stop() == 0


@pytest.mark.parametrize("name, address", [
    ("several.test", "127.0.0.1"), ("six.test", "[::1]"), ("ok.test.", "127.0.0.1"), ("localhost", "127.0.0.1"),
    ("localhost.", "127.0.0.1")])
def test_of_several_addresses_the_first_of_ipv4_is_taken_else_the_first(start, tmp_path, name, address):
    run = run_with(start, tmp_path, file_with("127.0.0.1:1", listen=f"{name}:9000"))
    run.wait_for_line(re.escape(f"main: listening on {address}:9000"))
    assert run.stop() == 0


def test_addresses_need_no_resolver(start, tmp_path):
    run = run_with(start, tmp_path, file_with("127.0.0.1:1", '"[::1]:1"', "unix:/nowhere.sock"))
    run.wait_for_line("main: listening on")
    assert not os.path.exists(tmp_path / "questions")
    assert run.stop() == 0


@pytest.mark.parametrize("arguments", [("load", "http://{}/"), ("backend", "--port", "{}:9000")])
def test_other_commands_tell_of_it_too(start, tmp_path, arguments):
    slow = start(Resolved(tmp_path, *(each.format("slow-1600.test") for each in arguments)))
    slow.wait_for_line("still looking up slow-1600.test: the start waits for it, 30s at most")
    bad = start(Resolved(tmp_path, *(each.format("bad.test") for each in arguments)))
    assert bad.exit_code() != 0
    assert re.fullmatch(r'error: cannot look up "bad\.test:\d+": Name or service not known', bad.log)


def test_signals_that_mean_something_to_other_servers_do_not_end_a_start_that_waits(start, tmp_path):
    run = run_with(start, tmp_path, file_with("slow-2500.test:80"))
    run.wait_for_line("still looking up")
    for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP):
        run.send(number)
    run.wait_for_line("main: listening on 127.0.0.1:9000")
    run.wait_for_line("warn .*SIGHUP does nothing")
    assert run.stop() == 0


@pytest.mark.parametrize("text, told", [
    ("listen: 127.0.0.1:9000\nservers: [ok.test:9000]\n", "is the service's own listen address"),
    ("services:\n  a: {listen: ok.test:9000, servers: [1]}\n  b: {listen: ok-2.test:9000, servers: [1]}\n",
     "cannot listen on ok-2.test:9000"),
    ("listen: 127.0.0.1:9000\nservers: [1]\nadmin: {listen: ok.test:9000, token: correct-horse-battery}\n",
     "the dashboard cannot listen on ok.test:9000"),
])
def test_a_mistake_that_shows_once_names_are_known_has_the_exit_code_of_a_mistake(start, tmp_path, text, told):
    run = run_with(start, tmp_path, text if "admin" in text else text + "admin: {listen: off}\n")
    assert run.exit_code() == 2
    assert told in run.log


def test_check_looks_nothing_up(start, tmp_path):
    (tmp_path / "evenkeel.yaml").write_text(file_with("drop.test:80"))
    assert start(Resolved(tmp_path, "check")).exit_code() == 0
    assert not os.path.exists(tmp_path / "questions")
