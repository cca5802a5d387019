"""What `make` says to a newcomer whose machine lacks something."""

import pathlib
import subprocess

REPOSITORY = pathlib.Path(__file__).parents[2]


def test_without_swift_make_says_where_to_get_it(tmp_path):
    """A PATH with nothing in it but what make itself needs."""
    for name in ("sh", "bash", "make", "awk", "echo"):
        found = subprocess.run(["which", name], capture_output=True, text=True, check=True).stdout.strip()
        (tmp_path / name).symlink_to(found)
    run = subprocess.run(
        ["make", "build"], cwd=REPOSITORY, env={"PATH": str(tmp_path), "HOME": str(tmp_path)}, capture_output=True,
        text=True, timeout=60)
    assert run.returncode != 0
    assert "Swift is not installed" in run.stdout
    assert "https://www.swift.org/install" in run.stdout
