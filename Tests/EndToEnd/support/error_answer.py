"""The balancer's own error answers: their form is the same for all of them."""

import http
import json

# The one name that differs between Python's list and the registry of RFC 9110.
TITLES = {413: "Content Too Large", 414: "URI Too Long"}


def title(status):
    """The name of a status by RFC 9110."""
    return TITLES.get(status, http.HTTPStatus(status).phrase)


def assert_error(answer, status, reason, closes=None):
    """`answer` is our error with that status and reason word, as text."""
    assert (answer.status, reason_of(answer)) == (status, reason), answer.body
    assert answer.get("content-type").startswith("text/plain"), answer.fields
    assert answer.body.startswith(f"{status} {title(status)}: {reason}: ".encode()), answer.body
    assert_frame(answer, closes)


def assert_json_error(answer, status, reason, closes=None):
    """The same as JSON."""
    assert answer.get("content-type").startswith("application/json"), answer.fields
    content = json.loads(answer.body)
    assert (content["status"], content["reason"]) == (status, reason)
    assert isinstance(content["detail"], str) and content["detail"]
    assert list(content) == ["status", "reason", "detail"]
    assert answer.status == status
    assert_frame(answer, closes)


def assert_frame(answer, closes):
    """One line, its length, and whether the connection goes on."""
    assert int(answer.get("content-length")) == len(answer.body)
    assert answer.body.endswith(b"\n") and answer.body.count(b"\n") == 1
    if closes is not None:
        assert answer.says_close == closes, answer.fields
    if answer.status == 503:
        assert answer.get("retry-after") == "1"
    if answer.status == 405:
        assert "GET" in answer.get("allow")


def reason_of(answer):
    """The reason word of an error body in either form, or None."""
    if answer.body.startswith(b"{"):
        return json.loads(answer.body)["reason"]
    parts = answer.body.decode("latin-1").split(": ", 2)
    return parts[1] if len(parts) == 3 else None
