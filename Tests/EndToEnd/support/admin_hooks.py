"""What schemathesis is told: names that are there, and load tests that are small.

It is loaded by schemathesis itself (SCHEMATHESIS_HOOKS).
"""

import re

import schemathesis

# What a service may be called.
NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")

# Greatest values of a plan that may really run; what is out of range is left as it is.
SMALL = {"requests": 20, "duration_seconds": 1, "concurrency": 4}
GREATEST = {"requests": 1_000_000, "duration_seconds": 600, "concurrency": 9000}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Mostly asks for what is there: else nearly all answers would be 404."""
    if path_parameters and isinstance(path_parameters.get("service"), str) and len(path_parameters["service"]) % 4:
        path_parameters["service"] = "main"
        if isinstance(path_parameters.get("server"), str) and len(path_parameters["server"]) % 4:
            path_parameters["server"] = "Server-1"
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    """Keeps load tests small, and aims them at what is there."""
    if context.operation.path == "/api/v1/tests" and isinstance(body, dict):
        if isinstance(body.get("service"), str) and NAME.fullmatch(body["service"]):
            body["service"] = "main"
        for name, most in SMALL.items():
            value = body.get(name)
            if isinstance(value, int | float) and not isinstance(value, bool) and most < value <= GREATEST[name]:
                body[name] = most
    return body
