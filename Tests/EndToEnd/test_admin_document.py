"""The OpenAPI document: well formed, served, and true of what the server does.

schemathesis makes requests from it, right and wrong ones, and holds each answer to it.
"""

import json
import os
import subprocess
import sys

import openapi_spec_validator
import pytest

from support import admin_document
from support.admin import TOKEN, AdminBalancer
from support.backends import Backend

# How many requests are made up for each operation, beside those at the edges of what it takes. The whole
# takes 15 s, and the longest that a busy machine may need for it.
EXAMPLES = 2
LONGEST = 300

SETTINGS = """
# A test that was cancelled is still there to be read.
[checks.use_after_free]
enabled = false
"""


def test_the_document_is_openapi():
    openapi_spec_validator.validate(admin_document.load())


def test_the_server_serves_this_very_document(start):
    balancer = start(AdminBalancer(["127.0.0.1:1"]))
    assert balancer.admin.get("/api/v1/openapi.json") == admin_document.load()


def test_every_operation_is_described_for_people():
    for path, item in admin_document.load()["paths"].items():
        for method, described in item.items():
            if method != "parameters":
                assert described["summary"] and described["operationId"] and described["tags"], (method, path)


@pytest.mark.timeout(LONGEST + 10)
def test_what_schemathesis_makes_up_is_answered_as_the_document_says(start, tmp_path):
    backends = [start(Backend(f"Server-{number}")) for number in (1, 2)]
    balancer = start(AdminBalancer([(backend.name, backend.address) for backend in backends], token=TOKEN))
    for _ in range(20):
        balancer.exchange()
    (tmp_path / "schemathesis.toml").write_text(SETTINGS)
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(of_this_balancer(admin_document.load())))
    ended = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", str(document), "--url", f"http://{balancer.admin_address}",
         "--header", f"Authorization: Bearer {TOKEN}", "--max-examples", str(EXAMPLES), "--seed", "1", "--no-color",
         "--request-timeout", "5", "--continue-on-failure", "--no-shrink",
         "--exclude-path", "/api/v1/events", "--exclude-tag", "session"],
        cwd=tmp_path, capture_output=True, text=True, timeout=LONGEST,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "support.admin_hooks", "PYTHONPATH": os.path.dirname(__file__)})
    assert ended.returncode == 0, ended.stdout[-8000:] + ended.stderr[-2000:]
    assert balancer.is_running


def of_this_balancer(document):
    """The document with the token that this balancer wants, and with the names that it has.

    Where one value is out of bounds, schemathesis takes the examples for all others: with a service that there is not,
    every answer would be 404, whatever the value.
    """
    document["security"] = [{"bearer": []}, {"cookie": []}]
    for name, value in {"service": "main", "server": "Server-1", "exchange": 1}.items():
        document["components"]["parameters"][name]["example"] = value
    return document
