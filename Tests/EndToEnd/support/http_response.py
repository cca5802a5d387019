"""Reading HTTP responses as a strict client does: a short body is an error."""

import dataclasses
import json


class BrokenResponse(Exception):
    """The peer closed before a whole response, or sent what is none."""


@dataclasses.dataclass(frozen=True)
class Response:
    status: int
    headers: dict
    body: bytes

    @property
    def server(self):
        """The name of the demo backend that answered, from `X-Backend: name:port`."""
        return self.headers.get("x-backend", "").rsplit(":", 1)[0] or None

    @property
    def json(self):
        return json.loads(self.body)


def parse_head(head):
    """Status and headers (names in lower case) of a response head without its empty line."""
    start, *fields = head.decode("latin-1").split("\r\n")
    version, status, *_ = start.split(" ", 2)
    if version not in ("HTTP/1.1", "HTTP/1.0") or not status.isdigit():
        raise BrokenResponse(f"not a status line: {start!r}")
    headers = {}
    for field in fields:
        name, colon, value = field.partition(":")
        if not colon:
            raise BrokenResponse(f"not a header field: {field!r}")
        headers[name.lower()] = value.strip()
    return int(status), headers


def read_response(stream, method="GET"):
    """One response from a buffered binary stream; leaves what follows it in the stream."""
    lines = []
    while True:
        line = stream.readline()
        if not line.endswith(b"\r\n"):
            raise BrokenResponse(f"closed inside the head, after {b''.join(lines) + line!r}")
        if line == b"\r\n":
            break
        lines.append(line)
    status, headers = parse_head(b"".join(lines).removesuffix(b"\r\n"))
    if method == "HEAD":
        return Response(status, headers, b"")
    if "content-length" not in headers:
        return Response(status, headers, stream.read())
    length = int(headers["content-length"])
    body = stream.read(length)
    if len(body) < length:
        raise BrokenResponse(f"closed after {len(body)} of {length} bytes of the body")
    return Response(status, headers, body)
