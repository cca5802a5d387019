"""A client that openapi-python-client generates from the document: it makes each call, and its typed results hold every
member of the answers.

What a generator cannot put into a type, such as alternatives of objects that nothing tells apart, it leaves out.
"""

import importlib
import json
import re
import subprocess
import sys

import attrs
import pytest

from support import admin_document
from support.admin import TOKEN, AdminBalancer
from support.http_server import HTTPServer, response
from support.polling import wait_until

NAME = "evenkeel_client"

# The whole takes 4 s, and the longest that a busy machine may need for the generator.
LONGEST = 200
pytestmark = pytest.mark.timeout(LONGEST + 10)


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """The generated package."""
    directory = tmp_path_factory.mktemp("client")
    settings = directory / "settings.yaml"
    # Nothing is formatted: nobody reads it.
    settings.write_text("post_hooks: []\n")
    ended = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(admin_document.FILE), "--meta", "none",
         "--output-path", str(directory / NAME), "--config", str(settings), "--fail-on-warning"],
        capture_output=True, text=True, timeout=LONGEST)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    sys.path.insert(0, str(directory))
    yield importlib.import_module(NAME)
    sys.path.remove(str(directory))


@pytest.fixture
def balancer(start):
    def answer(asked, peer):
        return response(b"x", "500 No") if asked.target == "/500" else response(b"x")

    servers = [start(HTTPServer(answer, name=f"server-{number}")) for number in (1, 2)]
    balancer = start(AdminBalancer(servers, token=TOKEN, health={"type": "tcp"}))
    for path in ("/", "/500", "/"):
        balancer.exchange(path)
    balancer.admin.change("server-2", administrative_state="draining")
    return balancer


class API:
    """Calls by their operation's name."""

    def __init__(self, generated, client):
        self.models = importlib.import_module(f"{NAME}.models")
        self._client = client
        self._modules = {
            described["operationId"]: f"{NAME}.api.{described['tags'][0]}.{snake_case(described['operationId'])}"
            for item in admin_document.load()["paths"].values()
            for method, described in item.items() if method != "parameters"}
        self.uncalled = set(self._modules)

    def call(self, operation, status=200, /, kind=None, **arguments):
        """The typed result of a call, which holds all that was answered."""
        self.uncalled.discard(operation)
        answer = self.module(operation).sync_detailed(client=self._client, **arguments)
        assert answer.status_code == status, (operation, answer)
        if kind is not None:
            assert isinstance(answer.parsed, getattr(self.models, kind)), answer.parsed
            self.check(answer.parsed, json.loads(answer.content))
        return answer.parsed

    def module(self, operation):
        return importlib.import_module(self._modules[operation])

    @staticmethod
    def check(value, told):
        assert value.to_dict() == told
        check_members(value)


def snake_case(name):
    return re.sub("([A-Z])", r"_\1", name).lower()


def check_members(value):
    """Fails where a member has no type of its own."""
    assert not isinstance(value, dict), f"untyped: {value}"
    if isinstance(value, list):
        for element in value:
            check_members(element)
    elif attrs.has(type(value)):
        members = {field.name: getattr(value, field.name) for field in attrs.fields(type(value))}
        others = members.pop("additional_properties", {})
        # An object of any names, such as counts by status, has nothing else.
        assert not (members and others), f"{type(value).__name__} has no member {set(others)}"
        for member in members.values():
            check_members(member)


