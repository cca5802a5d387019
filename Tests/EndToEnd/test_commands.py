"""The command line: help, flags, files, environment, and clear errors."""

import re

import pytest

from support.balancer import Balancer
from support.command import run
from support.process import Process
from support.scripted_client import get
from support.scripted_server import ScriptedServer, respond

VALID = """\
listen: 127.0.0.1:0
servers:
  - name: one
    address: 127.0.0.1:8081
  - name: two
    address: 127.0.0.1:8082
admin:
  listen: off
"""


@pytest.fixture
def directory(tmp_path):
    """An empty directory to run in, so that no file of the developer's is read."""
    return tmp_path


def log_line(text):
    """A life-cycle line: time, level, message."""
    return re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (debug|info|warn|error) +(.*)", text)


def test_version_is_one_line():
    result = run("--version")
    assert result.returncode == 0
    assert re.fullmatch(r"(evenkeel )?\d+\.\d+\.\d+\S*\n", result.stdout)


@pytest.mark.parametrize("command", [(), ("run",), ("backend",), ("demo",), ("check",)])
def test_every_help_shows_an_example(command):
    result = run(*command, "--help")
    assert result.returncode == 0
    assert "USAGE:" in result.stdout
    assert re.search(rf"^ +(\$ )?evenkeel {' '.join(command)}", result.stdout, re.MULTILINE), "no example"
    assert re.search("example", result.stdout, re.IGNORECASE)


@pytest.mark.parametrize(
    "arguments", [("run", "--nonsense"), ("--nonsense",), ("nonsense",), ("demo", "--nonsense")])
def test_an_unknown_flag_or_command_is_an_error_that_names_it(arguments):
    result = run(*arguments)
    assert result.returncode not in (0, 1)
    assert arguments[-1] in result.stderr
    assert result.stdout == ""


def test_flags_alone_run_a_balancer(start, directory):
    servers = [start(ScriptedServer(respond(b"answer %d\n" % number))) for number in (1, 2)]
    balancer = start(Process(
        "run", "--listen", "0", "--server", servers[0].address, "--server", servers[1].address,
        "--admin", "off", directory=directory))
    listening = balancer.wait_for_line(r"main: listening on (127\.0\.0\.1:\d+) \((.*)\)")
    assert listening[2] == "http, round_robin, 2 servers"
    balancer.wait_for_line("main: accepting")
    assert sorted(get(listening[1]).body for _ in range(4)) == [b"answer 1\n"] * 2 + [b"answer 2\n"] * 2


def test_flags_choose_strategy_and_mode(start, directory):
    balancer = start(Process(
        "run", "--listen", "127.0.0.1:0", "--server", "127.0.0.1:1", "--strategy", "least_connections",
        "--mode", "tcp", "--admin", "off", directory=directory))
    balancer.wait_for_line(r"main: listening on 127\.0\.0\.1:\d+ \(tcp, least_connections, 1 server\)")


def test_a_short_file_runs_and_flags_win_over_environment_over_file(start, directory):
    (directory / "evenkeel.yaml").write_text(VALID + "strategy: least_connections\nmode: tcp\n")
    from_file = start(Process("run", directory=directory))
    from_file.wait_for_line(r"listening on \S+ \(tcp, least_connections, 2 servers\)")
    environment = {"EVENKEEL_MODE": "http", "EVENKEEL_STRATEGY": "round_robin"}
    from_environment = start(Process("run", directory=directory, environment=environment))
    from_environment.wait_for_line(r"listening on \S+ \(http, round_robin, 2 servers\)")
    from_flag = start(Process("run", "--mode", "tcp", directory=directory, environment=environment))
    from_flag.wait_for_line(r"listening on \S+ \(tcp, round_robin, 2 servers\)")


def test_the_environment_can_name_the_file(start, directory):
    file = directory / "elsewhere.yaml"
    file.write_text(VALID)
    balancer = start(Process("run", environment={"EVENKEEL_CONFIG": str(file)}))
    balancer.wait_for_line(r"listening on \S+ \(http, round_robin, 2 servers\)")


