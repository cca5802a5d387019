import HTTPWire

/// A response as servers send it, with what it means.
struct RecordedResponse: Sendable, CustomStringConvertible {
    let description: String
    let text: String
    let method: HTTPMethod
    let meaning: String

    init(
        _ description: String, _ lines: [String], body: String = "", to method: HTTPMethod = .get,
        _ meaning: String
    ) {
        self.description = description
        text = head(lines) + body
        self.method = method
        self.meaning = meaning
    }
}

let recordedResponses: [RecordedResponse] = [
    RecordedResponse(
        "nginx",
        [
            "HTTP/1.1 200 OK", "Server: nginx/1.22.1", "Date: Mon, 01 Jan 2024 00:00:00 GMT",
            "Content-Type: text/html", "Content-Length: 5", "Connection: keep-alive", "ETag: \"65-2\"",
        ], body: "hello", "200 [OK] http11 length=5 declared=5 keep"),
    RecordedResponse(
        "Apache",
        ["HTTP/1.1 200 OK", "Server: Apache", "Content-Length: 0", "Keep-Alive: timeout=5, max=100"],
        "200 [OK] http11 length=0 declared=0 keep"),
    RecordedResponse(
        "Node", ["HTTP/1.1 200 OK", "Date: x", "Connection: keep-alive", "Transfer-Encoding: chunked"],
        body: "0\r\n\r\n", "200 [OK] http11 chunked keep"),
    RecordedResponse(
        "Python's http.server", ["HTTP/1.0 200 OK", "Server: SimpleHTTP/0.6", "Content-Length: 4"],
        body: "abcd", "200 [OK] http10 length=4 declared=4 close"),
    RecordedResponse(
        "HTTP/1.0 kept alive", ["HTTP/1.0 200 OK", "Connection: keep-alive", "Content-Length: 4"],
        "200 [OK] http10 length=4 declared=4 keep"),
    RecordedResponse(
        "HTTP/1.0 until the end", ["HTTP/1.0 200 OK", "Connection: keep-alive"],
        "200 [OK] http10 until-close close"),
    RecordedResponse("HTTP/1.1 until the end", ["HTTP/1.1 200 OK"], "200 [OK] http11 until-close close"),
    RecordedResponse(
        "closing", ["HTTP/1.1 200 OK", "Connection: close", "Content-Length: 1"], body: "x",
        "200 [OK] http11 length=1 declared=1 close"),
    RecordedResponse(
        "an answer to HEAD", ["HTTP/1.1 200 OK", "Content-Length: 1234"], to: .head,
        "200 [OK] http11 none declared=1234 keep"),
    RecordedResponse(
        "a chunked answer to HEAD", ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"], to: .head,
        "200 [OK] http11 none keep"),
    RecordedResponse("204", ["HTTP/1.1 204 No Content"], to: .delete, "204 [No Content] http11 none keep"),
    RecordedResponse(
        "204 with a length", ["HTTP/1.1 204 No Content", "Content-Length: 0"],
        "204 [No Content] http11 none declared=0 keep"),
    RecordedResponse(
        "304", ["HTTP/1.1 304 Not Modified", "ETag: \"a\"", "Content-Length: 77"],
        "304 [Not Modified] http11 none declared=77 keep"),
    RecordedResponse(
        "100", ["HTTP/1.1 100 Continue"], body: "HTTP/1.1 200 OK\r\n\r\n", to: .post,
        "100 [Continue] http11 none keep interim"),
    RecordedResponse(
        "103", ["HTTP/1.1 103 Early Hints", "Link: </style.css>; rel=preload"],
        "103 [Early Hints] http11 none keep interim"),
    RecordedResponse(
        "101",
        [
            "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        ], body: "\u{81}\u{05}Hello", "101 [Switching Protocols] http11 none close upgrade=websocket"),
    RecordedResponse(
        "no reason phrase", ["HTTP/1.1 200 ", "Content-Length: 0"],
        "200 [] http11 length=0 declared=0 keep"),
    RecordedResponse(
        "no reason phrase nor space", ["HTTP/1.1 200", "Content-Length: 0"],
        "200 [] http11 length=0 declared=0 keep"),
    RecordedResponse(
        "a reason phrase of all sorts", ["HTTP/1.1 599 \tIt\u{e9} failed: 1", "Content-Length: 0"],
        "599 [\tIt\u{e9} failed: 1] http11 length=0 declared=0 keep"),
    RecordedResponse(
        "a redirect", ["HTTP/1.1 302 Found", "Location: /login", "Content-Length: 0"],
        "302 [Found] http11 length=0 declared=0 keep"),
    RecordedResponse(
        "cookies", ["HTTP/1.1 200 OK", "Set-Cookie: a=1; Path=/", "Set-Cookie: b=2", "Content-Length: 2"],
        body: "ok", "200 [OK] http11 length=2 declared=2 keep"),
    RecordedResponse(
        "503", ["HTTP/1.1 503 Service Unavailable", "Retry-After: 1", "Content-Length: 0"],
        "503 [Service Unavailable] http11 length=0 declared=0 keep"),
    RecordedResponse(
        "a server that offers HTTP/2",
        ["HTTP/1.1 200 OK", "Upgrade: h2,h2c", "Connection: Upgrade, close", "Content-Length: 0"],
        "200 [OK] http11 length=0 declared=0 close upgrade=h2,h2c"),
    RecordedResponse(
        "fields that Connection names",
        ["HTTP/1.1 200 OK", "Connection: X-Debug", "X-Debug: 1", "Content-Length: 0"],
        "200 [OK] http11 length=0 declared=0 keep"),
    RecordedResponse(
        "a minor version to come", ["HTTP/1.9 200 OK", "Content-Length: 0"],
        "200 [OK] http11 length=0 declared=0 keep"),
    RecordedResponse("100 as the lowest status", ["HTTP/1.1 199 x"], "199 [x] http11 none keep interim"),
    RecordedResponse(
        "a text/event-stream", ["HTTP/1.1 200 OK", "Content-Type: text/event-stream"],
        body: "data: 1\n\n", "200 [OK] http11 until-close close"),
]
