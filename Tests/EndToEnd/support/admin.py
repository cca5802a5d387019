"""The admin listener: a balancer that has one, and a client that holds each answer to the contract."""

import contextlib
import json

from . import admin_document
from .balancer import Balancer
from .configuration import NO_CHECKS
from .http_balancer import HTTPBalancer
from .http_client import HTTPClient
from .http_server import named

TOKEN = "kX7-a_token.of+43~characters/for=these-tests"

# What every answer has, whatever was asked and however it failed.
SECURITY_FIELDS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "content-security-policy":
        "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
}


class _WithAdmin:
    """What makes a balancer have a dashboard that listens; entering it waits for that too."""

    def __init__(self, servers, *, token=None, monitoring=False, admin=None, top=None, **settings):
        mapping = {"listen": "127.0.0.1:0", **(admin or {})}
        if token is not None:
            mapping["token"] = token
        if monitoring:
            mapping["monitoring"] = "127.0.0.1:0"
        self._token, self._has_monitoring = token, monitoring
        super().__init__(servers, top={"admin": mapping, **(top or {})}, **settings)

    def __enter__(self):
        super().__enter__()
        try:
            self.admin_address = self.wait_for_line(r"dashboard: listening on http://(\S+?)/")[1]
            self.admin = Admin(self.admin_address, self._token)
            if self._has_monitoring:
                line = self.wait_for_line(r"monitoring: listening on http://(\S+?)/")
                self.monitoring = Admin(line[1], documented=False)
        except BaseException:
            self.__exit__(AssertionError, None, None)
            raise
        return self


class AdminBalancer(_WithAdmin, HTTPBalancer):
    """A balancer in mode http with an admin listener, and with `monitoring` that listener as well.

    `admin` is more for the configuration's `admin` mapping.
    """


class TCPAdminBalancer(_WithAdmin, Balancer):
    """The same in mode tcp, without checks."""

    def __init__(self, servers, **settings):
        super().__init__(servers, mode="tcp", health=NO_CHECKS, **settings)


@contextlib.contextmanager
def serving(count=1, **settings):
    """A started `AdminBalancer` with servers server-1 … server-`count`: for a fixture that many tests share,
    all of which leave it as it was."""
    with contextlib.ExitStack() as started:
        servers = [started.enter_context(server) for server in named(count)]
        yield started.enter_context(AdminBalancer(servers, **settings))


class Admin:
    """A client of the admin listener. Each request has a connection of its own, unless `client` is given.

    Every answer must be as the contract says of all answers, and, where it is `documented`, as the OpenAPI
    document says of its route.
    """

    def __init__(self, address, token=None, service="main", documented=True):
        self.address = address
        self.token = token
        self.service = f"/api/v1/services/{service}"
        self._is_documented = documented

    def client(self, timeout=5.0):
        """A connection for requests."""
        return HTTPClient(self.address, timeout)

    def ask(self, path, method="GET", body=None, fields=(), *, client=None, host=None, authorized=True, timeout=5.0):
        """The answer to one request; a `body` that is not bytes is sent as JSON."""
        pairs = dict(fields)
        if self.token is not None and authorized:
            pairs.setdefault("Authorization", f"Bearer {self.token}")
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            pairs.setdefault("Content-Type", "application/json")
            pairs.setdefault("Content-Length", len(body))
        options = {"host": host or self.address}
        if client is not None:
            answer = client.ask(path, method, pairs, body or b"", **options)
        else:
            with self.client(timeout) as once:
                answer = once.ask(path, method, pairs, body or b"", **options)
        self.check(answer, method, path)
        return answer

    def check(self, answer, method="GET", path=None):
        """Fails unless the answer is as every answer must be."""
        check_fields(answer)
        kind = media_type(answer)
        if kind.endswith("json") and method != "HEAD":
            json.loads(answer.body)
        if kind == "application/problem+json" and method != "HEAD":
            check_problem(answer)
        if path is not None and self._is_documented:
            admin_document.check_answer(method, path, answer.status, kind, answer.body)

    # By what is expected

    def get(self, path, **more):
        """The JSON of an answer 200."""
        return self.succeed(path, "GET", **more)

    def succeed(self, path, method, body=None, status=200, **more):
        """The JSON of an answer with that status."""
        answer = self.ask(path, method, body, **more)
        assert answer.status == status, f"{method} {path}: {answer.status} {answer.body!r}"
        return json.loads(answer.body)

    def refuse(self, path, method="GET", body=None, *, status, code=None, **more):
        """The problem of an answer with that status (one of them, for a tuple)."""
        answer = self.ask(path, method, body, **more)
        expected = status if isinstance(status, tuple) else (status,)
        assert answer.status in expected, f"{method} {path}: {answer.status} {answer.body[:300]!r}"
        problem = check_problem(answer)
        assert code in (None, problem["code"]), problem
        return problem

    # The service of the tests

    def state(self):
        """The service."""
        return self.get(self.service)

    def server(self, name):
        """One server of the service."""
        return self.get(f"{self.service}/servers/{name}")

    def change(self, name, **members):
        """Changes a server, and gives it as it is then."""
        return self.succeed(f"{self.service}/servers/{name}", "PATCH", members)

    def reset(self):
        """Counts anew."""
        return self.succeed("/api/v1/metrics/reset", "POST", {})


def media_type(answer):
    """The answer's media type without parameters."""
    return (answer.get("content-type") or "").partition(";")[0].strip().lower()


def check_fields(answer):
    """Fails unless the answer has what every answer has, once, and nothing for other origins."""
    for name, value in SECURITY_FIELDS.items():
        assert answer.get(name) == value, f"{name} of {answer.status}: {answer.get(name)!r}"
    assert answer.get("cache-control") in ("no-store", "no-cache"), answer.fields
    assert not [name for name in answer.names if name.startswith("access-control-")], answer.fields


def check_problem(answer):
    """The problem that the answer tells."""
    assert media_type(answer) == "application/problem+json", (answer.status, answer.fields, answer.body[:300])
    problem = json.loads(answer.body)
    admin_document.check("Problem", problem)
    assert problem["status"] == answer.status
    return problem
