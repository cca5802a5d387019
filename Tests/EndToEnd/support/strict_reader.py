"""Reads requests as the strictest of servers: with h11, and with eyes on the raw bytes besides.

h11 forgives some things (bare line feeds, folded lines, a length beside a coding) for the sake of old
clients. A proxy has no such excuse for what it writes, so these are errors here too.
"""

import re

import h11

from .http_message import Request

# As long as a whole head of the balancer can be, with what it adds.
LONGEST_HEAD = 65_536

REQUEST_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ [!-~]+ HTTP/1\.1")
FIELD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*([!-~\x80-\xff]([ \t]*[!-~\x80-\xff])*)?")


class NotCanonical(AssertionError):
    """What was read is not what a proxy may send."""


class StrictReader:
    """Takes bytes as they come and gives the requests in them."""

    def __init__(self):
        self._begin(b"")

    @property
    def is_between_requests(self):
        """Whether nothing of another request has come."""
        return not self._raw

    @property
    def rest(self):
        """What came behind the last request."""
        return bytes(self._raw)

    @property
    def head(self):
        """The request whose body is still to come, or None."""
        return self._request

    def take(self, data):
        """Takes what came next."""
        self._raw += data
        self._parser.receive_data(data)

    def next(self):
        """The next whole request, or None while it is not whole."""
        while True:
            try:
                event = self._parser.next_event()
            except h11.RemoteProtocolError as error:
                raise NotCanonical(f"h11: {error}; in {bytes(self._raw[:2000])!r}") from None
            if event in (h11.NEED_DATA, h11.PAUSED):
                return None
            if isinstance(event, h11.Request):
                self._begin_request(event)
            elif isinstance(event, h11.Data):
                self._parts.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                return self._end_request(event)

    def body_so_far(self):
        """What came of the present request's body."""
        return b"".join(self._parts)

    def _begin(self, rest):
        self._parser = h11.Connection(h11.SERVER, max_incomplete_event_size=LONGEST_HEAD)
        self._raw = bytearray()
        self._parts = []
        self._request = None
        if rest:
            self.take(rest)

    def _begin_request(self, event):
        self._check_head(bytes(self._raw))
        self._request = Request(
            method=event.method.decode(), target=event.target.decode(), fields=_pairs(event.headers))

    def _end_request(self, event):
        request, rest = self._request, self._parser.trailing_data[0]
        request.raw = bytes(self._raw[:len(self._raw) - len(rest)])
        request.body = self.body_so_far()
        request.trailers = _pairs(event.headers)
        if request.framing == "chunked":
            self._check_chunks(request)
        self._begin(rest)
        return request

    @staticmethod
    def _check_head(raw):
        end = raw.find(b"\r\n\r\n")
        if end < 0:
            raise NotCanonical(f"a head without its end: {raw[:2000]!r}")
        line, *fields = raw[:end].split(b"\r\n")
        if not REQUEST_LINE.fullmatch(line):
            raise NotCanonical(f"request line {line!r}")
        for field in fields:
            if not FIELD.fullmatch(field):
                raise NotCanonical(f"field {field!r}")
        names = [field.split(b":")[0].lower() for field in fields]
        for name in (b"host", b"content-length", b"transfer-encoding", b"expect"):
            if names.count(name) > 1:
                raise NotCanonical(f"{name.decode()} {names.count(name)} times in {raw[:2000]!r}")
        if b"content-length" in names and b"transfer-encoding" in names:
            raise NotCanonical(f"a length beside a coding in {raw[:2000]!r}")

    @staticmethod
    def _check_chunks(request):
        """Sizes without extensions, each line ended properly, and only this to frame the body."""
        rest = request.raw.partition(b"\r\n\r\n")[2]
        while True:
            found = re.match(rb"([1-9a-fA-F][0-9a-fA-F]*|0)\r\n", rest)
            if not found:
                raise NotCanonical(f"chunk {rest[:100]!r}")
            size = int(found[1], 16)
            rest = rest[found.end():]
            if size == 0:
                break
            if rest[size:size + 2] != b"\r\n":
                raise NotCanonical(f"chunk's end {rest[size:size + 20]!r}")
            rest = rest[size + 2:]
        for field in rest.removesuffix(b"\r\n").split(b"\r\n")[:-1]:
            if not FIELD.fullmatch(field):
                raise NotCanonical(f"trailer {field!r}")


def _pairs(headers):
    """The fields with their names as they were written."""
    raw = getattr(headers, "raw_items", None)
    items = raw() if raw else headers
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in items]
