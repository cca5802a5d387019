"""A client connection that speaks HTTP/1.1, strictly: what a browser might guess is an error here."""

import re
import socket

from .http_message import Answer, head
from .http_response import BrokenResponse
from .scripted_client import ScriptedClient

STATUS_LINE = re.compile(rb"HTTP/(1\.[01]) (\d{3}) ([^\r\n\x00]*)\r\n")
FIELD_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\x00]*?)[ \t]*\r\n")
CHUNK_LINE = re.compile(rb"([0-9a-fA-F]+)(;[^\r\n\x00]*)?\r\n")


def request(path="/", method="GET", fields=(), body=b"", *, host="evenkeel.test", version="1.1"):
    """The bytes of a request; a body gets its length unless `fields` frame it."""
    pairs = list(fields.items() if isinstance(fields, dict) else fields)
    names = {name.lower() for name, _ in pairs}
    if host is not None and "host" not in names:
        pairs.insert(0, ("Host", host))
    if body and not names & {"content-length", "transfer-encoding"}:
        pairs.append(("Content-Length", len(body)))
    return head(f"{method} {path} HTTP/{version}", pairs) + body


class HTTPClient(ScriptedClient):
    """A connection to `to` on which requests are sent and responses are read, one by one."""

    def __init__(self, to, timeout=5.0):
        super().__init__(to, timeout)
        # Pieces of a request are to go out as they are sent, not when the kernel has more of them.
        if self.socket.family != socket.AF_UNIX:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, path="/", method="GET", fields=(), body=b"", **more):
        """Sends a request and gives its answer."""
        self.send(request(path, method, fields, body, **more))
        return self.answer(method)

    def answer(self, method="GET"):
        """The next final response, with the interim ones before it."""
        interim = []
        while True:
            answer = self.answer_head()
            if answer.status >= 200 or answer.status == 101:
                break
            interim.append(answer)
        answer.interim = interim
        if method != "HEAD" and answer.status not in (101, 204, 304):
            self._read_body(answer)
        return answer

    def answer_head(self):
        """The next response head alone."""
        line = self._line()
        found = STATUS_LINE.fullmatch(line)
        if not found:
            raise BrokenResponse(f"not a status line: {line!r}")
        answer = Answer(status=int(found[2]), version=found[1].decode())
        answer.fields = self._fields()
        return answer

    def is_over(self):
        """Whether the server closes, with nothing more before it."""
        try:
            return self.read_some() == b""
        except ConnectionResetError:
            return True

    def _line(self):
        try:
            line = self.read_until(b"\r\n")
        except AssertionError as error:
            raise BrokenResponse(str(error)) from None
        if not line:
            raise BrokenResponse("closed between two lines, or before the first")
        return line

    def _fields(self):
        fields = []
        while (line := self._line()) != b"\r\n":
            found = FIELD_LINE.fullmatch(line)
            if not found:
                raise BrokenResponse(f"not a field: {line!r}")
            fields.append((found[1].decode("latin-1"), found[2].decode("latin-1")))
        return fields

    def _read_body(self, answer):
        if answer.framing == "chunked":
            if answer.get("content-length") or answer.get("transfer-encoding").lower() != "chunked":
                raise BrokenResponse(f"ambiguous framing: {answer.fields}")
            self._read_chunks(answer)
        elif answer.framing == "length":
            answer.body = self._exactly(int(answer.get("content-length")))
        else:
            answer.body = self.read_to_end()

    def _read_chunks(self, answer):
        parts = []
        while True:
            line = self._line()
            found = CHUNK_LINE.fullmatch(line)
            if not found:
                raise BrokenResponse(f"not a chunk's size: {line!r}")
            size = int(found[1], 16)
            if size == 0:
                break
            answer.chunks.append(size)
            parts.append(self._exactly(size))
            if self._exactly(2) != b"\r\n":
                raise BrokenResponse("a chunk without its end")
        answer.body = b"".join(parts)
        answer.trailers = self._fields()

    def _exactly(self, count):
        try:
            return self.read(count)
        except AssertionError as error:
            raise BrokenResponse(f"inside the body: {error}") from None


def exchange(to, path="/", method="GET", fields=(), body=b"", timeout=5.0, **more):
    """The answer to one request on a connection of its own."""
    with HTTPClient(to, timeout) as client:
        return client.ask(path, method, fields, body, **more)
