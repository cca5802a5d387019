"""The balancers that are compared, and the servers behind them."""

import pathlib
import re
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Iterator, Sequence

from . import machine, ports
from .child import Child, running, wait_until

PEERS_DIRECTORY = machine.REPOSITORY / "Benchmarks/peers"

OURS = "evenkeel"
PEERS = ("haproxy", "nginx")
BALANCERS = (*PEERS, OURS)
# The servers asked without a balancer: what there would be to lose.
BARE = "backend"
SYSTEMS = (*BALANCERS, BARE)

SERVER_COUNT = 5
# Where a balancer listens: `retry` is `http` with a dead server beside the others, `bulk` is `tcp` for large bodies,
# `admin` is `http` of a balancer that shows its statistics.
MODES = ("http", "tcp", "bulk", "retry", "admin")
# What each shows of itself: HAProxy its page, nginx a few counters, ours all figures of the service and its servers.
STATISTICS = {"haproxy": "/", "nginx": "/", "evenkeel": "/api/v1/services"}

# What the servers have to send, by path.
FILES = {"64k": 64 << 10, "10m": 10 << 20}


@dataclass(frozen=True)
class System:
    """A running balancer in one mode (or the bare backend)."""

    name: str
    child: Child
    port: int
    # Where it shows its statistics in mode `admin`.
    statistics: int = 0

    def url(self, path: str = "/") -> str:
        """Where to send requests."""
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def pids(self) -> list[int]:
        """All its processes."""
        return self.child.pids

    @property
    def worker(self) -> int:
        """The process that moves the bytes: nginx's worker, else the only one."""
        return self.pids[-1]


class Field:
    """A temporary folder, the servers, and the means to start balancers before them."""

    def __init__(self, directory: pathlib.Path, servers: Sequence[int], dead: int, backend: System):
        self.directory = directory
        self.backend = backend
        self.servers = list(servers)
        self._places = {f"server{number}": port for number, port in enumerate(servers, 1)} | {"dead": dead}

    @contextmanager
    def balancer(self, name: str, mode: str, tracer: Sequence[str] = (), wrapped: bool = False, single: bool = False,
                 binary: str | None = None, deadline: float = 10) -> Iterator[System]:
        """A balancer that answers in that mode, under `tracer` (the beginning of a command) where one is given.

        `single`: nginx without its master, which needs no second process to be traced.
        """
        directory = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.directory))
        with ports.reserved(len(MODES) + 1) as numbers, ExitStack() as stack:
            listening = dict(zip((*MODES, "statistics"), numbers))
            # HAProxy alone has something to tune for large bodies that small ones would suffer from.
            mode = "tcp" if mode == "bulk" and name != "haproxy" else mode
            file = _configuration(name, mode, directory, {**self._places, **listening})
            command = [*tracer, *_command(name, file, directory, single, binary)]
            balancer, _ = machine.cores()
            child = stack.enter_context(running(
                name, command, balancer, directory, wrapped,
                # The same order of hashed things in every run, for the sake of counted instructions.
                {"SWIFT_DETERMINISTIC_HASHING": "1"}))
            _wait_for(child, listening[mode], deadline)
            yield System(name, child, listening[mode], listening["statistics"])


@contextmanager
def field() -> Iterator[Field]:
    """The servers, running, and a folder that goes away with them."""
    with ExitStack() as stack:
        directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="evenkeel-bench-")))
        # nginx's worker is no longer root and has to reach the files.
        directory.chmod(0o755)
        for name, size in FILES.items():
            (directory / name).write_bytes(bytes(range(256)) * (size >> 8))
        *servers, dead = stack.enter_context(ports.reserved(SERVER_COUNT + 1))
        places = {f"server{number}": port for number, port in enumerate(servers, 1)}
        file = _configuration(BARE, "", directory, {**places, "files": directory})
        # The servers have the load's core: the other one is the balancer's alone.
        _, load = machine.cores()
        child = stack.enter_context(running(BARE, _command(BARE, file, directory), load, directory))
        _wait_for(child, servers[0], 10)
        backend = System(BARE, child, servers[0])
        yield Field(directory, servers, dead, backend)


def _configuration(name: str, mode: str, directory: pathlib.Path, places: dict[str, object]) -> pathlib.Path:
    # One file for each mode, or one for all.
    (template,) = [*PEERS_DIRECTORY.glob(f"{name}-{mode}.*")] or PEERS_DIRECTORY.glob(f"{name}.*")
    file = directory / template.name
    file.write_text(filled(template.read_text(), {
        "directory": directory, "stream_module": _stream_module(), **places}))
    return file


def filled(text: str, places: dict[str, object]) -> str:
    """The text with each `@name@` replaced; an unknown name is a KeyError."""
    return re.sub(r"@(\w+)@", lambda match: str(places[match[1]]), text)


def _stream_module() -> str:
    # Debian has it as a module of its own; elsewhere it may be built in.
    module = pathlib.Path("/usr/lib/nginx/modules/ngx_stream_module.so")
    return f"load_module {module};" if module.exists() else "# `stream` is built in here."


def _command(name: str, file: pathlib.Path, directory: pathlib.Path, single: bool = False,
             binary: str | None = None) -> list[str]:
    match name:
        case "nginx" | "backend":
            alone = ["-g", "master_process off;"] if single else []
            return ["nginx", "-c", str(file), "-p", str(directory), *alone]
        case "haproxy":
            return ["haproxy", "-db", "-f", str(file)]
        case _:
            return [binary or machine.evenkeel(), "run", str(file)]


def _wait_for(child: Child, port: int, deadline: float) -> None:
    def ready() -> bool:
        child.check()
        return ports.answers(port)

    wait_until(ready, deadline, f"{child.name} answers")
