"""The relay: every byte, in order, both ways, in bounded memory."""

import contextlib
import os
import signal
import socket
import tempfile
import threading

import pytest

from support.balancer import Balancer
from support.byte_stream import Receiver, Sender
from support.configuration import NO_CHECKS
from support.peer import Peer
from support.polling import wait_until, wait_until_still
from support.proc import MIB, PeakMemory, fd_count
from support.sanitizer import SANITIZED, scaled
from support.scripted_client import ScriptedClient, request_head
from support.scripted_server import GREETING, ScriptedServer, echo, hold, note_the_end
from support.worker import Worker

GIB = 1 << 30

# The kernel's buffers on the way, at their largest: a receive buffer of 32 MiB at the balancer and
# send buffers of 4 MiB, with room for a machine that is set up otherwise.
MOST_IN_BUFFERS = 80 * MIB


def session(start, mode="tcp", **more):
    """A balancer with one client through it: (balancer, client, the server's end)."""
    scripted = start(ScriptedServer(hold, timeout=50))
    balancer = start(Balancer([scripted.address], mode=mode, **more))
    client = start(ScriptedClient(balancer.address, timeout=50))
    client.send(GREETING)
    return balancer, client, scripted.held()


QUESTION = b"still there?"


def unless_asked(script):
    """A server script that answers the question, and else goes on with `script`."""
    def answer_or_go_on(peer):
        first = peer.read_some()
        if first == QUESTION:
            peer.send(QUESTION)
        elif first:
            script(peer)
    return answer_or_go_on


def is_served(balancer):
    """Whether a new session goes through: the balancer lives."""
    with ScriptedClient(balancer.address) as client:
        client.send(QUESTION)
        return client.read(len(QUESTION)) == QUESTION


def test_a_gibibyte_each_way_at_once_arrives_bit_for_bit_in_little_memory(start):
    total = scaled(GIB) // MIB * MIB
    balancer, client, server = session(start)
    memory = PeakMemory(balancer.pid)
    senders = [Sender(client.socket, total).start(), Sender(server.socket, total).start()]
    receivers = [Receiver(server.socket, total).start(), Receiver(client.socket, total).start()]

    def all_over():
        memory.poll()
        return all(end.is_over for end in senders + receivers)

    wait_until(all_over, 50, "both streams have ended")
    assert [end.error for end in senders + receivers] == [None] * 4
    assert [receiver.received for receiver in receivers] == [total, total]
    assert [receiver.digest for receiver in receivers] == [sender.digest for sender in senders]
    if not SANITIZED:
        assert memory.growth < 20 * MIB


def test_urgent_data_amid_bulk_takes_nothing_with_it(start):
    _, client, server = session(start)
    before, behind = os.urandom(4 * MIB), os.urandom(MIB)

    def send():
        client.send(before)
        client.socket.send(b"!", socket.MSG_OOB)
        client.send(behind)
        client.half_close()

    sender = threading.Thread(target=send)
    sender.start()
    received = server.read_to_end()
    sender.join()
    # The urgent byte is beside the stream, and not passed on.
    assert received == before + behind


@pytest.mark.parametrize("reader", ["server", "client"])
def test_one_that_does_not_read_stops_the_writer_and_loses_nothing(start, reader):
    balancer, client, server = session(start)
    memory = PeakMemory(balancer.pid)
    reading, writing = (server, client) if reader == "server" else (client, server)
    total = scaled(256 * MIB) // MIB * MIB + MOST_IN_BUFFERS
    sender = Sender(writing.socket, total).start()
    accepted = wait_until_still(lambda: sender.sent, what="the writer")
    memory.poll()
    assert not sender.is_over, "the writer was never stopped"
    assert accepted <= MOST_IN_BUFFERS
    if not SANITIZED:
        assert memory.growth < 2 * MIB, "the balancer kept what it could not pass on"
    receiver = Receiver(reading.socket, total).start()
    wait_until(lambda: sender.is_over and receiver.is_over, 30, "the rest comes through")
    assert (receiver.received, receiver.digest) == (total, sender.digest)


@pytest.mark.parametrize("says", [b"220 ready", b""], ids=["speaks", "closes"])
def test_a_server_that_acts_first_is_noticed_by_every_client_of_a_burst(start, says):
    server = start(Worker("greeter", says.decode()))
    balancer = start(Balancer([server.answer()], mode="tcp", health=NO_CHECKS))
    for _ in range(4):
        # All come in one turn of the loop: servers act while other clients are still connected.
        balancer.send(signal.SIGSTOP)
        clients = [start(ScriptedClient(balancer.address, timeout=2)) for _ in range(250)]
        balancer.send(signal.SIGCONT)
        for number, client in enumerate(clients):
            assert client.read_some() == says, f"client {number} of the burst"


