"""Malformed response heads as raw bytes. A client gets 502 for each."""

_STATUS_LINES = [
    "garbage", "http/1.1 200 OK", "ICY 200 OK", "HTTP/1.1\t200 OK", "HTTP/1.1", "HTTP/1 200 OK", "HTTP/1.10 200 OK",
    "HTTP/0.9 200 OK", "HTTP/2.0 200 OK", "HTTP/1.1  200 OK", "HTTP/1.1 ", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK",
    "HTTP/1.1 099 OK", "HTTP/1.1 -20 OK", "HTTP/1.1 OK", "HTTP/1.1 200\tOK",
    "HTTP/1.1 200OK", "HTTP/1.1 200 O\0K", "HTTP/1.1 200 O\x1bK",
]

_FIELDS = [
    "A: b\r\n c", ": b", "Content-Length : 5", "A", "A: \0", "A: b\rSet-Cookie: evil=1",
    "A\x0b: c", "Content-Length: -1", "Content-Length: +5", "Content-Length: 5, 6", "Content-Length:",
    "Content-Length: 0x5", "Content-Length: 5\r\nContent-Length: 6",
    "Content-Length: 9223372036854775808", "Content-Length: 18446744073709551621",
    "Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: gzip", "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: chunked, gzip",
    "Transfer-Encoding:", "Transfer-Encoding: \x0bchunked",
]

_RAW = [
    "\x15\x03\x01\x00\x02\x02\x46", "\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    " HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\rContent-Length: 0\r\n\r\n",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 204 No Content\r\nContent-Length: x\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.1 103 Early\r\nA : b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\n" + "X: y\r\n" * 129 + "Content-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX: " + "y" * 16_384 + "\r\nContent-Length: 0\r\n\r\n",
]

MALFORMED_RESPONSES = [text.encode("latin-1") for text in (
    *(f"{line}\r\nContent-Length: 0\r\n\r\n" for line in _STATUS_LINES),
    *(f"HTTP/1.1 200 OK\r\n{fields}\r\n\r\nhello" for fields in _FIELDS),
    *_RAW,
)]
