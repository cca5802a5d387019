"""Requests that are odd but right, with what they mean: written by hand, and generated from a seed."""

import dataclasses
import random

from .http_message import chunked

SEED = 20240707

TOKEN = "!#$%&'*+-.^_`|~0123456789ABCXYZabcxyz"
TEXT = "".join(map(chr, range(0x21, 0x7f))) + "".join(map(chr, range(0x80, 0x100)))
TARGET = "".join(chr(code) for code in range(0x21, 0x7f) if chr(code) != "#")

METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "get", "X", "M-SEARCH", "HEAD"]
HOSTS = ["a", "A.Test", "h:80", "h:", "127.0.0.1", "[::1]", "[::1]:8080", "[1:2:3:4:5:6:7:8]", "[::ffff:1.2.3.4]:1",
         "xn--e1afmkfd.test", "a_b", "h%20x", "under_score.test:65535", "~", "0"]
# Names that the balancer has its own use for are left to other tests.
NAMES = ["X-A", "x-b", "Cookie", "Accept", "User-Agent", "Referer", "If-None-Match", "!#$%&'*+-.^`|~", "X", "Range",
         "Content-Type", "Authorization", "Cache-Control", "Via", "Pragma", "From", "DNT", "Priority"]


@dataclasses.dataclass
class Odd:
    """One request: its bytes and its meaning. Fields are those that must come through, in order."""

    raw: bytes
    method: str
    target: str
    host: str
    fields: list
    body: bytes = b""
    trailers: list = dataclasses.field(default_factory=list)


def odd(method="GET", written="/", target=None, host="h", fields=(), hidden=(), body=b"", framing=None,
        encoded=None, trailers=(), host_line=None, before="", version="1.1"):
    """A request line `written`, meant as `target`; `hidden` field lines must not come through."""
    lines = [f"{method} {written} HTTP/{version}"]
    lines.append(host_line if host_line is not None else f"Host: {host}")
    lines += [line for line in hidden]
    lines += [name + ":" + value for name, value in fields]
    if framing is None and body:
        framing = f"Content-Length: {len(body)}"
    if framing:
        lines.append(framing)
    raw = before + "\r\n".join(lines) + "\r\n\r\n"
    meant = [(name.lower(), value.strip(" \t")) for name, value in fields]
    return Odd(
        raw.encode("latin-1") + (body if encoded is None else encoded), method,
        written if target is None else target, host, meant, body, list(trailers))


CODED = "Transfer-Encoding: chunked"


def by_hand():
    """Each oddity on its own."""
    cases = [odd(host=host) for host in HOSTS]
    cases += [odd(method) for method in METHODS]
    cases += [odd(written=target) for target in (
        "//", "/..", "/a/../../b", "/%00", "/%", "/?", "/??", "/;", "/'\"<>\\^`{|}", "/http://x/", "/*", "/[::1]",
        "/?a=/b?c", "/" + "y" * 8100, "/%0d%0aHost:%20evil", "/~!$&()*+,=:@")]
    cases += [
        odd(written="http://o.test/p?q", target="/p?q", host="o.test", host_line="Host: else"),
        odd(written="HTTP://o.test", target="/", host="o.test", host_line="Host: else"),
        odd(written="http://o.test?q", target="/?q", host="o.test", host_line="Host: else"),
        odd(written="http://[::1]:81/", target="/", host="[::1]:81", host_line="Host: else"),
        odd(written="http://o.test//x", target="//x", host="o.test", host_line="Host: else"),
        odd("OPTIONS", "*"), odd("OPTIONS", "http://o.test", "*", "o.test", host_line="Host: else"),
        odd(before="\r\n"), odd(before="\r\n", method="POST", body=b"x"),
        odd(host_line="HOST:\t h \t"), odd(host_line="hOsT:h"), odd(version="1.2"), odd(version="1.9"),
    ]
    cases += [odd(fields=[field]) for field in (
        ("X-A", "b"), ("X-A", "   b   "), ("X-A", "\tb\t"), ("X-A", ""), ("X-A", "   "), ("X-A", "a\tb  c"),
        ("X-A", " caf\xe9\xff\x80"), ("X-A", " :"), ("X-A", " GET / HTTP/1.1"), ("X-A", " \"a\\\"b\""), ("X-A", " ,,,"),
        ("X-A", " Content-Length: 5"), ("!#$%&'*+-.^`|~", " x"), ("X-Content-Length", " 5"),
        ("Content-Lengt", " 5"), ("Transfer-Encodin", " chunked"), ("X-Transfer-Encoding", " chunked"),
        ("Ho", " x"), ("Hosts", " x"), ("N" * 300, " long name"), ("X-Long", " " + "v" * 9000))]
    cases += [odd(hidden=[line]) for line in (
        "Connection: keep-alive", "Connection: x-a", "Connection: ,,,", "Connection:", "Connection: \"q\"",
        "Keep-Alive: timeout=5", "Proxy-Connection: close", "TE: trailers", "Trailer: X", "Upgrade: h2c",
        "HTTP2-Settings: AAA", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA",
        "X_Forwarded_For: 6.6.6.6", "X-Forwarded-For: 6.6.6.6", "Content_Length: 5", "Transfer_Encoding: chunked",
        "Connection: X-Gone\r\nX-Gone: 1", "connection: x-gone, close-not\r\nX-GONE: 1\r\nClose-Not: 2")]
    cases += [odd("POST", body=body, framing=framing, encoded=encoded) for body, framing, encoded in (
        (b"hello", "Content-Length: 5", None), (b"hello", "content-length:5", None),
        (b"hello", "Content-Length: 0005  ", None), (b"", "Content-Length: 0", None), (b"", "Content-Length: 000", None),
        (b"GET /evil HTTP/1.1\r\nHost: h\r\n\r\n", "Content-Length: 31", None), (b"\r\n\r\n", "Content-Length: 4", None),
        (b"", CODED, chunked()), (b"hello", CODED, chunked(b"hello")), (b"hello", CODED, chunked(b"h", b"ello")),
        (b"hello", "Transfer-Encoding:\tCHUNKED ", chunked(b"hello")),
        (b"hello", CODED, b"05\r\nhello\r\n0\r\n\r\n"), (b"hello", CODED, b"000000000000005\r\nhello\r\n00\r\n\r\n"),
        (b"hello", CODED, b"5;x\r\nhello\r\n0;y\r\n\r\n"), (b"hello", CODED, b"5 ;x=\"a;b\"\r\nhello\r\n0\r\n\r\n"),
        (b"hello", CODED, b"5\t;\ta\t=\t\"\xff\\\"\"\r\nhello\r\n0\r\n\r\n"),
        (b"0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n", CODED, chunked(b"0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n")),
        (bytes(range(256)), CODED, chunked(bytes(range(256)))), (b"x" * 70_000, CODED, chunked(b"x" * 70_000)),
        (b"x" * 3000, CODED, chunked(*[b"x"] * 3000)), (b"y" * 100_000, "Content-Length: 100000", None),
        (b"hello0123456789abcdef", CODED, b"5\r\nhello\r\n0a\r\n0123456789\r\n6\r\nabcdef\r\n0\r\n\r\n"))]
    cases += [odd(method, body=b"hi") for method in ("GET", "DELETE", "OPTIONS", "HEAD", "get")]
    trailers = [("x-sum", "1"), ("server-timing", "a")]
    cases.append(odd("POST", body=b"hi", framing=CODED, trailers=trailers,
                     encoded=chunked(b"hi", trailers=[("X-Sum", "1"), ("Server-Timing", "a")])))
    cases.append(odd(fields=[(f"X-{n}", " y") for n in range(126)]))
    return cases