def test_it_makes_each_call_and_its_results_hold_all_members(generated, balancer):
    with generated.AuthenticatedClient(f"http://{balancer.admin_address}", TOKEN) as client:
        api = API(generated, client)
        models = api.models
        service = {"service": "main"}
        assert api.call("getStatus", kind="Status").services[0].mode is models.Mode.HTTP
        assert [one.name for one in api.call("listServices", kind="Services").services] == ["main"]
        assert api.call("getService", kind="Service", **service).requests.by_status.to_dict()["5xx"] == 1
        for server in api.call("listServers", kind="Servers", **service).servers:
            assert server.health.last_check.passed and isinstance(server.latency_ms, models.Latency)
        assert api.call("getServer", kind="Server", server="server-1", **service).health.state is models.HealthState.UP
        for change, state in [
                ({"weight": 3, "ejected": False}, "enabled"),
                ({"administrative_state": models.AdministrativeState.DRAINING, "drain_timeout_seconds": 60}, "disabled"),
                ({"administrative_state": models.AdministrativeState.ENABLED, "weight": None}, "enabled")]:
            body = models.ServerChange(**change)
            changed = api.call("changeServer", kind="Server", server="server-1", body=body, **service)
            assert changed.weight == 3 and changed.administrative_state in (state, "draining")
        wait_until(lambda: balancer.admin.server("server-1")["eligible"])
        assert api.call("getStrategy", kind="Strategy", **service).strategy is models.StrategyName.ROUND_ROBIN
        change = models.StrategyChange(models.StrategyName.LEAST_CONNECTIONS)
        assert api.call("setStrategy", kind="Strategy", body=change, **service).title == "Least Connections"
        exchanges = api.call("listExchanges", kind="Exchanges", limit=2, after=0, **service).exchanges
        assert [exchange.id for exchange in exchanges] == [3, 2]
        assert exchanges[0].picks[0].candidates[0].verdict in models.CandidateVerdict
        assert api.call("getExchange", kind="Exchange", exchange=2, **service) == exchanges[1]
        assert api.call("getHistory", kind="History", **service).servers[1].name == "server-2"
        assert api.call("resetMetrics", kind="Counting", body=models.Reset(service="main")).counting_since > 0
        run_test(api)
        assert {change.kind for change in api.call("listChanges", kind="Changes").changes} >= {"weight", "strategy"}
        assert api.call("getDocument").to_dict() == admin_document.load()
        assert api.call("isAlive", kind="Alive").status == "ok"
        assert api.call("isReady", kind="Ready").status == "ready"
        assert "evenkeel_build_info" in api.call("getMetrics")
        follow_events(api, client)
        api.call("getLogin")
        api.call("logIn", 303, body=models.Login(TOKEN))
        api.call("logOut", 303)
        assert not api.uncalled


def run_test(api):
    models = api.models
    headers = models.PlanRequestHeadersType0.from_dict({"X-Test": "yes"})
    plan = models.PlanRequest(requests=5, method=models.Method.POST, path="/x", headers=headers, rate=100.0)
    begun = api.call("startTest", 201, kind="Test", body=plan)
    assert (begun.plan.requests, begun.plan.method, begun.plan.rate) == (5, "POST", 100)
    assert begun.plan.headers.additional_properties == {"X-Test": "yes"}

    def ended():
        test = api.call("getTest", kind="Test", test=begun.id)
        return test.state is models.TestState.FINISHED and test

    result = wait_until(ended).result
    assert isinstance(result, models.Result) and result.balancer.matches
    assert result.latency_ms.p99_9 > 0 and result.statuses.additional_properties == {"200": 5}
    assert api.call("cancelTest", kind="Test", test=begun.id).result == result
    assert api.call("listTests", kind="Tests").tests[0].result == result


def follow_events(api, client):
    """A stream is read line by line, with the generated request and the generated types."""
    api.uncalled.discard("followEvents")
    asked = api.module("followEvents")._get_kwargs(last_event_id_query=0)
    kinds = {"tick": api.models.Tick, "change": api.models.Change}
    seen = set()
    with client.get_httpx_client().stream(**asked) as answer:
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                told = json.loads(value)
                api.check(kinds[kind].from_dict(told), told)
                seen.add(kind)
                if seen == set(kinds):
                    return


def test_its_errors_are_typed_too(generated, balancer):
    with generated.AuthenticatedClient(f"http://{balancer.admin_address}", TOKEN) as client:
        api = API(generated, client)
        problem = api.call("getServer", 404, kind="Problem", service="main", server="x")
        assert (problem.code, problem.status) == ("unknown_server", 404)
        problem = api.call("changeServer", 400, kind="Problem", service="main", server="server-1",
                           body=api.models.ServerChange(drain_timeout_seconds=5))
        assert problem.code == "nothing_to_change"
        for name in ("server-1", "server-2"):
            balancer.admin.change(name, administrative_state="disabled")
        assert api.call("isReady", 503, kind="NotReady").reasons
    with generated.Client(f"http://{balancer.admin_address}") as stranger:
        assert API(generated, stranger).call("getStatus", 401, kind="Problem").code == "no_token"
