"""The OpenAPI document of the admin API, as what each answer is held to."""

import functools
import json
import re

import jsonschema
import referencing
from referencing.jsonschema import DRAFT202012

from .binary import REPOSITORY

FILE = REPOSITORY / "docs/openapi.json"

# A base for the document's references; nothing is fetched from it.
BASE = "urn:evenkeel:openapi"


def load():
    """The document as it is in the repository."""
    return json.loads(FILE.read_text())


def closed(value):
    """A copy in which objects have no members but those that are described: what comes is all documented."""
    if isinstance(value, list):
        return [closed(item) for item in value]
    if not isinstance(value, dict):
        return value
    copy = {name: closed(item) for name, item in value.items()}
    if isinstance(copy.get("properties"), dict) and copy.get("type") == "object":
        copy.setdefault("additionalProperties", False)
    return copy


@functools.cache
def _registry():
    document = {**load()}
    document["components"] = {**document["components"], "schemas": closed(document["components"]["schemas"])}
    return referencing.Registry().with_resource(BASE, DRAFT202012.create_resource(document))


@functools.cache
def validator(name):
    """The validator of a schema of the document."""
    return jsonschema.Draft202012Validator({"$ref": f"{BASE}#/components/schemas/{name}"}, registry=_registry())


def check(name, value):
    """Fails unless `value` is exactly what the document calls `name`."""
    errors = sorted(validator(name).iter_errors(value), key=lambda error: list(error.path))
    assert not errors, f"not a {name}: at {'/'.join(map(str, errors[0].absolute_path))}: {errors[0].message}"


@functools.cache
def _paths():
    paths = []
    for template, item in load()["paths"].items():
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
        paths.append((re.compile(pattern), item))
    # Those without parameters first: /tests is no /{something}.
    return sorted(paths, key=lambda path: path[0].pattern.count("[^/]+"))


def operation(method, path):
    """What the document says of a method and a path without its query; None when it has no word of it."""
    for pattern, item in _paths():
        if pattern.fullmatch(path):
            return item.get("get" if method == "HEAD" else method.lower())
    return None


def resolved(value):
    while "$ref" in value:
        found = load()
        for name in value["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        value = found
    return value


def check_answer(method, target, status, media_type, body):
    """Fails unless an answer to a documented route is one that the document describes."""
    described = operation(method, target.partition("?")[0])
    if described is None:
        return
    answers = described["responses"]
    assert str(status) in answers, f"{method} {target} answered {status}, the document knows {list(answers)}: {body!r}"
    content = resolved(answers[str(status)]).get("content", {})
    if method == "HEAD" or not content:
        return
    assert media_type in content, f"{method} {target}: {media_type} is none of {list(content)}"
    schema = content[media_type]["schema"]
    if media_type.endswith("json") and "$ref" in schema:
        check(schema["$ref"].rsplit("/", 1)[1], json.loads(body))
