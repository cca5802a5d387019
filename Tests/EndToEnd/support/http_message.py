"""What an HTTP message says, as a test sees it: nothing merged, nothing lost."""

import dataclasses


@dataclasses.dataclass
class Message:
    """A head and a body. `fields` are (name, value) pairs as they came."""

    fields: list = dataclasses.field(default_factory=list)
    body: bytes = b""
    trailers: list = dataclasses.field(default_factory=list)

    def all(self, name):
        """The values of all fields of that name, in order."""
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def get(self, name):
        """The value of the only field of that name, or None; two of them are an error."""
        values = self.all(name)
        assert len(values) <= 1, f"{name} came {len(values)} times: {values}"
        return values[0] if values else None

    def options(self, name):
        """The members of a list field, in lower case."""
        return [part.strip().lower() for value in self.all(name) for part in value.split(",")]

    @property
    def names(self):
        """The names of all fields, in lower case."""
        return [name.lower() for name, _ in self.fields]

    @property
    def framing(self):
        """How the body's end was told: "chunked", "length", or "none"."""
        if self.all("transfer-encoding"):
            return "chunked"
        return "length" if self.all("content-length") else "none"


@dataclasses.dataclass
class Request(Message):
    """A request as a server read it."""

    method: str = ""
    target: str = ""
    # The number of the server's connection that it came on, from 0.
    connection: int = 0
    # Its bytes as they came.
    raw: bytes = b""


@dataclasses.dataclass
class Answer(Message):
    """A response as a client read it."""

    status: int = 0
    version: str = "1.1"
    # The responses with a status of 1xx that came before it.
    interim: list = dataclasses.field(default_factory=list)
    # The sizes of the chunks that it came in.
    chunks: list = dataclasses.field(default_factory=list)

    @property
    def says_close(self):
        """Whether it announces the end of its connection."""
        return "close" in self.options("connection")


def head(start_line, fields=()):
    """The bytes of a head: the start line and (name, value) pairs, or a mapping."""
    pairs = fields.items() if isinstance(fields, dict) else fields
    lines = [start_line, *(f"{name}: {value}" for name, value in pairs)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def chunked(*parts, trailers=()):
    """A body in the chunked coding, a chunk for each part."""
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return chunks + head("0", trailers)
