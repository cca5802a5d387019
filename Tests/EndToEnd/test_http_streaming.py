"""Bodies of any size stream through both ways, in little memory, as fast as their reader reads."""

import os
import time

import pytest

from support.body_stream import BodyReader, BodySender, framing, read_head
from support.http_balancer import HTTPBalancer
from support.http_client import request
from support.http_message import head
from support.polling import wait_until, wait_until_still
from support.proc import MIB, PeakMemory
from support.sanitizer import SANITIZED, scaled
from support.scripted_client import ScriptedClient
from support.scripted_server import ScriptedServer
from support.stopwatch import at_most

SOAK = os.environ.get("EVENKEEL_SOAK") == "1"
TOTAL = 10 << 30 if SOAK else scaled(256 * MIB)
SECONDS = 600 if SOAK else 45

# What one exchange may add to the balancer's resident memory: its two buffers, and the allocator's air.
MOST_GROWTH = 2 * MIB

# The kernel's buffers on the way, at their largest, on any machine.
MOST_IN_BUFFERS = 80 * MIB


class Ends:
    """A client and a server that stream through a balancer. The server is told what to do with its connection."""

    def __init__(self, start, **settings):
        self.server = start(ScriptedServer(self._hold, timeout=SECONDS))
        limits = {"limits": {"request_body": "20GiB"}, **settings}
        self.balancer = start(HTTPBalancer([self.server], **limits))
        self.client = start(ScriptedClient(self.balancer.address, timeout=SECONDS))
        self.memory = PeakMemory(self.balancer.pid)

    @staticmethod
    def _hold(peer):
        peer.stream = peer.socket.makefile("rb", buffering=1 << 18)
        read_head(peer.stream)
        peer.is_held.set()
        peer.released.wait()

    def upload(self, total, is_chunked):
        """Starts a request with a body; gives its sender and the server's end of it."""
        self.client.send(request("/", "POST", framing(total, is_chunked)))
        sender = BodySender(self.client.socket, total, is_chunked).start()
        return sender, self.server.held()

    def download(self, total, is_chunked):
        """Starts a response with a body; gives its sender."""
        self.client.send(request())
        peer = self.server.held()
        peer.send(head("HTTP/1.1 200 OK", framing(total, is_chunked)))
        return BodySender(peer.socket, total, is_chunked).start()

    def receive(self, total, is_chunked):
        """Starts to read the response at the client."""
        stream = self.client.socket.makefile("rb", buffering=1 << 18)
        assert read_head(stream)[0] == b"HTTP/1.1 200 OK\r\n"
        return BodyReader(stream, total, is_chunked).start()

    def wait(self, *ends):
        """Waits until all have ended, with an eye on the memory."""
        def over():
            self.memory.poll()
            return all(end.is_over for end in ends)
        wait_until(over, SECONDS, "the stream has ended")
        assert [end.error for end in ends] == [None] * len(ends)

    def assert_little_memory(self):
        if not SANITIZED:
            assert self.memory.growth < MOST_GROWTH, f"{self.memory.growth >> 10} KiB"


both_framings = pytest.mark.parametrize("is_chunked", [False, True], ids=["with a length", "in chunks"])


@pytest.mark.timeout(SECONDS + 20)
@both_framings
def test_a_large_upload_arrives_bit_for_bit_in_little_memory(start, is_chunked):
    ends = Ends(start)
    sender, peer = ends.upload(TOTAL, is_chunked)
    reader = BodyReader(peer.stream, TOTAL, is_chunked).start()
    ends.wait(sender, reader)
    assert (reader.received, reader.digest) == (TOTAL, sender.digest)
    ends.assert_little_memory()
    peer.send(b"HTTP/1.1 204 No Content\r\n\r\n")
    assert ends.client.read(13) == b"HTTP/1.1 204 "


