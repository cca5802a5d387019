"""The demo under test: three backends as processes of their own, the balancer and its dashboard."""

import contextlib
import os
import shlex
import signal
import urllib.request

from support import scripted_client
from support.admin import Admin
from support.http_response import read_response
from support.polling import wait_until
from support.process import Process
from support.reserved_port import ReservedPort

NAMES = ["Server-1", "Server-2", "Server-3"]

# For the pictures of the documents, which show what a reader gets; no two demos can have these at once.
USUAL_PORTS = {"balancer": 8080, "dashboard": 8090, **{name: 8081 + number for number, name in enumerate(NAMES)}}


class HeldRequest:
    """A request that a server answers when a test lets it: the only byte of its body is held back."""

    def __init__(self, to, path):
        self._client = scripted_client.ScriptedClient(to, timeout=30)
        self._client.send(scripted_client.request_head(path, headers={"Content-Length": "1"}))

    def finish(self):
        """Lets the request end; its answer."""
        self._client.send(b".")
        with self._client, self._client.stream() as stream:
            return read_response(stream, "GET")


class Demo:
    """`evenkeel demo` on ports that it keeps in all its lives."""

    def __init__(self, *arguments, fd_limit=None):
        self._arguments = arguments
        self._fd_limit = fd_limit
        self._kept = contextlib.ExitStack()
        self._process = None
        self._revived = []
        self._dead = set()

    def __enter__(self):
        self._ports = self._choose_ports()
        self.start()
        return self

    def __exit__(self, *raised):
        try:
            self.stop(*raised)
        finally:
            self._kept.close()

    def _choose_ports(self):
        if os.environ.get("EVENKEEL_USUAL_PORTS"):
            return USUAL_PORTS
        return {name: self._kept.enter_context(ReservedPort()).port for name in USUAL_PORTS}

    # Life

    def start(self):
        """Starts it and waits until all its servers are up."""
        ports = self._ports
        backend_ports = [part for name in NAMES for part in ("--backend-port", ports[name])]
        self._process = Process(
            "demo", "--listen", ports["balancer"], "--admin", ports["dashboard"], *backend_ports, *self._arguments,
            fd_limit=self._fd_limit)
        self._process.__enter__()
        try:
            self.address = self._process.wait_for_line(r"demo: listening on (\S+)")[1]
            self.admin_address = self._process.wait_for_line(r"dashboard: listening on http://(\S+?)/")[1]
            for name in NAMES:
                self._process.wait_for_line(rf"demo: {name} is up")
        except BaseException:
            self._process.__exit__(AssertionError, None, None)
            raise
        self.admin = Admin(self.admin_address, service="demo", documented=False)

    def stop(self, *raised):
        """Ends it with all that belongs to it."""
        for process in self._revived:
            process.__exit__(*(raised or (None, None, None)))
        self._revived.clear()
        self._dead.clear()
        self._process.__exit__(*(raised or (None, None, None)))

    def kill(self):
        """kill -9: when this returns, nobody listens on its ports."""
        self._process.kill()

    @property
    def log(self):
        return self._process.log

    # Its servers

    def pid_of(self, name):
        """The process id of a backend, as the demo logged it."""
        return int(self._process.wait_for_line(rf"{name}: listening on 127\.0\.0\.1:\d+ \(pid (\d+)\)")[1])

    def address_of(self, name):
        """Where a backend listens."""
        return f"127.0.0.1:{self._ports[name]}"

    def kill_server(self, name):
        """kill -9 of a backend."""
        os.kill(self.pid_of(name), signal.SIGKILL)
        self._dead.add(name)

    def revive_server(self, name):
        """Brings a killed backend back with the command that the demo logged."""
        ended = self._process.wait_for_line(rf"{name} \(pid \d+\) ended: .*; bring it back with: \S*evenkeel (backend .*)")
        process = Process(*shlex.split(ended[1]))
        process.__enter__()
        self._revived.append(process)
        self._dead.discard(name)

    def delay_server(self, name, milliseconds):
        """Makes each answer of a backend take longer, as the run-of-show does with curl."""
        url = f"http://{self.address_of(name)}/control?set_delay_ms={milliseconds}"
        with urllib.request.urlopen(url, timeout=5) as answer:
            answer.read()

    # Traffic

    def get(self, path="/", **options):
        """A request through the balancer."""
        return scripted_client.get(self.address, path, **options)

    def held_request(self, path="/"):
        """A request that is under way when this returns, and until the test finishes it."""
        return HeldRequest(self.address, path)

    def requests_of(self, name):
        """How many requests the balancer counted at a server."""
        return self.admin.server(name)["requests"]["total"]

    # Back to the start

    def restore(self):
        """As it was at the beginning, counts included: for tests that share it.

        A server can be killed once: the process that brings it back is the test's, not the demo's.
        """
        for name in sorted(self._dead):
            self.revive_server(name)
        state = self.admin.state()
        test = self.admin.get("/api/v1/status")["test"]
        if test and test["state"] == "running":
            self.admin.succeed(f"/api/v1/tests/{test['id']}", "DELETE")
        wait_until(lambda: self.admin.state()["requests"]["in_flight"] == 0, 10, "nothing is in flight")
        if state["strategy"] != "round_robin":
            self.admin.succeed(f"{self.admin.service}/strategy", "PUT", {"strategy": "round_robin"})
        for server in state["servers"]:
            if server["administrative_state"] != "enabled" or server["weight"] != 1:
                self.admin.change(server["name"], administrative_state="enabled", weight=1)
        self.admin.reset()
