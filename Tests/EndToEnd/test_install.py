"""`make install` and `make uninstall`."""

import configparser
import shutil
import subprocess

import pytest

from support.binary import REPOSITORY
from support.command import run
from support.sanitizer import SANITIZED

pytestmark = pytest.mark.skipif(SANITIZED, reason="what is installed is the release build")


def make(target, destination):
    return subprocess.run(
        ["make", "--no-print-directory", target, f"DESTDIR={destination}", "PREFIX=/usr"],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=55)


def files(root):
    """The paths of all files under a directory, relative to it."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.fixture
def installed(tmp_path):
    """A directory into which everything was installed."""
    result = make("install", tmp_path)
    assert result.returncode == 0, result.stderr
    return tmp_path


def one(root, pattern):
    """The only installed file that fits."""
    found = list(root.rglob(pattern))
    assert len(found) == 1, files(root)
    return found[0]


def test_the_binary_is_in_place_and_runs(installed):
    program = installed / "usr/bin/evenkeel"
    version = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10)
    assert version.returncode == 0
    assert version.stdout == run("--version").stdout


def test_the_example_configuration_is_commented_and_valid(installed):
    example = one(installed, "*.yaml*")
    text = example.read_text()
    assert sum(line.lstrip().startswith("#") for line in text.splitlines()) >= 5
    result = run("check", example)
    assert result.returncode == 0, result.stderr


def test_the_systemd_unit_waits_for_readiness_and_names_what_was_installed(installed):
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str
    unit.read(one(installed, "*.service"))
    assert unit["Service"]["Type"] == "notify"
    program, command, *arguments = unit["Service"]["ExecStart"].split()
    assert (program, command) == ("/usr/bin/evenkeel", "run")
    for argument in arguments:
        if argument.startswith("/"):
            assert (installed / argument.lstrip("/")).exists() or "etc" in argument


def test_the_systemd_unit_is_one_that_systemd_understands(installed, tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    unit = one(installed, "*.service")
    # The program is not where the unit will look for it, so a copy names the one that is there.
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text().replace("/usr/bin/evenkeel", str(installed / "usr/bin/evenkeel")))
    result = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", copy], capture_output=True, text=True, timeout=30)
    assert unit.name not in result.stderr, result.stderr


def test_uninstall_takes_away_what_install_put_there(installed):
    before = files(installed)
    assert make("uninstall", installed).returncode == 0
    left = files(installed)
    assert set(left) < set(before)
    assert [path for path in left if "evenkeel" in path and "etc/" not in path] == []
