"""systemd's end of the notification protocol (sd_notify(3))."""

import socket
import tempfile

from . import polling


class NotifySocket:
    """A datagram socket that keeps what a service says of itself."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="evenkeel-notify-")
        self.path = f"{self._directory.name}/notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)
        self._socket.setblocking(False)
        self._messages = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()
        self._directory.cleanup()

    @property
    def messages(self):
        """All so far, a line each: ["READY=1"]."""
        while True:
            try:
                text = self._socket.recv(4096).decode()
            except BlockingIOError:
                return list(self._messages)
            self._messages += text.splitlines()

    def wait_for(self, message, deadline=5.0):
        """Waits until the service has said it."""
        polling.wait_until(lambda: message in self.messages, deadline, f"the service says {message}")