def generated(count, seed=SEED):
    """`count` requests, each with several oddities at once."""
    dice = random.Random(seed)

    def text(alphabet, most):
        return "".join(dice.choices(alphabet, k=dice.randrange(most)))

    def space():
        return dice.choice(["", " ", " ", "  ", "\t", " \t "])

    def field():
        name = dice.choice(NAMES) if dice.random() < 0.7 else "x" + text(TOKEN.replace("_", ""), 12)
        inner = text(TEXT, 20) + (dice.choice([" ", "\t", "  "]) + text(TEXT, 9) if dice.random() < 0.3 else "")
        return name, space() + inner + space()

    def body():
        kind = dice.choice(["none", "none", "length", "chunks"])
        data = dice.randbytes(dice.choice([0, 1, 5, 100, 5000]))
        if kind == "none":
            return {}
        if kind == "length":
            return {"body": data, "framing": f"Content-Length:{space()}{dice.choice(['', '0', '00'])}{len(data)}{space()}"}
        parts, rest = [], data
        while rest:
            size = dice.randint(1, len(rest))
            ext = dice.choice(["", ";a", ";a=b", " ;x", ";x=\"q\\\"\""])
            digits = dice.choice(["%x", "%X", "%04x", "%08X"]) % size
            parts.append((digits + ext).encode() + b"\r\n" + rest[:size] + b"\r\n")
            rest = rest[size:]
        return {"body": data, "framing": f"{dice.choice(['Transfer-Encoding', 'TRANSFER-ENCODING'])}:"
                f"{space()}{dice.choice(['chunked', 'Chunked', 'CHUNKED'])}{space()}",
                "encoded": b"".join(parts) + b"0" * dice.randint(1, 5) + b"\r\n\r\n"}

    def one():
        host, path = dice.choice(HOSTS), "/" + text(TARGET, 60)
        line = {"written": path, "host": host}
        if dice.random() < 0.2:
            line = {"written": f"{dice.choice(['http', 'HTTP', 'hTTp'])}://{host}{path}", "target": path,
                    "host": host, "host_line": f"Host:{space()}other.test"}
        else:
            line["host_line"] = f"{dice.choice(['Host', 'HOST', 'host'])}:{space()}{host}{space()}"
        hidden = dice.sample(["Connection: keep-alive", "Keep-Alive: 5", "TE: trailers", "X_Real_IP: 1",
                              "Proxy-Connection: x"], dice.randrange(3))
        return odd(dice.choice(METHODS), fields=[field() for _ in range(dice.randrange(12))], hidden=hidden,
                   before=dice.choice(["", "", "", "\r\n"]), **line, **body())

    return [one() for _ in range(count)]
