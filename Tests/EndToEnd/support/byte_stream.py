"""Long streams of bytes that cost little to make, and tell a lost or swapped block."""

import hashlib
import os
import threading

BLOCK = 1 << 20


class Sender:
    """Sends `total` bytes from a thread: a random block again and again, each with its number."""

    def __init__(self, sock, total):
        self._socket = sock
        self._total = total
        self._hash = hashlib.sha256()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.sent = 0
        self.error = None

    def start(self):
        self._thread.start()
        return self

    @property
    def is_over(self):
        return not self._thread.is_alive()

    @property
    def digest(self):
        return self._hash.hexdigest()

    def _run(self):
        block = bytearray(os.urandom(BLOCK))
        try:
            for number in range(self._total // BLOCK):
                block[:8] = number.to_bytes(8, "big")
                self._hash.update(block)
                self._send(memoryview(block))
        except OSError as error:
            self.error = error

    def _send(self, rest):
        while rest:
            count = self._socket.send(rest)
            self.sent += count
            rest = rest[count:]


class Receiver:
    """Reads to the end (or up to `total`) in a thread."""

    def __init__(self, sock, total):
        self._socket = sock
        self._total = total
        self._hash = hashlib.sha256()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.received = 0
        self.error = None

    def start(self):
        self._thread.start()
        return self

    @property
    def is_over(self):
        return not self._thread.is_alive()

    @property
    def digest(self):
        return self._hash.hexdigest()

    def _run(self):
        buffer = memoryview(bytearray(BLOCK))
        try:
            while self.received < self._total:
                count = self._socket.recv_into(buffer)
                if count == 0:
                    return
                self.received += count
                self._hash.update(buffer[:count])
        except OSError as error:
            self.error = error
