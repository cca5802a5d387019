"""One end of a TCP connection, told step by step what to do."""

import socket
import struct


class Peer:
    """A connected socket with the steps that scripts are made of. Records all that it received."""

    def __init__(self, sock, timeout=5.0):
        self.socket = sock
        sock.settimeout(timeout)
        self.received = bytearray()
        self._ahead = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        """Sends all of `data`."""
        self.socket.sendall(data)

    def read_some(self, most=65536):
        """What comes next; empty at the end."""
        data = self._ahead or self.socket.recv(65536)
        if not self._ahead:
            self.received += data
        self._ahead = data[most:]
        return data[:most]

    def read(self, count):
        """Exactly `count` bytes."""
        data = bytearray()
        while len(data) < count:
            part = self.read_some(count - len(data))
            assert part, f"closed after {len(data)} of {count} bytes"
            data += part
        return bytes(data)

    def read_until(self, mark):
        """All up to and with `mark`; empty when the other side closes before any byte."""
        data = b""
        while mark not in data:
            part = self.read_some()
            if not part:
                assert not data, f"closed inside {data!r}"
                return b""
            data += part
        end = data.index(mark) + len(mark)
        self._ahead = data[end:]
        return data[:end]

    def read_to_end(self):
        """All until the other side's half-close."""
        data = bytearray()
        while part := self.read_some():
            data += part
        return bytes(data)

    def half_close(self):
        """Says that no more will be sent; still reads."""
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self):
        """Closes with a RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self):
        self.socket.close()

    def sees_the_end(self):
        """How the other side ended, after anything that it still sent: "closed" or "reset"."""
        try:
            self.read_to_end()
        except ConnectionResetError:
            return "reset"
        return "closed"
