"""A client of the event stream, which notes when each event came."""

import dataclasses
import json
import queue
import threading
import time

from . import admin_document
from .admin import check_fields, media_type
from .http_client import request
from .http_response import BrokenResponse
from .stopwatch import within

SCHEMAS = {"tick": "Tick", "change": "Change"}


@dataclasses.dataclass(frozen=True)
class Event:
    """One event: its kind, its id (None without), its data, and when it came (monotonic seconds)."""

    kind: str
    id: int | None
    data: dict
    at: float


class EventStream:
    """The stream of `admin` (an `Admin`), read by a thread from the moment it is entered."""

    def __init__(self, admin, *, path="/api/v1/events", fields=()):
        self._admin, self._path, self._fields = admin, path, dict(fields)
        if admin.token is not None:
            self._fields.setdefault("Authorization", f"Bearer {admin.token}")
        self._events = queue.Queue()
        self._waiting = []
        self.retry = None
        self.error = None

    def __enter__(self):
        self._client = self._admin.client(timeout=30)
        self._client.send(request(self._path, fields=self._fields, host=self._admin.address))
        self.answer = self._client.answer_head()
        assert self.answer.status == 200, self.answer
        assert media_type(self.answer) == "text/event-stream"
        check_fields(self.answer)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Leaves it; once more does no harm."""
        self._stop_reading()
        self._client.close()

    def _stop_reading(self):
        try:
            self._client.socket.shutdown(2)
        except OSError:
            pass
        self._thread.join(5)

    @property
    def is_over(self):
        """Whether the server has ended it."""
        return not self._thread.is_alive()

    def is_finished(self, within):
        """Whether the server ends it within so many seconds."""
        self._thread.join(within)
        return self.is_over

    def next(self, kind=None, deadline=5.0):
        """The next event (of that kind; others are kept for later)."""
        for event in self._waiting:
            if kind in (None, event.kind):
                self._waiting.remove(event)
                return event
        event = within(deadline, lambda seconds: self._take_next(kind, seconds))
        assert event, f"no {kind or 'event'} within {deadline} s; {self.error!r}"
        return event

    def _take_next(self, kind, seconds):
        """The next event of that kind that has not been read yet; None after so many seconds."""
        end = time.monotonic() + seconds
        while True:
            try:
                event = self._events.get(timeout=max(0.001, end - time.monotonic()))
            except queue.Empty:
                return None
            if kind in (None, event.kind):
                return event
            self._waiting.append(event)

    def change(self, kind, deadline=5.0):
        """The next change of that kind."""
        end = time.monotonic() + deadline
        while True:
            event = self.next("change", max(0.001, end - time.monotonic()))
            if event.data["kind"] == kind:
                return event

    # Reading

    def _read(self):
        try:
            lines = []
            for line in self._lines():
                if line:
                    lines.append(line)
                else:
                    self._take(lines)
                    lines = []
        except (OSError, BrokenResponse, AssertionError, ValueError) as error:
            self.error = error

    def _lines(self):
        """Each line of the body, as soon as it is whole."""
        held = b""
        for part in self._parts():
            held += part
            *whole, held = held.split(b"\n")
            yield from (line.decode() for line in whole)

    def _parts(self):
        while self.answer.framing != "chunked":
            data = self._client.read_some()
            if not data:
                return
            yield data
        while line := self._client.read_until(b"\r\n"):
            size = int(line, 16)
            yield self._client.read(size)
            assert self._client.read(2) == b"\r\n", "a chunk without its end"
            if size == 0:
                return

    def _take(self, lines):
        at = time.monotonic()
        fields = {}
        for line in lines:
            name, _, value = line.partition(":")
            fields.setdefault(name, []).append(value.removeprefix(" "))
        if "retry" in fields:
            self.retry = int(fields["retry"][0])
        if "data" not in fields:
            return
        kind = fields["event"][0]
        data = json.loads("\n".join(fields["data"]))
        admin_document.check(SCHEMAS[kind], data)
        self._events.put(Event(kind, int(fields["id"][0]) if "id" in fields else None, data, at))
