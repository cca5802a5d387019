"""The demo backends, `evenkeel backend`, as processes that can be killed and come back."""

from . import scripted_client
from .process import Process
from .reserved_port import ReservedPort


class Backend:
    """One `evenkeel backend`, on the same port in all its lives."""

    def __init__(self, name="Server-1", base_delay="0"):
        self.name = name
        self._base_delay = base_delay
        self._reserved = ReservedPort()
        self.port = self._reserved.port
        self.address = self._reserved.address
        self._process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *raised):
        try:
            if self._process is not None:
                self._process.__exit__(*raised)
        finally:
            self._reserved.__exit__()

    def start(self):
        """Starts it and waits until it listens."""
        self._process = Process(
            "backend", "--port", self.port, "--name", self.name, "--base-delay", self._base_delay)
        self._process.__enter__()
        self._process.wait_for_line(r"listening on")

    def kill(self):
        """kill -9: when this returns, its port refuses connections."""
        self._process.kill()

    def restart(self):
        """Starts it again where it was."""
        self._process.__exit__(None, None, None)
        self.start()

    @property
    def process(self):
        return self._process

    @property
    def pid(self):
        return self._process.pid

    def get(self, path="/", **options):
        """A request past the balancer."""
        return scripted_client.get(self.address, path, **options)

    @property
    def requests(self):
        """How many requests it counted since its start."""
        return self.get("/control").json["requests"]


def backends(count, base_delay="0"):
    """Backends Server-1 … Server-`count`, not started yet."""
    return [Backend(f"Server-{number}", base_delay) for number in range(1, count + 1)]
