"""The balancer under test: `evenkeel run` with a configuration file of its own."""

import pathlib
import tempfile

from . import configuration, scripted_client
from .process import Process


class Balancer(Process):
    """A running `evenkeel run`; entering it waits until it accepts clients.

    `servers` and the named settings are `configuration.service`'s; `top` holds settings beside the
    services, such as `shutdown_timeout`.
    """

    def __init__(
        self, servers, *, top=None, environment=None, fd_limit=None, accepting_within=5.0, **settings):
        self._directory_holder = tempfile.TemporaryDirectory(prefix="evenkeel-test-")
        file = pathlib.Path(self._directory_holder.name, "evenkeel.yaml")
        file.write_text(configuration.text(configuration.service(servers, **settings), **(top or {})))
        super().__init__("run", file, environment=environment, fd_limit=fd_limit)
        self._accepting_within = accepting_within

    def __enter__(self):
        super().__enter__()
        try:
            self.address = self.wait_for_line(r"main: listening on (\S+)")[1]
            self.wait_for_line(r"main: accepting", self._accepting_within)
        except BaseException:
            self.__exit__(AssertionError, None, None)
            raise
        return self

    def __exit__(self, *raised):
        try:
            super().__exit__(*raised)
        finally:
            self._directory_holder.cleanup()

    def get(self, path="/", **options):
        """A request through the balancer."""
        return scripted_client.get(self.address, path, **options)

    def wait_until_up(self, server, deadline=5.0, occurrence=1):
        """Waits for the n-th log line that says that `server` came up."""
        return self.wait_for_line(rf"main: {server} is up: (.*)", deadline, occurrence)

    def wait_until_down(self, server, deadline=5.0, occurrence=1):
        """Waits for the n-th log line that says that `server` went down; its group is the reason."""
        return self.wait_for_line(rf"main: {server} is down: (.*)", deadline, occurrence)