def test_the_log_is_one_readable_line_each_without_colours(start):
    server = start(ScriptedServer(respond()))
    balancer = start(Balancer([server.address]))
    assert balancer.stop() == 0
    assert [line for line in balancer.lines if not log_line(line)] == []
    assert "\x1b" not in balancer.log
    assert balancer.output == ""


def test_it_listens_on_a_port_of_the_kernels_choice_and_logs_which(start):
    server = start(ScriptedServer(respond()))
    balancer = start(Balancer([server.address], listen="0"))
    assert re.fullmatch(r"127\.0\.0\.1:[1-9]\d+", balancer.address)
    assert balancer.get().status == 200


def test_nothing_at_all_says_what_to_do(directory):
    result = run("run", directory=directory)
    assert result.returncode == 2
    assert "--server" in result.stderr
    assert "evenkeel.yaml" in result.stderr
    assert result.stdout == ""


def test_a_file_that_is_not_there_is_an_error_that_names_it(directory):
    result = run("run", "missing.yaml", directory=directory)
    assert result.returncode == 2
    assert "missing.yaml" in result.stderr


@pytest.mark.parametrize("arguments", [
    ("run", "--admin", "off", "--server", "127.0.0.1:1", "--listen"), ("backend", "--port")])
def test_a_port_in_use_is_one_clear_line(start, directory, arguments):
    taken = start(ScriptedServer())
    result = run(*arguments, taken.address, directory=directory)
    assert result.returncode == 1
    told = re.escape(f"error: cannot listen on {taken.address}: address already in use")
    assert re.fullmatch(told + r"( \(.*\))?\n", result.stderr), "one line, perhaps with what to do"


def test_check_says_that_a_file_is_valid(directory):
    (directory / "evenkeel.yaml").write_text(VALID)
    for arguments in (["check"], ["check", "evenkeel.yaml"]):
        result = run(*arguments, directory=directory)
        assert result.returncode == 0
        assert result.stdout + result.stderr == "evenkeel.yaml is valid: 1 service, 2 servers\n"


def test_check_tells_all_errors_at_once_with_their_places(directory):
    (directory / "evenkeel.yaml").write_text(VALID + "strategie: round_robin\nmode: udp\n")
    result = run("check", directory=directory)
    assert result.returncode == 2
    assert "evenkeel.yaml:9:1" in result.stderr
    assert "did you mean" in result.stderr and "strategy" in result.stderr
    assert "evenkeel.yaml:10:7" in result.stderr
    assert "udp" in result.stderr and "tcp" in result.stderr
    assert "^" in result.stderr


def test_check_print_shows_each_value_with_its_origin(directory):
    (directory / "evenkeel.yaml").write_text(VALID)
    result = run("check", "--print", directory=directory, environment={"EVENKEEL_MODE": "tcp"})
    assert result.returncode == 0
    printed = result.stdout
    assert re.search(r"mode: +tcp.*EVENKEEL_MODE", printed)
    assert re.search(r"strategy: +round_robin.*default", printed)
    assert re.search(r"127\.0\.0\.1:8081.*evenkeel\.yaml:4", printed)
    assert re.search(r"listen: +off.*evenkeel\.yaml:8", printed)
    (directory / "evenkeel.yaml").write_text(printed)
    assert run("check", directory=directory).returncode == 0, "what it prints is a configuration"


def test_check_print_says_that_there_is_a_token_and_not_which(directory):
    (directory / "token").write_text("correct-horse-battery\n")
    (directory / "evenkeel.yaml").write_text(f"{VALID}  token_file: {directory}/token\n")
    from_file = run("check", "--print", directory=directory)
    assert re.search(rf"token_file: {directory}/token +# evenkeel\.yaml:9", from_file.stdout)
    environment = {"EVENKEEL_ADMIN_TOKEN": "another-correct-horse"}
    from_variable = run("check", "--print", directory=directory, environment=environment)
    assert re.search(r"token: \(set\) +# EVENKEEL_ADMIN_TOKEN", from_variable.stdout)
    for result in (from_file, from_variable):
        assert result.returncode == 0
        assert "horse" not in result.stdout + result.stderr


def test_the_admin_flag_goes_before_the_file(directory):
    (directory / "evenkeel.yaml").write_text(VALID)
    result = run("check", "--print", "--admin", "127.0.0.1:0", directory=directory)
    assert re.search(r"listen: 127\.0\.0\.1:0 +# --admin", result.stdout)


