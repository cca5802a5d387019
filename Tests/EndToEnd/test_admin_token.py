"""The admin token: who has it gets in, nobody else does, and it is told to nobody."""

import concurrent.futures
import json
import pathlib
import re
import urllib.parse

import pytest

from support import command, configuration
from support.address import port_of
from support.admin import TOKEN, AdminBalancer, check_fields, media_type, serving
from support.admin_events import EventStream
from support.admin_routes import CHANGES, PAGES, READABLE
from support.http_server import named

FORM = "application/x-www-form-urlencoded"
WRONG = {
    "none": {},
    "a wrong one": {"Authorization": "Bearer " + "x" * len(TOKEN)},
    "a prefix": {"Authorization": f"Bearer {TOKEN[:-1]}"},
    "one byte more": {"Authorization": f"Bearer {TOKEN}x"},
    "another case": {"Authorization": f"Bearer {TOKEN.swapcase()}"},
    "an empty one": {"Authorization": "Bearer "},
    "no scheme": {"Authorization": TOKEN},
    "another scheme": {"Authorization": f"Basic {TOKEN}"},
    "two": {"Authorization": f"Bearer {TOKEN}, Bearer {TOKEN}"},
    "a wrong cookie": {"Cookie": "evenkeel_session=" + "x" * len(TOKEN)},
    "a cookie's prefix": {"Cookie": f"evenkeel_session={TOKEN[:-1]}"},
    "a cookie of another name": {"Cookie": f"session={TOKEN}"},
}


@pytest.fixture
def balancer(start):
    return start(AdminBalancer([start(server) for server in named(1)], token=TOKEN, monitoring=True))


@pytest.fixture(scope="module")
def shared():
    """For what is refused: each test leaves it as it was."""
    with serving(token=TOKEN) as balancer:
        yield balancer


def log_in(balancer, token=TOKEN, **more):
    """The answer to the login form."""
    body = urllib.parse.urlencode({"token": token}).encode()
    return balancer.admin.ask("/login", "POST", body, {"Content-Type": FORM}, authorized=False, **more)


def cookie_of(balancer):
    """A fresh session's cookie, as it is sent back."""
    return log_in(balancer).get("set-cookie").partition(";")[0]


@pytest.mark.parametrize("fields", WRONG.values(), ids=WRONG.keys())
def test_nobody_gets_in_with(shared, fields):
    asked = [("GET", path, None) for path in [*READABLE, "/api/v1/events", "/api/v1/nothing"]] + list(CHANGES)
    # All at once: each wrong token has its answer half a second late.
    with concurrent.futures.ThreadPoolExecutor(len(asked)) as pool:
        answers = list(pool.map(
            lambda one: shared.admin.ask(one[1], one[0], one[2], fields=fields, authorized=False), asked))
    for (method, path, _), answer in zip(asked, answers, strict=True):
        assert (method, path, answer.status) == (method, path, 401)
        assert answer.get("www-authenticate") == "Bearer"
    server = shared.admin.server("server-1")
    assert (server["weight"], server["administrative_state"]) == (1, "enabled")
    assert shared.admin.get("/api/v1/tests") == {"tests": []}


@pytest.mark.parametrize("name", ["token", "access_token", "evenkeel_session", "Authorization"])
def test_the_query_is_no_place_for_it(shared, name):
    for path in ("/api/v1/status", "/api/v1/events", "/metrics"):
        shared.admin.refuse(f"{path}?{name}={TOKEN}", authorized=False, status=401)


def test_the_bearer_gets_in_everywhere(balancer):
    for path in READABLE:
        assert balancer.admin.ask(path).status == 200, path
    fields = {"Authorization": f"bearer {TOKEN}"}
    assert balancer.admin.get("/api/v1/status", fields=fields)["authentication"] == "token"


def test_a_browser_is_led_to_the_login_page(balancer):
    answer = balancer.admin.ask("/", fields={"Accept": "text/html"}, authorized=False)
    assert (answer.status, answer.get("location")) == (303, "/login")
    page = balancer.admin.ask("/login", authorized=False)
    assert (page.status, media_type(page)) == (200, "text/html")
    assert re.search(rb"<form[^>]*method=\"?post", page.body, re.IGNORECASE)
    assert b"<script" not in page.body.lower(), "it works without JavaScript"
    for style in re.findall(rb'href="([^"]+\.css)"', page.body):
        path = style.decode()
        assert balancer.admin.ask(path if path.startswith("/") else f"/{path}", authorized=False).status == 200


def test_the_form_gives_a_cookie_that_gets_in(balancer):
    answer = log_in(balancer)
    assert (answer.status, answer.get("location")) == (303, "/")
    value, *flags = [part.strip() for part in answer.get("set-cookie").split(";")]
    assert re.fullmatch(r"evenkeel_session_\d+=[!-~]{16,}", value)
    assert {"httponly", "samesite=strict", "path=/"} <= {flag.lower() for flag in flags}
    assert not [flag for flag in flags if flag.lower().startswith("domain")]
    fields = {"Cookie": f"theme=dark; {value}; other=1"}
    for path in READABLE + PAGES:
        assert balancer.admin.ask(path, fields=fields, authorized=False).status == 200, path
    changed = balancer.admin.succeed(
        f"{balancer.admin.service}/servers/server-1", "PATCH", {"weight": 3}, fields=fields, authorized=False)
    assert changed["weight"] == 3


def test_a_wrong_token_in_the_form_gives_none(balancer):
    for token in ("", "x" * len(TOKEN), TOKEN[:-1], TOKEN + "x", '"><script>alert(1)</script>'):
        answer = log_in(balancer, token)
        assert (answer.status, answer.get("location")) == (303, "/login?failed")
        assert answer.get("set-cookie") is None
        assert b"<script>alert" not in answer.body