@pytest.mark.timeout(SECONDS + 20)
@both_framings
def test_a_large_download_arrives_bit_for_bit_in_little_memory(start, is_chunked):
    ends = Ends(start)
    sender = ends.download(TOTAL, is_chunked)
    reader = ends.receive(TOTAL, is_chunked)
    ends.wait(sender, reader)
    assert (reader.received, reader.digest) == (TOTAL, sender.digest)
    ends.assert_little_memory()


def assert_stopped(ends, sender):
    """The writer has been stopped by back-pressure, and the balancer holds little of what it wrote."""
    accepted = wait_until_still(lambda: sender.sent, what="the writer")
    ends.memory.poll()
    assert not sender.is_over, "the writer was never stopped"
    assert accepted <= MOST_IN_BUFFERS
    ends.assert_little_memory()


@both_framings
def test_a_server_that_does_not_read_stops_the_client_and_loses_nothing(start, is_chunked):
    ends = Ends(start)
    total = scaled(128 * MIB) + MOST_IN_BUFFERS
    sender, peer = ends.upload(total, is_chunked)
    assert_stopped(ends, sender)
    reader = BodyReader(peer.stream, total, is_chunked).start()
    ends.wait(sender, reader)
    assert (reader.received, reader.digest) == (total, sender.digest)


@both_framings
def test_a_client_that_does_not_read_stops_the_server_and_loses_nothing(start, is_chunked):
    ends = Ends(start)
    total = scaled(128 * MIB) + MOST_IN_BUFFERS
    sender = ends.download(total, is_chunked)
    assert_stopped(ends, sender)
    reader = ends.receive(total, is_chunked)
    ends.wait(sender, reader)
    assert (reader.received, reader.digest) == (total, sender.digest)


def test_many_stopped_downloads_hold_little_memory_each(start):
    ends = Ends(start)
    clients = [start(ScriptedClient(ends.balancer.address)) for _ in range(40)]
    for client in clients:
        client.send(request())
    wait_until(lambda: sum(peer.is_held.is_set() for peer in ends.server.peers) == 40, what="all are asked for")
    # More than the kernel may hold between the server and us (net.ipv4.tcp_rmem allows 32 MiB).
    total = 96 * MIB
    senders = []
    for peer in ends.server.peers:
        peer.send(head("HTTP/1.1 200 OK", framing(total, False)))
        senders.append(BodySender(peer.socket, total, False).start())
    wait_until_still(lambda: sum(sender.sent for sender in senders), what="the writers")
    ends.memory.poll()
    assert not any(sender.is_over for sender in senders)
    if not SANITIZED:
        # 64 KiB each way, and a little.
        assert ends.memory.growth < 40 * 160 * 1024


def test_both_ways_at_once(start):
    """A server may answer while it still reads."""
    ends = Ends(start)
    total = scaled(64 * MIB)
    upload, peer = ends.upload(total, True)
    server_reader = BodyReader(peer.stream, total, True).start()
    peer.send(head("HTTP/1.1 200 OK", framing(total, True)))
    # One that ended before the request had would be an early answer, which ends the upload.
    download = BodySender(peer.socket, total, True, ends=False).start()
    client_reader = ends.receive(total, True)
    ends.wait(upload, server_reader, download)
    peer.send(b"0\r\n\r\n")
    ends.wait(client_reader)
    assert (server_reader.digest, client_reader.digest) == (upload.digest, download.digest)


def test_a_stream_passes_on_each_piece_as_it_comes(start):
    """Events sent by a server, long polls: nothing waits for more."""
    ends = Ends(start)
    ends.client.send(request())
    peer = ends.server.held()
    peer.send(head("HTTP/1.1 200 OK", {"Transfer-Encoding": "chunked", "Content-Type": "text/event-stream"}))
    stream = ends.client.socket.makefile("rb")
    read_head(stream)
    for number in range(50):
        event = b"data: %d\n\n" % number
        sent = time.monotonic()
        peer.send(b"%x\r\n%s\r\n" % (len(event), event))
        assert int(stream.readline(), 16) == len(event)
        assert stream.read(len(event) + 2) == event + b"\r\n"
        assert time.monotonic() - sent < at_most(0.2) or SANITIZED