@pytest.mark.parametrize("arguments, words", [
    (("backend", "--port", "-1"), "-1"), (("demo", "--base-delay", "-5"), "'-5'"), (("backend", "--base-delay", "-5"), "'-5'")])
def test_a_number_that_is_negative_is_no_missing_value(arguments, words):
    result = run(*arguments)
    assert result.returncode != 0
    assert words in result.stderr
    assert "Missing value" not in result.stderr


@pytest.mark.parametrize("arguments, words", [
    (("backend", "--port", "99999"), "from 0 to 65535"), (("backend", "--port", "x"), "the port is missing"),
    (("backend", "--port", "08081"), "leading zero; write 8081"), (("backend", "--port", "127.0.0.1:08081"), "leading zero; write 8081"),
    (("backend", "--base-delay", "+5"), "--base-delay"),
    (("demo", "--backend-port", "[::1]:00"), "leading zero; write 0"),
    (("check", "--listen", "unix://run/x", "--server", "2"), "write unix:/run/x"),
    (("check", "--listen", "1", "--server", "unix:///run/x"), "write unix:/run/x"),
    (("check", "--listen", "0.0.0.0:9101", "--server", "127.0.0.1:8090"), 'the server "127.0.0.1:8090" is the dashboard'),
    (("check", "--listen", "[::]:9101", "--server", "[::ffff:127.0.0.1]:9999", "--admin", "127.0.0.1:9999"), "is the dashboard"),
    (("demo", "--listen", "Web.test:1", "--backend-port", "web.test.:1"), "each needs an address of its own"),
    (("demo", "--listen", "LOCALHOST:1", "--admin", "127.0.0.1:1"), "each needs an address of its own"),
    (("backend", "--name", ""), "--name"), (("backend", "--name", "a\r\nX: y"), "--name"),
    (("backend", "--base-delay", "x"), "--base-delay"),
    (("run", "--listen", "http://127.0.0.1:9001", "--server", "1"), "write 127.0.0.1:9001"),
    (("run", "--listen", "1", "--server", "2", "--shutdown-timeout", "5"), "has no unit"),
    (("check", "--listen", "1", "--server", "2", "--mode", "udp"), "udp"), (("load", "-n", "x"), "whole number"), (("load", "ftp://x/"), "only http://")])
def test_a_wrong_argument_ends_every_command_with_2(directory, arguments, words):
    result = run(*arguments, directory=directory)
    assert result.returncode == 2
    assert words in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("has_file", [True, False])
@pytest.mark.parametrize("command", [
    ("run",), ("check",), ("check", "evenkeel.yaml"), ("check", "--listen", "1", "--server", "2")])
def test_an_empty_variable_for_the_file_is_one_mistake(directory, command, has_file):
    if has_file:
        (directory / "evenkeel.yaml").write_text(VALID)
    result = run(*command, directory=directory, environment={"EVENKEEL_CONFIG": ""})
    assert result.returncode == 2
    assert result.stderr == "EVENKEEL_CONFIG: error: it is empty: name a file, or take the variable away\n"


def test_two_names_of_one_server_are_told_at_the_start(start, directory):
    servers = [part for address in ("127.0.0.1:9001", "localhost:9001", "127.0.0.1:9002") for part in ("--server", address)]
    process = start(Process("run", "--listen", "0", *servers, "--admin", "off", directory=directory))
    process.wait_for_line(r"main: the servers 127\.0\.0\.1:9001 and localhost:9001 are both at 127\.0\.0\.1:9001")
    process.wait_for_line("accepting")
    assert len([line for line in process.lines if "are both at" in line]) == 1


def test_nobody_but_a_dead_process_loses_a_file_to_a_listener(directory):
    """What lies at the path of a Unix socket stays, unless it is a socket that nobody listens on."""
    (directory / "plain").write_text("precious")
    result = run("run", "--listen", f"unix:{directory}/plain", "--server", "127.0.0.1:1", "--admin", "off")
    assert result.returncode == 1
    assert result.stderr == (
        f"error: cannot listen on unix:{directory}/plain: address already in use "
        "(a plain file is there, and is left alone)\n")
    assert (directory / "plain").read_text() == "precious"
