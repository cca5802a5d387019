"""The admin API and its document draw the same lines: at each bound of each parameter and each member of a body, the
server takes what the schema takes, and refuses what it refuses.

The values are made from the document, so that what is added to it is tried too.
"""

import itertools
import json
import re
import urllib.parse

import jsonschema
import pytest

from support import admin_document
from support.admin import TOKEN, AdminBalancer
from support.binary import REPOSITORY
from support.http_server import HTTPServer, response

FORM = "application/x-www-form-urlencoded"
PATH = {"service": "main", "server": "server-1"}
# What a member may be besides what its own schema leads to.
ANYTHING = [None, True, False, 0, 1, -1, 1.5, 1e99, "", "x", "é", [1], {}, {"a": "b"}, {"a": 1}]
# At the edges of what text is made of: control characters, blanks, delimiters, letters, and what is not ASCII.
CHARACTERS = "\0\x01\t\n\r\x1f !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~\x7fé"
CODES = re.compile(r'Problem\(\s*\d+, "(\w+)"')


@pytest.fixture(scope="module")
def balancer():
    server = HTTPServer(lambda asked, peer: response(b"x"), name="server-1")
    with server, AdminBalancer([server], token=TOKEN) as balancer:
        # While it runs, a plan that is right is answered 409 and starts nothing.
        balancer.admin.succeed("/api/v1/tests", "POST", {"duration_seconds": 600, "rate": 1}, status=201)
        yield balancer


def operations():
    """Each operation of the document: its method, its path, what it says."""
    for path, item in admin_document.load()["paths"].items():
        for method, described in item.items():
            if method != "parameters":
                yield method.upper(), path, {**described, "parameters": [
                    admin_document.resolved(one)
                    for one in [*item.get("parameters", []), *described.get("parameters", [])]]}


def without_null(member):
    """The schema of a member that may be null; null is tried anyway."""
    return admin_document.resolved(member["oneOf"][0] if "oneOf" in member else member)


def edges(schema):
    """Values at and beside the bounds of a schema."""
    kinds = schema.get("type", [])
    numbers = [schema[name] + step for name in ("minimum", "maximum") if name in schema for step in (-1, 0, 1, 0.5)]
    words = [word for word in schema.get("enum", []) if isinstance(word, str)]
    words += [change(word) for word in words for change in (str.lower, str.upper, lambda word: word + " ")]
    if "maxLength" in schema:
        words += ["/" + "a" * (schema["maxLength"] + step) for step in (-2, -1, 0)]
    if "pattern" in schema:
        # Not at the end, where Python's `$` lets a line feed pass and JSON Schema's does not.
        words += ["/" + character + "a" for character in CHARACTERS]
    objects = []
    if "object" in kinds and "additionalProperties" in schema:
        objects = list(edges_of_fields(schema))
    return [*numbers, *words, *schema.get("examples", []), *objects]


def edges_of_fields(schema):
    """Header fields at the bounds of a schema, and those that a test sets itself."""
    for count in (schema["maxProperties"], schema["maxProperties"] + 1):
        yield {f"A{number}": "" for number in range(count)}
    for length in (0, schema["propertyNames"]["maxLength"], schema["propertyNames"]["maxLength"] + 1):
        yield {"a" * length: "b"}
    for value in edges(schema["additionalProperties"]):
        yield {"A": value}
    for character in CHARACTERS:
        yield {f"A{character}a": "b"}
    for name, change in itertools.product(
            ["host", "connection", "content-length", "transfer-encoding", "upgrade", "expect", "te", "cookie"],
            [str.lower, str.upper, str.title]):
        yield {change(name): "keep-alive"}
    for value in ("Keep-Alive", "close", "upgrade", "keep-alive, x", ""):
        yield {"Connection": value}


def bodies(schema):
    """Bodies that differ from a right one in one member, and those of two members."""
    members = {name: without_null(member) for name, member in schema["properties"].items()}
    base = schema.get("examples", [{}])[0]
    yield from ({}, base, {**base, "colour": "red"}, *schema.get("examples", []))
    for name, member in members.items():
        yield {other: value for other, value in base.items() if other != name}
        for value in [*ANYTHING, *edges(member)]:
            yield {**base, name: value}
    for one, two in itertools.combinations(members, 2):
        for values in itertools.product(*[
                [None, *member.get("examples", [False]), *member.get("enum", [])[:1]]
                for member in (members[one], members[two])]):
            yield dict(zip((one, two), values, strict=True))


