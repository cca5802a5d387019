"""Malformed requests as raw bytes, each with the status and the reason word of its refusal."""

from .http_message import head


def _line(status, reason, *lines):
    """A request line in a request that is fine otherwise."""
    return [(head(line, {"Host": "h"}), status, reason) for line in lines]


def _fields(status, reason, *blocks, first="POST / HTTP/1.1\r\nHost: h\r\n"):
    """Field lines behind a Host; a block is one or several lines."""
    return [((first + block + "\r\n\r\n").encode("latin-1"), status, reason) for block in blocks]


def _bare(status, reason, *texts):
    return [(text.encode("latin-1"), status, reason) for text in texts]


_HOST = "POST / HTTP/1.1\r\n"

BEGINNINGS = [
    *_bare(400, "tls_hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "\r\n\x16\x03\x03\x00"),
    *_bare(400, "invalid_method",
           "\x80\x2e\x01\x03\x01", "\x00GET / HTTP/1.1\r\nHost: h\r\n\r\n", " GET / HTTP/1.1\r\nHost: h\r\n\r\n",
           "\tGET / HTTP/1.1\r\nHost: h\r\n\r\n", '{"json": true}', "\xef\xbb\xbfGET / HTTP/1.1\r\n\r\n",
           "\r\n GET / HTTP/1.1\r\n\r\n"),
    *_bare(400, "bare_line_feed",
           "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "\r\n\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET / HTTP/1.1\nHost: h\n\n", "GET /\n", "GET / HTTP/1.1\r\nHost: h\r\n\n"),
    *_bare(400, "bare_carriage_return",
           "\rGET / HTTP/1.1\r\nHost: h\r\n\r\n", "\r\rGET / HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET / HTTP/1.1\rHost: h\r\r", "GET / HTTP/1.1\r\r\nHost: h\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: h\r\n\rX"),
    *_bare(400, "extra_empty_line", "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
]

LINES = [
    *_line(405, "connect_refused", "CONNECT h:443 HTTP/1.1", "CONNECT / HTTP/1.1"),
    *_line(405, "trace_refused", "TRACE / HTTP/1.1"),
    *_line(400, "invalid_method", "GET\t/ HTTP/1.1", "GET", "G(T / HTTP/1.1", "GE\0T / HTTP/1.1",
           "G\xc9T / HTTP/1.1", "/ HTTP/1.1", "GET:/ HTTP/1.1", '"GET" / HTTP/1.1'),
    *_line(501, "method_too_long", "M" * 33 + " / HTTP/1.1"),
    *_line(400, "invalid_target", "GET  / HTTP/1.1", "GET  HTTP/1.1", "GET /\t HTTP/1.1", "GET /a\0b HTTP/1.1",
           "GET /a\x1b[31m HTTP/1.1", "GET /a\x7f HTTP/1.1", "GET /caf\xc3\xa9 HTTP/1.1", "GET path HTTP/1.1",
           "GET h:80 HTTP/1.1", "GET ?a=b HTTP/1.1", "OPTIONS *? HTTP/1.1", "GET http:/h/ HTTP/1.1",
           "GET http:///path HTTP/1.1", "GET http:// HTTP/1.1", "GET http://user@h/ HTTP/1.1",
           "GET http://user:pass@h/ HTTP/1.1", "GET http://h:99999/ HTTP/1.1", "GET http://a,b/ HTTP/1.1"),
    *_line(400, "fragment_in_target", "GET /a#b HTTP/1.1", "GET # HTTP/1.1", "GET http://h/p#top HTTP/1.1"),
    *_line(400, "unsupported_scheme", "GET https://h/ HTTP/1.1", "GET ftp://h/ HTTP/1.1"),
    *_line(400, "asterisk_target", "GET * HTTP/1.1", "POST * HTTP/1.0", "options * HTTP/1.1"),
    *_line(400, "missing_version", "GET /"),
    *_line(400, "invalid_version", "GET / ", "GET /  HTTP/1.1", "GET /a b HTTP/1.1", "GET / http/1.1",
           "GET / HTTP/1", "GET / HTTP/1.10", "GET / HTTP/11.1", "GET / HTTP/1,1", "GET / HTTP/1.1 ",
           "GET / HTTP/1.1\t", "GET / HTTP/1.x", "GET / HTTP/-1.1", "GET / ICY/1.1", "GET / HTTP/0.9"),
    *_line(505, "unsupported_version", "GET / HTTP/2.0", "GET / HTTP/3.0", "GET / HTTP/9.9"),
    *_bare(505, "unsupported_version", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
]

FIELDS = [
    *_fields(400, "line_folding", "A: b\r\n c", "A: b\r\n\tc", "A:\r\n b", "Content-Length: 1\r\n 2"),
    *_fields(400, "line_folding", " Host: h", "\tHost: h\r\nHost: h", first=_HOST),
    *_fields(400, "bare_line_feed", "A: b\nC: d", "A: b\n\nGET /smuggled HTTP/1.1", "A:\nB: c", "A\n"),
    *_fields(400, "bare_carriage_return", "A: b\rC: d", "A: b\r", "A:\r\r", "A: b\rContent-Length: 5"),
    *_fields(400, "control_byte_in_field", "A: b\0c", "A: \0", "A:\1", "A: b\x08", "A: b\x0bc", "A: b\x0cc",
             "A: 12345678\x1b[31m", "A: \x80\xff12345\x7f"),
    *_fields(400, "empty_field_name", ": value", ":", ": x\r\nContent-Length: 3"),
    *_fields(400, "space_before_colon", "A : b", "Content-Length : 5", "Transfer-Encoding\t: chunked",
             "Transfer-Encoding : chunked", "A b: c"),
    *_fields(400, "missing_colon", "A", "Content-Length"),
    *_fields(400, "invalid_field_name", "A\0: b", "\0A: b", "A\x0b: b", "\xe9: b", "A(x): b", '"A": b', "A,B: c",
             "A/B: c", "A=b", "A;B: c", "[A]: c", "{A}: c", "A@B: c"),
]

HOSTS = [
    *_bare(400, "missing_host", "GET / HTTP/1.1\r\n\r\n", "GET http://h/ HTTP/1.1\r\n\r\n"),
    *_fields(400, "missing_host", "Hosts: h\r\nX-Host: h", first=_HOST),
    *_fields(400, "repeated_host", "Host: a", "A: b\r\nhost: h"),
    *_bare(400, "repeated_host", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n",
           "GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    *_bare(400, "invalid_host", "GET http://a/ HTTP/1.1\r\nHost: a,b\r\n\r\n"),
    *_fields(400, "invalid_host", *("Host: " + host for host in (
        "", "   ", "user@h", "user:pass@h", "h/path", "h?q", "h#f", "a,b", "a, b", "a b", "a\tb", "http://h", ":80",
        "h:80:80", "h:8a", "h:-1", "h:+80", "h:65536", "h: 80", "h\xe9", "h;x", "h\\x", "<h>", "a%zz", "[", "[]",
        "[::1", "::1", "[::1]x", "[1.2.3.4]", "[fe80::1%25eth0]")), first=_HOST),
]

LENGTHS = [
    *_fields(400, "invalid_content_length", *("Content-Length: " + value for value in (
        "", "\t", "-1", "+1", "1,1", "1, 1", "1 1", "0x10", "1.0", "1e3", "1_000", "five", '"5"', "5;", "\xb2"))),
    *_fields(400, "content_length_too_large", *("Content-Length: " + value for value in (
        "9223372036854775808", "18446744073709551616", "18446744073709551621", "9" * 40))),
    *_fields(400, "repeated_content_length", "Content-Length: 5\r\nContent-Length: 5",
             "Content-Length: 5\r\ncontent-length: 6", "Content-Length: 0\r\nA: b\r\nCONTENT-LENGTH: 00"),
    *_fields(400, "content_length_with_transfer_encoding", "Content-Length: 5\r\nTransfer-Encoding: chunked",
             "Transfer-Encoding: chunked\r\nContent-Length: 0", "Transfer-Encoding: xchunked\r\nContent-Length: 5"),
]

CODINGS = [
    *_fields(501, "unsupported_transfer_coding", *("Transfer-Encoding: " + value for value in (
        "xchunked", "chunkedx", "identity", "gzip", "gzip, chunked", "gzip\r\nTransfer-Encoding: chunked"))),
    *_fields(400, "control_byte_in_field", "Transfer-Encoding: \x0bchunked", "Transfer-Encoding:\x0cchunked",
             "Transfer-Encoding: chunked\0"),
    *_fields(400, "invalid_transfer_encoding", *("Transfer-Encoding: " + value for value in (
        "", " \t ", ",", ",chunked", "chunked,", '"chunked"', "\xa0chunked", "chunked\x85", "chunked;q=1",
        "chunked chunked", "=chunked"))),
    *_fields(400, "repeated_chunked", "Transfer-Encoding: chunked, chunked",
             "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
    *_fields(400, "chunked_not_last", "Transfer-Encoding: chunked, gzip",
             "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
    *_bare(400, "transfer_encoding_in_old_version", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"),
    *_fields(417, "unsupported_expectation", "Expect: 200-ok", "Expect: 100-continue, other"),
    *_fields(400, "too_many_connection_options", "Connection: " + ",".join(["x"] * 33)),
]

MALFORMED_REQUESTS = [*BEGINNINGS, *LINES, *FIELDS, *HOSTS, *LENGTHS, *CODINGS]

# Bodies in the chunked coding that break its grammar (RFC 9112, section 7.1).
MALFORMED_CHUNKS = [
    b"\r\n", b"x\r\n", b"g\r\n", b"-1\r\n", b"+5\r\nhello\r\n0\r\n\r\n", b"0x5\r\nhello\r\n0\r\n\r\n",
    b" 5\r\nhello\r\n0\r\n\r\n", b"5 \r\nhello\r\n0\r\n\r\n", b"5\r\nhello0\r\n\r\n", b"5\r\nhelloX\r\n0\r\n\r\n",
    b"5\r\nhell\r\n0\r\n\r\n", b"5\nhello\r\n0\r\n\r\n", b"5\r\nhello\n0\r\n\r\n", b"5\r\nhello\r\n0\n\n",
    b"5\r\nhello\r\n0\r\n\n", b"5\rhello\r\n0\r\n\r\n", b"5;\0\r\nhello\r\n0\r\n\r\n", b"5;a\nhello\r\n0\r\n\r\n",
    b"5;a\rb\r\nhello\r\n0\r\n\r\n", b"5;\x7f\r\nhello\r\n0\r\n\r\n", b"5\t\0;x\r\nhello\r\n0\r\n\r\n",
    b"5;" + b"x" * 300 + b"\r\nhello\r\n0\r\n\r\n", b"00000000000000005\r\nhello\r\n0\r\n\r\n",
    b"10000000000000000\r\nhello", b"ffffffffffffffff\r\nhello", b"8000000000000000\r\nhello",
    b"0\r\nbad\r\n\r\n", b"0\r\n: x\r\n\r\n", b"0\r\nA : x\r\n\r\n", b"0\r\nA: b\r\n c\r\n\r\n", b"0\r\nA: \0\r\n\r\n",
    b"5;\r\nhello\r\n0\r\n\r\n", b"5;;a\r\nhello\r\n0\r\n\r\n", b"5;a=\r\nhello\r\n0\r\n\r\n", b"5;a b\r\nhello\r\n0\r\n\r\n",
    b"0\r\nA: " + b"x" * 5000 + b"\r\n\r\n", b"0\r\n" + b"A: b\r\n" * 40 + b"\r\n",
]
