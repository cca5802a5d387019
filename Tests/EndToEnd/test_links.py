"""What the documents point to is there."""

import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def documents():
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [ROOT / name for name in listed.stdout.split()] or sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/*.md"))


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_link_to_a_file_leads_to_one(document):
    targets = [link.split("#")[0] for link in LINK.findall(document.read_text())]
    missing = [
        target for target in targets
        if target and "://" not in target and not (document.parent / target).exists()
    ]
    assert not missing