def json_operations():
    for method, path, described in operations():
        content = described.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            yield pytest.param(
                method, path.format(**PATH, test=1), content["application/json"]["schema"]["$ref"].rsplit("/")[-1],
                id=described["operationId"])


@pytest.mark.parametrize("method, path, name", list(json_operations()))
def test_a_body_is_taken_as_the_schema_says(balancer, method, path, name):
    validator = admin_document.validator(name)
    schema = admin_document.load()["components"]["schemas"][name]
    wrong = []
    seen = {json.dumps(body): body for body in bodies(schema)}
    assert {validator.is_valid(body) for body in seen.values()} == {True, False}
    with balancer.admin.client() as client:
        for text, body in seen.items():
            answer = balancer.admin.ask(path, method, body, client=client)
            # A service that there is not is as good as a member that is not as described.
            is_taken = answer.status not in (400, 404)
            if validator.is_valid(body) != is_taken and not (answer.status == 404 and b"unknown_service" in answer.body):
                wrong.append((text[:200], answer.status, answer.body[:200]))
    assert not wrong, f"{len(wrong)} of {len(seen)}: {wrong[:10]}"


def parameters():
    for method, path, described in operations():
        for parameter in described["parameters"]:
            if parameter["in"] == "query" and method == "GET":
                yield pytest.param(path.format(**PATH), parameter, id=f"{described['operationId']}-{parameter['name']}")


@pytest.mark.parametrize("path, parameter", list(parameters()))
def test_a_parameter_is_taken_as_the_schema_says(balancer, path, parameter):
    schema = parameter["schema"]
    values = {str(value) for value in [*ANYTHING, *edges(schema), 2**63 - 1, 2**63, 2**64, "-0", "+1"]}
    for value in values:
        answer = balancer.admin.ask(
            f"{path}?{parameter['name']}={urllib.parse.quote(value)}", "HEAD" if "events" in path else "GET")
        try:
            read = int(value) if schema["type"] == "integer" and re.fullmatch("-?[1-9][0-9]*|0", value) else value
            jsonschema.validate(read, schema)
            assert answer.status < 400, (value, answer.status)
        except jsonschema.ValidationError:
            assert answer.status == 400, (value, answer.status)


def ids():
    for method, path, described in operations():
        for parameter in described["parameters"]:
            if parameter["in"] == "path" and parameter["schema"]["type"] == "integer":
                yield pytest.param(method, path, parameter, id=f"{described['operationId']}-{parameter['name']}")


@pytest.mark.parametrize("method, path, parameter", list(ids()))
def test_an_id_in_the_path_is_taken_as_the_schema_says(balancer, method, path, parameter):
    schema = parameter["schema"]
    values = {str(value) for value in [*edges(schema), 2**63 - 1, 2**63, 2**64, "-0", "+1", "x", "1e1", "0x1", "", " 1"]}
    # The test that runs would end with it.
    for value in values - {"1"}:
        asked = path.format(**PATH, **{parameter["name"]: urllib.parse.quote(value)})
        answer = balancer.admin.ask(asked, method)
        try:
            jsonschema.validate(int(value) if re.fullmatch("-?[1-9][0-9]*|0", value) else value, schema)
            # There may be one, of a test before.
            if answer.status != 200:
                assert answer.status == 404, (value, answer.status)
                assert json.loads(answer.body)["code"] == f"unknown_{parameter['name']}"
        except jsonschema.ValidationError:
            assert answer.status == 400, (value, answer.status)


#: What monitors ask, who add what tells their requests apart.
MONITORING = ("/healthz", "/readyz", "/metrics")


@pytest.mark.parametrize("path", MONITORING)
def test_a_monitor_may_add_any_parameter(balancer, path):
    assert balancer.admin.ask(f"{path}?probe=1&probe=2").status in (200, 503)


@pytest.mark.parametrize("method, path, known", [
    pytest.param(method, path, [one["name"] for one in described["parameters"] if one["in"] == "query"],
                 id=described["operationId"]) for method, path, described in operations() if path not in MONITORING])
