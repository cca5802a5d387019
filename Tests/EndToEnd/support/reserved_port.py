"""A port that is ours although nobody listens on it: connections to it are refused."""

import socket


class ReservedPort:
    """Keeps a kernel-chosen port for one that starts later, or that is killed and comes back.

    Without it, a port that is free for a moment can be taken by any outgoing connection, or
    a connection to it can even be made with itself. A socket that is bound but does not listen keeps
    the kernel from both; SO_REUSEADDR, set after the bind, lets a listener share the port.
    """

    def __init__(self):
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.port = self._socket.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()
