"""Servers that read requests strictly, record them, and answer as a test says."""

from . import polling
from .http_message import head
from .scripted_server import ScriptedServer
from .strict_reader import StrictReader


def response(body=b"ok\n", status="200 OK", fields=(), *, version="1.1"):
    """The bytes of a response with a length."""
    pairs = list(fields.items() if isinstance(fields, dict) else fields)
    return head(f"HTTP/{version} {status}", [*pairs, ("Content-Length", len(body))]) + body


class HTTPServer(ScriptedServer):
    """Answers each request with what `answer(request, peer)` gives: bytes, or None to say nothing more.

    Instead of `answer`, `script(peer)` plays the server on each connection; `HTTPServer.read_request`
    reads for it. A request that is not canonical is kept in `broken`: `check` raises it.
    """

    def __init__(self, answer=None, *, script=None, name="server", **more):
        self._answer = answer or (lambda request, peer: response(f"{name}\n".encode()))
        self.name = name
        self.seen = []
        self.broken = []
        super().__init__(script or self._serve, **more)

    def __exit__(self, *raised):
        super().__exit__(*raised)
        if raised[0] is None:
            self.check()

    def check(self):
        """Fails when anything that came was not canonical."""
        assert not self.broken, f"{self.name} got what no proxy may send: {self.broken[0]}"

    def seen_once(self, deadline=5.0):
        """The only request so far; waits for it."""
        polling.wait_until(lambda: self.seen, deadline, f"a request reaches {self.name}")
        assert len(self.seen) == 1, [request.target for request in self.seen]
        return self.seen[0]

    @property
    def targets(self):
        """What was asked for so far."""
        return [request.target for request in list(self.seen)]

    def read_request(self, peer, body=True):
        """The next request of a connection, or None at its end; without `body`, as soon as its head is
        there (what is read of the body is then in `peer.reader`)."""
        reader = self.reader(peer)
        while True:
            try:
                whole = reader.next()
            except AssertionError as error:
                self.broken.append(error)
                raise
            if whole is None and reader.head is not None and not body:
                return reader.head
            if whole is not None:
                whole.connection = self.peers.index(peer)
                self.seen.append(whole)
                peer.requests.append(whole.target)
                return whole
            data = peer.read_some()
            if not data:
                return None
            reader.take(data)

    @staticmethod
    def reader(peer):
        """The reader of a connection."""
        if not hasattr(peer, "reader"):
            peer.reader = StrictReader()
        return peer.reader

    def _serve(self, peer):
        while request := self.read_request(peer):
            answer = self._answer(request, peer)
            if answer is None:
                return
            if request.method == "HEAD":
                answer = answer[:answer.index(b"\r\n\r\n") + 4]
            peer.send(answer)


def named(count, answer=None):
    """Servers that answer with their names: server-1 … server-`count`, not started yet."""
    return [HTTPServer(answer, name=f"server-{number}") for number in range(1, count + 1)]


def playing(start, play, name="server"):
    """A started server that reads a request and then plays `play(peer)`; when that returns, it closes."""
    def script(peer):
        if server.read_request(peer):
            play(peer)

    server = HTTPServer(script=script, name=name)
    return start(server)


def scripted(start, make):
    """A started server with a script that needs the server itself: `make(server)(peer)`."""
    server = HTTPServer(script=lambda peer: run(peer))
    run = make(server)
    return start(server)
