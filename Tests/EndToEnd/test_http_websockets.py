"""WebSocket through the balancer, with a real client and a real server."""

import contextlib
import threading

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.server import serve

from support.access_log import wait_for_entries
from support.http_balancer import HTTPBalancer
from support.http_server import HTTPServer
from support.polling import wait_until


class WebSocketServer:
    """Echoes; `closes` has what it saw at the end of each connection: (code, reason)."""

    name = "websockets"

    def __init__(self):
        self.closes = []
        self.headers = []

    def __enter__(self):
        self._server = serve(self._handle, "127.0.0.1", 0, max_size=None)
        self.address = "127.0.0.1:%d" % self._server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join(5)

    def _handle(self, connection):
        self.headers.append(connection.request.headers)
        with contextlib.suppress(ConnectionClosed):
            for message in connection:
                if message == "leave":
                    connection.close(4001, "server leaves")
                else:
                    connection.send(message)
        self.closes.append((connection.close_code, connection.close_reason))


@pytest.fixture
def server(start):
    return start(WebSocketServer())


@pytest.fixture
def balancer(start, server):
    return start(HTTPBalancer([server], access_log="on"))


def url(balancer):
    return f"ws://{balancer.address}/chat?room=1"


def test_a_thousand_messages_are_echoed_and_the_clients_close_is_clean(balancer, server):
    with connect(url(balancer), subprotocols=None) as client:
        for number in range(1000):
            message = f"message {number}" if number % 2 else bytes([number % 256]) * number
            client.send(message)
            assert client.recv(5) == message
        client.close(4000, "client leaves")
        assert client.close_code == 4000
    [entry] = wait_for_entries(balancer, 1)
    assert (entry.status, entry.reason, entry.request) == ("101", "none", "GET /chat?room=1")
    wait_until(lambda: server.closes, what="the server's handler has ended")
    assert server.closes == [(4000, "client leaves")]
    assert server.headers[0]["X-Forwarded-For"] == "127.0.0.1"


def test_a_server_closes_cleanly_too(balancer, server):
    with connect(url(balancer)) as client:
        client.send("leave")
        with pytest.raises(ConnectionClosed):
            client.recv(5)
        assert (client.close_code, client.close_reason) == (4001, "server leaves")


def test_large_messages_and_many_at_once_go_both_ways(balancer):
    with connect(url(balancer), max_size=None, compression=None) as client:
        sent = [bytes([number]) * 1_000_000 for number in range(8)]
        sender = threading.Thread(target=lambda: [client.send(message) for message in sent], daemon=True)
        sender.start()
        assert [client.recv(10) for _ in sent] == sent
        sender.join(5)


def test_many_websockets_at_once_keep_apart(balancer):
    with contextlib.ExitStack() as opened:
        clients = [opened.enter_context(connect(url(balancer))) for _ in range(50)]
        for number, client in enumerate(clients):
            client.send(f"client {number}")
        assert [client.recv(5) for client in clients] == [f"client {number}" for number in range(50)]


def test_a_refused_upgrade_is_seen_by_the_client(start):
    balancer = start(HTTPBalancer([start(HTTPServer())]))
    with pytest.raises(Exception, match="200"):
        connect(url(balancer)).close()
