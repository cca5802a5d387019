"""What is measured: the rows of the table."""

from dataclasses import dataclass

# A request of a browser: twenty fields beside Host and Connection, some 900 bytes.
TWENTY_HEADERS = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language: en-GB,en;q=0.9,de;q=0.8",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Cache-Control: no-cache",
    "Pragma: no-cache",
    "Referer: http://www.example.com/a/page/that/links/here?with=parameters",
    "Origin: http://www.example.com",
    "DNT: 1",
    "Sec-Fetch-Dest: document",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Site: same-origin",
    "Sec-Fetch-User: ?1",
    "Sec-CH-UA-Platform: \"Linux\"",
    "Sec-CH-UA-Mobile: ?0",
    "Upgrade-Insecure-Requests: 1",
    "Cookie: session=4f1c7b4e9a0d4d6fb3b1e6a2c8d90e57; theme=dark; consent=necessary",
    "If-None-Match: \"5f3c-61b0e2a4c7d40\"",
    "If-Modified-Since: Mon, 23 Nov 2026 04:19:10 GMT",
    "Priority: u=0, i",
)


@dataclass(frozen=True)
class Row:
    """One kind of traffic."""

    name: str
    title: str
    # Which of a balancer's listeners: one of systems.MODES.
    mode: str
    path: str = "/"
    connections: int = 50
    # Each request has a connection of its own.
    closes: bool = False
    headers: tuple[str, ...] = ()
    # Seconds of load for a round.
    seconds: int = 1
    # How many requests the counting passes send, less and more: the counts are the difference. None: not counted.
    counted: tuple[int, int] | None = (200, 1000)
    # Connections that are only held while latencies are measured.
    held: int = 0
    # Clients that read the balancer's statistics as fast as they get them, while latencies are measured.
    readers: int = 0
    # Requests a second at the fixed rate; None: half of what the slowest peer carries.
    rate: int | None = None

    @property
    def at_fixed_rate(self) -> int:
        """Connections of the load at a fixed rate."""
        return self.connections - self.held


LOAD_ROWS = (
    Row("tcp-connect", "TCP, a connection for each request", "tcp", closes=True),
    # Its requests are so few instructions that connecting would be heard through them.
    Row("tcp-keepalive", "TCP, kept alive", "tcp", counted=(200, 5200)),
    Row("http-keepalive", "HTTP, kept alive", "http"),
    Row("http-close", "HTTP, the client closes", "http", closes=True),
    Row("http-headers", "HTTP, 20 header fields", "http", headers=TWENTY_HEADERS),
    Row("tcp-64k", "TCP, 64 KiB", "bulk", path="/64k", counted=(100, 500)),
    Row("tcp-10m", "TCP, 10 MiB", "bulk", path="/10m", connections=8, counted=(8, 40)),
    Row("http-64k", "HTTP, 64 KiB", "http", path="/64k", counted=(100, 500)),
    Row("http-10m", "HTTP, 10 MiB", "http", path="/10m", connections=8, counted=(8, 40)),
    Row("http-1000", "HTTP, 1,000 connections", "http", connections=1000, counted=None, held=950),
    Row("http-9000", "HTTP, 9,000 connections", "http", connections=9000, seconds=2, counted=None, held=8950),
    Row("http-retry", "HTTP, one of six servers is dead", "retry"),
    Row("http-readers", "HTTP, 150 readers of the statistics", "admin", counted=None, readers=150, rate=1000),
)

IDLE = "idle"
IDLE_TITLE = "An idle connection"

# The rows with budgets, and those of a quick run's counting passes.
BUDGET_ROWS = ("tcp-connect", "tcp-keepalive", "http-keepalive", "http-close", "http-headers")


def named(name: str) -> Row:
    """The row of that name."""
    return next(row for row in LOAD_ROWS if row.name == name)
