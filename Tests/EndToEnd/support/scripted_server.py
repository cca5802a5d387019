"""A server whose behaviour on each connection is a script."""

import threading

from . import address
from .peer import Peer
from .polling import wait_until


# What a client says first to a server that holds: a check says nothing, so the two are told apart.
GREETING = b"hello"

# Scripts: functions of the connection's peer. When one returns, the connection is closed.


def echo(peer):
    """Sends back what comes, until the client's half-close."""
    while data := peer.read_some():
        peer.send(data)


def never_answer(peer):
    """Reads and says nothing, until the client goes."""
    peer.read_to_end()


def hold(peer):
    """After a greeting of `GREETING` leaves the connection to the test, which plays the server on it."""
    peer.read(len(GREETING))
    peer.is_held.set()
    peer.released.wait()


def note_the_end(peer):
    """Reads, and keeps how the other side ended."""
    peer.ending = peer.sees_the_end()


def reset_at_once(peer):
    """Resets as soon as it is connected."""
    peer.reset()


def close_at_once(peer):
    """Accepts, then closes."""


def read_then_close(peer):
    """Reads a first part and closes without an answer."""
    peer.read_some()


def read_then_reset(peer):
    """Reads a first part and resets without an answer."""
    peer.read_some()
    peer.reset()


def respond(body=b"ok\n", status="200 OK"):
    """Answers each HTTP request of the connection (without bodies) alike."""
    return respond_by(lambda path: (status, body))


def respond_by(answer):
    """Answers each HTTP request with the (status, body) that `answer(path)` gives."""
    def script(peer):
        while head := peer.read_until(b"\r\n\r\n"):
            path = head.split(b" ", 2)[1].decode("latin-1")
            peer.requests.append(path)
            status, body = answer(path)
            peer.send(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    return script


class ServerPeer(Peer):
    """The server's end of a connection."""

    def __init__(self, sock, timeout):
        super().__init__(sock, timeout)
        self.requests = []
        self.ending = None
        self.is_held = threading.Event()
        self.released = threading.Event()
        self.is_over = threading.Event()
        self.error = None


class ScriptedServer:
    """Runs the n-th script on the n-th connection; the last one goes on for all that follow.

    An error inside a script (a reset by the other side, a timeout) is kept in the peer, not raised:
    the tests say what they expect of a connection.
    """

    def __init__(self, *scripts, at="127.0.0.1:0", timeout=10.0):
        self._scripts = scripts or (echo,)
        self._at = at
        self._timeout = timeout
        self.peers = []
        self._threads = []

    def __enter__(self):
        self._listener = address.listen(self._at)
        self.address = address.text_of(self._listener)
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, *_):
        # A shutdown, unlike a close, wakes the thread that waits in accept.
        try:
            self._listener.shutdown(2)
        except OSError:
            pass
        self._listener.close()
        self._accepting.join(5)
        for peer in list(self.peers):
            peer.released.set()
            try:
                peer.socket.shutdown(2)
            except OSError:
                pass
        for thread in self._threads:
            thread.join(5)

    @property
    def connections(self):
        """How many connections it accepted so far."""
        return len(self.peers)

    @property
    def requests(self):
        """The paths of all requests that the HTTP scripts read so far."""
        return [path for peer in list(self.peers) for path in peer.requests]

    def held(self, deadline=5.0):
        """The first connection that waits for the test to play the server."""
        def first():
            return next((peer for peer in list(self.peers) if peer.is_held.is_set()), None)
        return wait_until(first, deadline, "a client's connection reaches the server")

    def _accept(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            peer = ServerPeer(sock, self._timeout)
            script = self._scripts[min(len(self.peers), len(self._scripts) - 1)]
            self.peers.append(peer)
            thread = threading.Thread(target=self._run, args=(script, peer), daemon=True)
            self._threads.append(thread)
            thread.start()

    @staticmethod
    def _run(script, peer):
        try:
            script(peer)
        except (OSError, AssertionError) as error:
            peer.error = error
        finally:
            peer.close()
            peer.is_over.set()
