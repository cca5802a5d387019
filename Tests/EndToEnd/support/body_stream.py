"""Long bodies in either framing: sent and read without ever being held whole."""

import hashlib
import os
import threading

BLOCK = 1 << 20

# Chunks of odd sizes: no boundary of the balancer's buffers falls on one of theirs for long.
CHUNK_SIZES = [1, 65_535, 17, 131_072, 4096, 262_111]


class BodySender:
    """Sends `total` bytes of a body from a thread, and hashes them. One in chunks may be left without its end."""

    def __init__(self, sock, total, is_chunked, ends=True):
        self._socket, self._total, self._is_chunked, self._ends = sock, total, is_chunked, ends
        self._hash = hashlib.sha256()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._block = memoryview(os.urandom(BLOCK))
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
        try:
            turn = 0
            while self.sent < self._total:
                size = CHUNK_SIZES[turn % len(CHUNK_SIZES)] if self._is_chunked else BLOCK
                size = min(size, self._total - self.sent)
                offset = turn * 4099 % (BLOCK - size + 1)
                self._send(self._block[offset:offset + size])
                turn += 1
            if self._is_chunked and self._ends:
                self._socket.sendall(b"0\r\n\r\n")
        except OSError as error:
            self.error = error

    def _send(self, part):
        self._hash.update(part)
        if self._is_chunked:
            self._socket.sendall(b"%x\r\n" % len(part))
        rest = part
        while rest:
            count = self._socket.send(rest)
            self.sent += count
            rest = rest[count:]
        if self._is_chunked:
            self._socket.sendall(b"\r\n")


class BodyReader:
    """Reads a body in a thread from a buffered stream, strictly, and hashes it."""

    def __init__(self, stream, length, is_chunked):
        self._stream, self._length, self._is_chunked = stream, length, is_chunked
        self._hash = hashlib.sha256()
        self._buffer = memoryview(bytearray(BLOCK))
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
        try:
            if self._is_chunked:
                self._read_chunks()
            else:
                self._take(self._length)
        except (OSError, ValueError, AssertionError) as error:
            self.error = error

    def _read_chunks(self):
        while size := int(self._line(), 16):
            self._take(size)
            assert self._stream.read(2) == b"\r\n", "a chunk without its end"
        assert self._line() == b"\r\n", "trailers that nobody sent"

    def _line(self):
        line = self._stream.readline(100)
        assert line.endswith(b"\r\n"), f"not a line: {line!r}"
        return line

    def _take(self, count):
        while count:
            got = self._stream.readinto(self._buffer[:min(count, BLOCK)])
            assert got, f"closed with {count} bytes of a part to come"
            self._hash.update(self._buffer[:got])
            self.received += got
            count -= got


def framing(total, is_chunked):
    """The fields of a body of that length."""
    return {"Transfer-Encoding": "chunked"} if is_chunked else {"Content-Length": total}


def read_head(stream):
    """The lines of a head from a buffered stream."""
    lines = []
    while (line := stream.readline(65_536)) not in (b"\r\n", b""):
        lines.append(line)
    assert line, f"closed inside a head: {lines}"
    return lines
