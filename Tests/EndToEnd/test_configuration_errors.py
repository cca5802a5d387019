"""A bad configuration starts nothing. (The messages one by one are unit tests.)"""

import socket

import pytest

from support import address
from support.command import run
from support.reserved_port import ReservedPort

CASES = {
    "an unknown key": ("servres:\n  - address: 127.0.0.1:8081\n", "servres"),
    "a wrong type": ("servers: yes\n", "servers"),
    "no server": ("servers: []\n", "servers"),
    "a bad address": ("servers:\n  - address: 127.0.0.1:99999\n", "99999"),
    "the same server twice": (
        "servers:\n  - address: 127.0.0.1:8081\n  - address: 127.0.0.1:8081\n", "127.0.0.1:8081"),
    "an impossible number": (
        "servers:\n  - address: 127.0.0.1:8081\n    weight: -1\n", "-1"),
    "no YAML": ("servers: [\n", "evenkeel.yaml"),
}


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize("text, named", CASES.values(), ids=CASES.keys())
def test_a_bad_file_is_an_error_on_stderr_and_nothing_starts(start, tmp_path, command, text, named):
    port = start(ReservedPort())
    (tmp_path / "evenkeel.yaml").write_text(f"listen: {port.address}\n{text}")
    result = run(command, directory=tmp_path, timeout=5)
    assert result.returncode == 2
    assert "evenkeel.yaml:" in result.stderr
    assert named in result.stderr
    assert "listening" not in result.stderr
    assert result.stdout == ""
    with pytest.raises(ConnectionRefusedError):
        address.connect(port.address)


def test_bad_flags_and_bad_environment_are_told_together_with_the_file(tmp_path):
    (tmp_path / "evenkeel.yaml").write_text("listen: nowhere\nservers:\n  - address: 127.0.0.1:8081\n")
    result = run("run", "--server", "nonsense", directory=tmp_path, environment={"EVENKEEL_MODE": "udp"})
    assert result.returncode == 2
    for told in ("nowhere", "nonsense", "EVENKEEL_MODE"):
        assert told in result.stderr


def test_one_bad_service_keeps_the_good_one_from_starting(start, tmp_path):
    port = start(ReservedPort())
    (tmp_path / "evenkeel.yaml").write_text(f"""\
services:
  good:
    listen: {port.address}
    servers:
      - address: 127.0.0.1:8081
  bad:
    listen: 127.0.0.1:0
    strategy: random_guess
    servers:
      - address: 127.0.0.1:8082
""")
    result = run("run", directory=tmp_path, timeout=5)
    assert result.returncode == 2
    assert "evenkeel.yaml:8:15" in result.stderr and "random_guess" in result.stderr


def test_two_services_are_both_served_or_neither(start, tmp_path):
    free, taken = start(ReservedPort()), start(socket.create_server(("127.0.0.1", 0)))
    used = address.text_of(taken)
    (tmp_path / "evenkeel.yaml").write_text(f"""\
services:
  first:
    listen: {free.address}
    servers: [{{address: 127.0.0.1:8081}}]
  second:
    listen: {used}
    servers: [{{address: 127.0.0.1:8082}}]
admin: {{listen: off}}
""")
    result = run("run", directory=tmp_path, timeout=5)
    assert result.returncode == 1
    assert f"cannot listen on {used}: address already in use" in result.stderr


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_dashboard_for_others_without_a_token_is_refused_with_what_would_be_right(start, tmp_path, command):
    port = start(ReservedPort())
    (tmp_path / "evenkeel.yaml").write_text(f"""\
listen: {port.address}
servers: [127.0.0.1:8081]
admin:
  listen: 0.0.0.0:0
""")
    result = run(command, directory=tmp_path, timeout=5)
    assert result.returncode == 2
    assert "evenkeel.yaml:4:11: error: admin.listen is 0.0.0.0:0, which others can reach" in result.stderr
    assert "token" in result.stderr and "127.0.0.1" in result.stderr
    with pytest.raises(ConnectionRefusedError):
        address.connect(port.address)
    allowed = run("check", directory=tmp_path, environment={"EVENKEEL_ADMIN_TOKEN": "correct-horse-battery"})
    assert allowed.returncode == 0, allowed.stderr


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_wrong_token_is_never_repeated(tmp_path, command):
    (tmp_path / "evenkeel.yaml").write_text("""\
listen: 127.0.0.1:0
servers: [127.0.0.1:8081]
admin: {token: hunter2, lisen: 8090}
""")
    result = run(command, directory=tmp_path, environment={"EVENKEEL_ADMIN_TOKEN": "hunter22"}, timeout=5)
    assert result.returncode == 2
    assert "evenkeel.yaml:3:16: error: the token has 7 characters" in result.stderr
    assert "EVENKEEL_ADMIN_TOKEN: error: the token has 8 characters" in result.stderr
    assert "hunter2" not in result.stdout + result.stderr
