"""A worker that makes short sessions as fast as it can: `short_sessions ADDRESS`.

Each command is a number of sessions to make, one after another: connect, one request, the whole
answer, close. It answers with how many ended in which way.
"""

import collections
import socket
import sys

from . import address
from .scripted_client import request_head
from .worker import say

HEAD = request_head()


def session(family, target):
    """How one session ended: a status, or the error's name."""
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(10)
        try:
            client.connect(target)
            client.sendall(HEAD)
            answer = b""
            while part := client.recv(4096):
                answer += part
        except OSError as error:
            return type(error).__name__
    head, mark, body = answer.partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    if not mark or len(body) != int(length):
        return "short"
    return head[9:12].decode()


def main(to):
    family, target = address.family_and_target(to)
    for line in sys.stdin:
        counts = collections.Counter(session(family, target) for _ in range(int(line)))
        say(dict(counts))


if __name__ == "__main__":
    main(sys.argv[1])
