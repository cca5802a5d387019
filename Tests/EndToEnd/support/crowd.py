"""A worker that holds thousands of client connections: `crowd ADDRESS COUNT`.

Commands: `connect` opens them all, `talk` has each send a text of its own and wait for its echo,
`close` closes them. Each answers how many succeeded.
"""

import contextlib
import os
import socket
import sys

from . import address
from .worker import say

# How many do a thing at once: well within a listener's backlog.
AT_ONCE = 250

# How long one may wait for anything, in seconds.
PATIENCE = 20

# Each worker is a host of its own: of 14,000 connections from one host on, Linux takes milliseconds to find a
# free port for one more.
SOURCE = f"127.1.{os.getpid() // 250 % 250}.{os.getpid() % 250 + 1}"

# Finds the port when it connects, among those that are free towards that very address (ip(7)).
IP_BIND_ADDRESS_NO_PORT = 24


class Member:
    """One client; it must get back exactly what it sends. It is as little as can be: there are thousands."""

    __slots__ = ("text", "socket")

    def __init__(self, number):
        self.text = b"member %06d\n" % number

    def connect(self, target):
        self.socket = socket.socket()
        self.socket.settimeout(PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        self.socket.bind((SOURCE, 0))
        self.socket.connect(target)

    def send(self):
        self.socket.sendall(self.text)

    def receive(self):
        answer = b""
        while len(answer) < len(self.text):
            part = self.socket.recv(4096)
            assert part, "it was closed"
            answer += part
        assert answer == self.text

    def close(self):
        self.socket.setblocking(False)
        with self.socket, contextlib.suppress(BlockingIOError):
            assert self.socket.recv(1), "it was closed"


# What each command has them do, one step after the other.
STEPS = {"connect": ["connect"], "talk": ["send", "receive"], "close": ["close"]}


def succeeded(members, steps):
    """Has all do these steps, some at once, and counts those without an error."""
    failed = {}
    for first in range(0, len(members), AT_ONCE):
        for step in steps:
            for member in members[first:first + AT_ONCE]:
                if member not in failed:
                    failed |= _failed(member, step)
    for error in list(failed.values())[:3]:
        print(f"crowd: {error!r}", file=sys.stderr)
    return len(members) - len(failed)


def _failed(member, step):
    try:
        step(member)
    except (OSError, AssertionError) as error:
        return {member: error}
    return {}


def main(to, members):
    """Does what it is told."""
    _, target = address.family_and_target(to)
    kind = type(members[0])
    for line in sys.stdin:
        steps = [getattr(kind, name) for name in STEPS[line.strip()]]
        if steps == [kind.connect]:
            steps = [lambda member: member.connect(target)]
        say(succeeded(members, steps))


if __name__ == "__main__":
    main(sys.argv[1], [Member(number) for number in range(int(sys.argv[2]))])
