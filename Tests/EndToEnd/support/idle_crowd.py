"""A worker that holds thousands of idle HTTP clients: `idle_crowd ADDRESS COUNT`.

It does what `crowd` does; to `talk` is to send one request and read its answer.
"""

import sys

from . import crowd

REQUEST = b"GET / HTTP/1.1\r\nHost: crowd.test\r\nUser-Agent: idle\r\nAccept: */*\r\n\r\n"


class Member(crowd.Member):
    """One client."""

    __slots__ = ()

    def __init__(self):
        self.text = REQUEST

    def receive(self):
        # Small answers come in one piece.
        assert self.socket.recv(65536).startswith(b"HTTP/1.1 200 ")


if __name__ == "__main__":
    crowd.main(sys.argv[1], [Member() for _ in range(int(sys.argv[2]))])