def test_a_parameter_of_the_query_that_there_is_not_is_refused_by_its_name(balancer, method, path, known):
    asked = path.format(**PATH, test=1, exchange=1)
    for name in {"color", "Limit", "LIMIT", "afte", "", *({"limit", "after", "last_event_id"} - set(known))}:
        for query in (f"{name}=1", f"{name}=", f"{name}=1&{name}=1", f"&{name}=1"):
            problem = balancer.admin.refuse(f"{asked}?{query}", method, {} if method != "GET" else None, status=400, code="bad_query")
            assert f'"{name}"' in problem["detail"]
            assert all(one in problem["detail"] for one in known), problem
    for name in known:
        balancer.admin.refuse(f"{asked}?{name}=1&{name}=1", status=400, code="bad_query")


def test_every_operation_is_there_with_its_methods_and_no_others(balancer):
    described = {}
    for method, path, operation in operations():
        described.setdefault(path, set()).add(method)
    for path, methods in described.items():
        asked = path.format(**PATH, test=1, exchange=1)
        answer = balancer.admin.ask(asked, "OPTIONS")
        allowed = {option.upper() for option in answer.options("allow")}
        assert answer.status == 405 and allowed - {"HEAD"} == methods, (path, allowed, methods)
        assert ("HEAD" in allowed) == ("GET" in methods)


def test_every_operation_has_the_answers_that_it_may_give(balancer):
    """What the order of the rules in `AdminServer` leads to, whatever the route."""
    for method, path, described in operations():
        answers = set(described["responses"])
        public = described.get("security") == []
        expected = {"400", "403", "405"} | ({"401"} if not public else set())
        if "requestBody" in described:
            expected |= {"413", "415"}
        if "{" in path:
            expected |= {"404"}
        assert expected <= answers, (method, path, expected - answers)
        assert not (public and "401" in answers), (method, path)


# Forms


def log_in(balancer, body, kind=FORM):
    return balancer.admin.ask("/login", "POST", body, {"Content-Type": kind}, authorized=False)


@pytest.mark.parametrize("body, code", [
    (b"", "bad_value"), (b"other=1", "bad_value"), (b"Token=x", "bad_value"), (b"token=a&token=b", "bad_value"),
    (b"token=%zz", "bad_form"), (b"token=%", "bad_form"), (b"token=\xff", "bad_form"), (b"token=%ff", "bad_form"),
    (b"token=%00", "bad_form"), (b"a=%zz&token=x", "bad_form")])
def test_a_login_without_one_token_in_a_form_is_refused_as_what_it_is(balancer, body, code):
    answer = log_in(balancer, body)
    assert (answer.status, json.loads(answer.body)["code"]) == (400, code)
    assert answer.get("set-cookie") is None


def test_a_plus_in_a_form_is_a_space_unless_it_is_escaped(start):
    token = "a+token++of-more-than-sixteen"
    balancer = start(AdminBalancer(["127.0.0.1:1"], token=token))
    assert log_in(balancer, urllib.parse.urlencode({"token": token}).encode()).get("location") == "/"
    # Without an escape a plus is a space, of which a token has none.
    assert log_in(balancer, f"token={token}".encode()).get("location") == "/login?failed"


def test_a_login_where_no_token_is_set_leads_to_the_page(start):
    balancer = start(AdminBalancer(["127.0.0.1:1"]))
    answer = log_in(balancer, b"token=x")
    assert (answer.status, answer.get("location")) == (303, "/")
    assert "wrong token" not in balancer.log


@pytest.mark.parametrize("kind", ["appli cation/json", "application/json x", "text/json", "", ";application/json"])
def test_what_is_nearly_a_content_type_is_none(balancer, kind):
    balancer.admin.refuse(
        "/api/v1/metrics/reset", "POST", {}, fields={"Content-Type": kind}, status=415, code="wrong_content_type")


# Words


def test_each_code_of_a_problem_is_described(balancer):
    sources = "".join(file.read_text() for file in (REPOSITORY / "Sources/Dashboard").rglob("*.swift"))
    codes = set(CODES.findall(sources)) | {"unknown_service", "unknown_server", "unknown_test"}
    assert {"bad_form", "test_impossible", "wrong_method"} <= codes
    documents = [(REPOSITORY / name).read_text() for name in ("docs/openapi.json", "docs/api.md")]
    missing = [code for code in codes for text in documents if f"`{code}`" not in text]
    assert not missing, missing