def test_a_form_of_another_origin_is_refused(balancer):
    body = urllib.parse.urlencode({"token": TOKEN}).encode()
    for fields in ({"Origin": "http://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = balancer.admin.ask("/login", "POST", body, {"Content-Type": FORM, **fields}, authorized=False)
        assert answer.status == 403 and answer.get("set-cookie") is None


def test_the_form_is_taken_as_a_form_alone(balancer):
    balancer.admin.refuse("/login", "POST", {"token": TOKEN}, authorized=False, status=415)


def test_logging_out_ends_the_session(balancer):
    cookie = cookie_of(balancer)
    answer = balancer.admin.ask("/logout", "POST", b"", {"Cookie": cookie, "Content-Type": FORM}, authorized=False)
    assert (answer.status, answer.get("location")) == (303, "/login")
    assert answer.get("set-cookie").startswith(f"evenkeel_session_{port_of(balancer.admin_address)}=;")
    assert balancer.admin.ask("/api/v1/status", fields={"Cookie": cookie}, authorized=False).status == 401


def test_logging_out_ends_the_event_streams_of_the_session_and_no_others(start, balancer):
    leaving, staying = cookie_of(balancer), cookie_of(balancer)
    balancer.admin.token = None
    ended, other = [start(EventStream(balancer.admin, fields={"Cookie": cookie})) for cookie in (leaving, staying)]
    ended.next("tick")
    balancer.admin.ask("/logout", "POST", b"", {"Cookie": leaving, "Content-Type": FORM})
    assert ended.is_finished(within=2)
    other.next("tick")
    other.next("tick")
    assert balancer.admin.get("/api/v1/status", fields={"Cookie": staying})["event_streams"] == 1


def test_an_authorization_of_another_scheme_does_not_rule_out_a_cookie(balancer):
    fields = {"Cookie": cookie_of(balancer), "Authorization": "Basic dXNlcjpwYXNz"}
    assert balancer.admin.get("/api/v1/status", fields=fields, authorized=False)["logged_in"] is True
    fields["Authorization"] = "Bearer wrong"
    balancer.admin.refuse("/api/v1/status", fields=fields, authorized=False, status=401)


def test_a_cookie_works_for_the_event_stream(balancer):
    balancer.admin.token = None
    with EventStream(balancer.admin, fields={"Cookie": cookie_of(balancer)}) as stream:
        assert stream.next("tick").data["state"] == "running"


def test_the_monitoring_listener_wants_none(balancer):
    for path in ("/healthz", "/readyz", "/metrics"):
        assert balancer.monitoring.ask(path).status == 200


def test_without_a_token_there_is_no_login(start):
    balancer = start(AdminBalancer([start(server) for server in named(1)]))
    assert balancer.admin.get("/api/v1/status")["authentication"] == "none"
    answer = balancer.admin.ask("/login")
    assert (answer.status, answer.get("location")) == (303, "/")
    assert balancer.admin.ask("/").status == 200


def test_it_is_told_nowhere(balancer):
    cookie = cookie_of(balancer)
    told = [pathlib.Path(f"/proc/{balancer.pid}/cmdline").read_bytes()]
    for fields in ({"Authorization": f"Bearer {TOKEN}"}, {"Cookie": cookie}, {}):
        for path in [*READABLE, *PAGES, "/login", "/api/v1/nothing", f"/api/v1/status?token={TOKEN}"]:
            answer = balancer.admin.ask(path, fields=fields, authorized=False)
            told += [answer.body, repr(answer.fields).encode()]
    told.append(log_in(balancer, TOKEN + "x").body)
    told.append(balancer.log.encode())
    for text in told:
        assert TOKEN.encode() not in text, text[:500]


def test_it_is_told_by_no_command(balancer):
    shown = command.run("check", balancer.command[-1], "--print")
    assert shown.returncode == 0, shown.stderr
    assert TOKEN not in shown.stdout + shown.stderr


OPEN = ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"]


@pytest.mark.parametrize("listen", OPEN)
def test_listening_for_other_machines_without_it_is_refused_at_the_start(tmp_path, listen):
    file = tmp_path / "evenkeel.yaml"
    file.write_text(configuration.text(configuration.service(["127.0.0.1:1"]), admin={"listen": listen}))
    ended = command.run("run", file)
    assert ended.returncode == 2, ended
    assert "token" in ended.stderr and "admin" in ended.stderr
    assert "accepting" not in ended.stderr


def test_listening_for_other_machines_with_it_is_fine(start):
    balancer = start(AdminBalancer([start(server) for server in named(1)], token=TOKEN, admin={"listen": "0.0.0.0:0"}))
    balancer.admin.address = "127.0.0.1:" + balancer.admin_address.rsplit(":", 1)[1]
    assert balancer.admin.get("/api/v1/status")["authentication"] == "token"
    balancer.admin.refuse("/api/v1/status", authorized=False, status=401)


def test_every_answer_without_it_has_the_fields_of_every_answer(balancer):
    for method, path in [("GET", "/"), ("POST", "/api/v1/tests"), ("HEAD", "/api/v1/status"), ("GET", "/metrics")]:
        answer = balancer.admin.ask(path, method, authorized=False)
        assert answer.status in (303, 401)
        check_fields(answer)


def test_its_file_can_hold_it(start, tmp_path):
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    balancer = AdminBalancer([start(server) for server in named(1)], admin={"token_file": str(file)})
    start(balancer)
    balancer.admin.token = TOKEN
    assert json.loads(balancer.admin.ask("/api/v1/status").body)["authentication"] == "token"
    balancer.admin.refuse("/api/v1/status", authorized=False, status=401)