def test_a_client_that_half_closes_first_still_gets_the_whole_answer(start):
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + os.urandom(3_000_000)

    def answer_at_the_end(peer):
        if peer.read_to_end():
            peer.send(answer)

    server = start(ScriptedServer(answer_at_the_end))
    balancer = start(Balancer([server.address], mode="tcp"))
    client = start(ScriptedClient(balancer.address))
    request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    client.send(request)
    client.half_close()
    assert client.read_to_end() == answer
    assert request in [bytes(peer.received) for peer in server.peers]


def test_a_server_that_half_closes_first_still_gets_all_that_the_client_sends(start):
    balancer, client, server = session(start)
    server.send(b"goodbye")
    server.half_close()
    assert client.read_to_end() == b"goodbye"
    data = os.urandom(3_000_000)
    sender = Sender(client.socket, 8 * MIB).start()
    receiver = Receiver(server.socket, 8 * MIB).start()
    wait_until(lambda: sender.is_over and receiver.is_over, what="the client's data arrives")
    assert receiver.digest == sender.digest
    client.send(data)
    client.half_close()
    assert server.read_to_end() == data


@pytest.mark.parametrize("mode", ["tcp", "http"])
def test_an_early_answer_reaches_a_client_that_still_sends(start, mode):
    answer = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 20000\r\n\r\n" + bytes(20_000)

    def answer_early(peer):
        if peer.read_some():
            peer.send(answer)
            peer.half_close()
            peer.read_to_end()

    server = start(ScriptedServer(answer_early))
    balancer = start(Balancer([server.address], mode=mode))
    for _ in range(20):
        with ScriptedClient(balancer.address) as client:
            client.send(request_head(method="POST", headers={"Content-Length": 2_000_000}) + bytes(2_000_000))
            received = client.read_to_end() if mode == "http" else client.read(len(answer))
            assert received.startswith(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 20000\r\n")
            assert received.endswith(bytes(20_000))


def test_a_reset_by_the_server_in_mid_transfer_closes_the_client(start):
    server = start(ScriptedServer(unless_asked(Peer.reset)))
    balancer = start(Balancer([server.address], mode="tcp"))
    client = start(ScriptedClient(balancer.address))
    client.send(bytes(1000))
    assert client.sees_the_end() in ("closed", "reset")
    assert is_served(balancer)


def test_a_reset_by_the_client_in_mid_transfer_closes_the_server(start):
    server = start(ScriptedServer(unless_asked(note_the_end)))
    balancer = start(Balancer([server.address], mode="tcp"))
    client = start(ScriptedClient(balancer.address))
    client.send(bytes(100_000))
    peer = wait_until(lambda: next((peer for peer in server.peers if peer.received), None))
    client.reset()
    assert peer.is_over.wait(2), "the server's side stayed open"
    assert peer.ending in ("closed", "reset")
    assert is_served(balancer)


def test_both_sides_resetting_at_once_in_mid_transfer_leave_nothing_behind(start):
    def send_and_reset(peer):
        peer.send(bytes(60_000))
        peer.reset()

    server = start(ScriptedServer(unless_asked(send_and_reset)))
    balancer = start(Balancer([server.address], mode="tcp"))
    assert is_served(balancer)
    before = wait_until_still(lambda: fd_count(balancer.pid), what="the balancer's fds")
    for _ in range(scaled(300)):
        client = ScriptedClient(balancer.address)
        # The server may have reset the connection already.
        with contextlib.suppress(OSError):
            client.send(bytes(60_000))
        client.reset()
    wait_until(lambda: fd_count(balancer.pid) <= before, what="all sessions are gone")
    assert is_served(balancer)


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    "listen, at",
    [
        ("127.0.0.1:0", "unix"),
        ("unix", "127.0.0.1:0"),
        ("[::1]:0", "127.0.0.1:0"),
        ("127.0.0.1:0", "[::1]:0"),
        ("[::1]:0", "[::1]:0"),
        ("localhost:0", "localhost"),
    ],
)
def test_every_kind_of_address_works_as_listener_and_as_server(start, listen, at):
    if "[" in listen + at and not has_ipv6():
        pytest.skip("this machine has no IPv6 loopback address")
    directory = start(tempfile.TemporaryDirectory())
    if listen == "unix":
        listen = f"unix:{directory}/listener.sock"
    binding = {"unix": f"unix:{directory}/server.sock", "localhost": "127.0.0.1:0"}.get(at, at)
    server = start(ScriptedServer(echo, at=binding))
    target = server.address if at != "localhost" else server.address.replace("127.0.0.1", "localhost")
    balancer = start(Balancer([target], mode="tcp", listen=listen))
    assert is_served(balancer)
