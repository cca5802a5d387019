/// A request as clients send it, with what it means.
struct RecordedRequest: Sendable, CustomStringConvertible {
    let description: String
    let text: String
    let meaning: String

    /// The lines of the head, and what follows it.
    init(_ description: String, _ lines: [String], body: String = "", _ meaning: String) {
        self.description = description
        text = head(lines) + body
        self.meaning = meaning
    }

    /// A text that is not only lines.
    init(_ description: String, raw: String, _ meaning: String) {
        self.description = description
        text = raw
        self.meaning = meaning
    }
}

let recordedRequests: [RecordedRequest] = clientRequests + framedRequests + targetRequests + fieldRequests

private let clientRequests: [RecordedRequest] = [
    RecordedRequest(
        "curl",
        ["GET /index.html HTTP/1.1", "Host: localhost:8080", "User-Agent: curl/7.88.1", "Accept: */*"],
        "GET get /index.html origin path=/index.html http11 host=localhost:8080 none keep"),
    RecordedRequest(
        "curl --http1.0", ["GET / HTTP/1.0", "Host: localhost", "User-Agent: curl/7.88.1", "Accept: */*"],
        "GET get / origin path=/ http10 host=localhost none close"),
    RecordedRequest(
        "curl -I", ["HEAD /a HTTP/1.1", "Host: 127.0.0.1:9001", "User-Agent: curl/7.88.1", "Accept: */*"],
        "HEAD head /a origin path=/a http11 host=127.0.0.1:9001 none keep"),
    RecordedRequest(
        "curl -d",
        [
            "POST /form HTTP/1.1", "Host: localhost", "User-Agent: curl/7.88.1", "Accept: */*",
            "Content-Length: 7", "Content-Type: application/x-www-form-urlencoded",
        ], body: "a=1&b=2", "POST post /form origin path=/form http11 host=localhost length=7 keep"),
    RecordedRequest(
        "curl -T of a large file",
        [
            "PUT /upload/big.bin HTTP/1.1", "Host: localhost", "User-Agent: curl/7.88.1", "Accept: */*",
            "Content-Length: 10737418240", "Expect: 100-continue",
        ],
        "PUT put /upload/big.bin origin path=/upload/big.bin http11 host=localhost length=10737418240 keep expect"
    ),
    RecordedRequest(
        "curl -T from a pipe",
        [
            "PUT /p HTTP/1.1", "Host: localhost", "Accept: */*", "Transfer-Encoding: chunked",
            "Expect: 100-continue",
        ], body: "3\r\nabc\r\n0\r\n\r\n",
        "PUT put /p origin path=/p http11 host=localhost chunked keep expect"),
    RecordedRequest(
        "a browser's page",
        [
            "GET /assets/app.js?v=20240501&lang=en HTTP/1.1", "Host: shop.example.test",
            "Connection: keep-alive",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0",
            "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
            "Sec-Fetch-Site: same-origin", "Referer: https://shop.example.test/products?page=2",
            "Accept-Encoding: gzip, deflate, br, zstd", "Accept-Language: en-US,en;q=0.9",
            "Cookie: session=3f1c9a7e5d2b; theme=dark",
        ],
        "GET get /assets/app.js?v=20240501&lang=en origin path=/assets/app.js?v=20240501&lang=en http11 host=shop.example.test none keep"
    ),
    RecordedRequest(
        "a browser's WebSocket",
        [
            "GET /chat HTTP/1.1", "Host: localhost:8080", "Connection: Upgrade", "Pragma: no-cache",
            "Upgrade: websocket", "Origin: http://localhost:8080", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        ], "GET get /chat origin path=/chat http11 host=localhost:8080 none keep upgrade=websocket"),
    RecordedRequest(
        "Firefox's WebSocket",
        ["GET /s HTTP/1.1", "Host: h", "Connection: keep-alive, Upgrade", "Upgrade: websocket"],
        "GET get /s origin path=/s http11 host=h none keep upgrade=websocket"),
    RecordedRequest(
        "an upgrade to HTTP/2 in the clear",
        [
            "GET / HTTP/1.1", "Host: h", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
        ], "GET get / origin path=/ http11 host=h none keep upgrade=h2c"),
    RecordedRequest(
        "ab", ["GET / HTTP/1.0", "Host: 127.0.0.1:8080", "User-Agent: ApacheBench/2.3", "Accept: */*"],
        "GET get / origin path=/ http10 host=127.0.0.1:8080 none close"),
    RecordedRequest(
        "ab -k",
        [
            "GET / HTTP/1.0", "Connection: Keep-Alive", "Host: 127.0.0.1:8080", "User-Agent: ApacheBench/2.3",
        ], "GET get / origin path=/ http10 host=127.0.0.1:8080 none keep"),
    RecordedRequest(
        "wrk", ["GET / HTTP/1.1", "Host: 127.0.0.1:8080"],
        "GET get / origin path=/ http11 host=127.0.0.1:8080 none keep"),
    RecordedRequest(
        "hey",
        [
            "GET / HTTP/1.1", "Host: 127.0.0.1:8080", "User-Agent: hey/0.0.1", "Content-Type: text/html",
            "Accept-Encoding: gzip",
        ], "GET get / origin path=/ http11 host=127.0.0.1:8080 none keep"),
    RecordedRequest(
        "Python requests",
        [
            "GET /get HTTP/1.1", "Host: localhost:5000", "User-Agent: python-requests/2.31.0",
            "Accept-Encoding: gzip, deflate", "Accept: */*", "Connection: keep-alive",
        ], "GET get /get origin path=/get http11 host=localhost:5000 none keep"),
    RecordedRequest(
        "Python http.client with lower-case names",
        ["GET / HTTP/1.1", "host: localhost", "accept-encoding: identity"],
        "GET get / origin path=/ http11 host=localhost none keep"),
    RecordedRequest(
        "Go's client",
        ["GET /x HTTP/1.1", "Host: svc", "User-Agent: Go-http-client/1.1", "Accept-Encoding: gzip"],
        "GET get /x origin path=/x http11 host=svc none keep"),
    RecordedRequest(
        "Node's fetch",
        [
            "POST /api HTTP/1.1", "host: localhost:3000", "connection: keep-alive",
            "content-type: application/json", "accept: */*", "user-agent: node", "content-length: 2",
        ], body: "{}", "POST post /api origin path=/api http11 host=localhost:3000 length=2 keep"),
    RecordedRequest(
        "a health check of HAProxy", ["OPTIONS / HTTP/1.0"],
        "OPTIONS options / origin path=/ http10 host=- none close"),
    RecordedRequest(
        "a check by Kubernetes",
        [
            "GET /healthz HTTP/1.1", "Host: 10.1.2.3:8080", "User-Agent: kube-probe/1.29", "Accept: */*",
            "Connection: close",
        ], "GET get /healthz origin path=/healthz http11 host=10.1.2.3:8080 none close"),
    RecordedRequest(
        "wget",
        [
            "GET /f HTTP/1.1", "User-Agent: Wget/1.21.3", "Accept: */*", "Accept-Encoding: identity",
            "Host: localhost", "Connection: Keep-Alive",
        ], "GET get /f origin path=/f http11 host=localhost none keep"),
    RecordedRequest(
        "a request from behind two proxies",
        [
            "GET / HTTP/1.1", "Host: h", "X-Forwarded-For: 203.0.113.9, 10.0.0.1",
            "X-Forwarded-Proto: https", "X-Forwarded-Host: public.example.test", "X-Request-ID: 7f3a",
            "Forwarded: for=203.0.113.9;proto=https", "Via: 1.1 edge",
        ], "GET get / origin path=/ http11 host=h none keep"),
]

private let framedRequests: [RecordedRequest] = [
    RecordedRequest(
        "a length of zero", ["POST / HTTP/1.1", "Host: h", "Content-Length: 0"],
        "POST post / origin path=/ http11 host=h length=0 keep"),
    RecordedRequest(
        "a length with zeros before it", ["POST / HTTP/1.1", "Host: h", "Content-Length: 0007"],
        "POST post / origin path=/ http11 host=h length=7 keep"),
    RecordedRequest(
        "the largest length", ["POST / HTTP/1.1", "Host: h", "Content-Length: 9223372036854775807"],
        "POST post / origin path=/ http11 host=h length=9223372036854775807 keep"),
    RecordedRequest(
        "a GET with a body", ["GET / HTTP/1.1", "Host: h", "Content-Length: 3"], body: "abc",
        "GET get / origin path=/ http11 host=h length=3 keep"),
    RecordedRequest(
        "chunked in capitals", ["POST / HTTP/1.1", "Host: h", "TRANSFER-ENCODING: CHUNKED"],
        "POST post / origin path=/ http11 host=h chunked keep"),
    RecordedRequest(
        "chunked with trailers announced",
        ["POST / HTTP/1.1", "Host: h", "Trailer: X-Sum", "TE: trailers", "Transfer-Encoding:\tchunked \t"],
        "POST post / origin path=/ http11 host=h chunked keep"),
    RecordedRequest(
        "an expectation without a body", ["GET / HTTP/1.1", "Host: h", "Expect: 100-Continue"],
        "GET get / origin path=/ http11 host=h none keep"),
    RecordedRequest(
        "an expectation with an empty body",
        ["PUT / HTTP/1.1", "Host: h", "Content-Length: 0", "Expect: 100-continue"],
        "PUT put / origin path=/ http11 host=h length=0 keep"),
    RecordedRequest(
        "an expectation in HTTP/1.0",
        ["POST / HTTP/1.0", "Content-Length: 1", "Expect: 100-continue"],
        "POST post / origin path=/ http10 host=- length=1 close"),
    RecordedRequest(
        "two pipelined requests", ["GET /1 HTTP/1.1", "Host: h"], body: "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET get /1 origin path=/1 http11 host=h none keep"),
]

private let targetRequests: [RecordedRequest] = [
    RecordedRequest(
        "an absolute target", ["GET http://a.test:81/p?q HTTP/1.1", "Host: b.test"],
        "GET get http://a.test:81/p?q absolute path=/p?q http11 host=a.test:81 none keep"),
    RecordedRequest(
        "an absolute target without a path", ["GET HTTP://a.test HTTP/1.1", "Host: a.test"],
        "GET get HTTP://a.test absolute path= http11 host=a.test none keep"),
    RecordedRequest(
        "an absolute target with a query alone", ["GET http://a.test?q=1 HTTP/1.1", "Host: a.test"],
        "GET get http://a.test?q=1 absolute path=?q=1 http11 host=a.test none keep"),
    RecordedRequest(
        "an absolute target without Host in HTTP/1.0", ["GET http://a.test/ HTTP/1.0"],
        "GET get http://a.test/ absolute path=/ http10 host=a.test none close"),
    RecordedRequest(
        "OPTIONS *", ["OPTIONS * HTTP/1.1", "Host: h"],
        "OPTIONS options * asterisk path=* http11 host=h none keep"),
    RecordedRequest(
        "an IPv6 host", ["GET / HTTP/1.1", "Host: [2001:db8::1]:8080"],
        "GET get / origin path=/ http11 host=[2001:db8::1]:8080 none keep"),
    RecordedRequest(
        "an IPv6 host with an IPv4 tail", ["GET / HTTP/1.1", "Host: [::ffff:192.0.2.1]"],
        "GET get / origin path=/ http11 host=[::ffff:192.0.2.1] none keep"),
    RecordedRequest(
        "a path with everything a browser sends",
        ["GET //a/../b;c=d/%7Bx%7D?q={\"a\"|^`<>\\[]}&r=~!@$%'()*+,;: HTTP/1.1", "Host: h"],
        "GET get //a/../b;c=d/%7Bx%7D?q={\"a\"|^`<>\\[]}&r=~!@$%'()*+,;: origin path=//a/../b;c=d/%7Bx%7D?q={\"a\"|^`<>\\[]}&r=~!@$%'()*+,;: http11 host=h none keep"
    ),
    RecordedRequest(
        "an empty line before the request", raw: "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET get / origin path=/ http11 host=h none keep"),
]

private let fieldRequests: [RecordedRequest] = [
    RecordedRequest(
        "an unknown method", ["PROPFIND /dav HTTP/1.1", "Host: h"],
        "PROPFIND other /dav origin path=/dav http11 host=h none keep"),
    RecordedRequest(
        "a method in lower case", ["get / HTTP/1.1", "Host: h"],
        "get other / origin path=/ http11 host=h none keep"),
    RecordedRequest(
        "a method of odd characters", ["!#$%&'*+-.^_`|~09aZ / HTTP/1.1", "Host: h"],
        "!#$%&'*+-.^_`|~09aZ other / origin path=/ http11 host=h none keep"),
    RecordedRequest(
        "PATCH and DELETE's kin", ["PATCH / HTTP/1.1", "Host: h", "Content-Length: 1"],
        "PATCH patch / origin path=/ http11 host=h length=1 keep"),
    RecordedRequest(
        "DELETE", ["DELETE /a/1 HTTP/1.1", "Host: h"],
        "DELETE delete /a/1 origin path=/a/1 http11 host=h none keep"),
    RecordedRequest(
        "a minor version to come", ["GET / HTTP/1.2", "Host: h"],
        "GET get / origin path=/ http11 host=h none keep"),
    RecordedRequest(
        "values with tabs, spaces, high bytes and nothing",
        ["GET / HTTP/1.1", "Host:h", "A:", "B: \t ", "C: a\tb  c\t", "D: \u{80}\u{ff} x", "E:e"],
        "GET get / origin path=/ http11 host=h none keep"),
    RecordedRequest(
        "long values on both sides of a machine word",
        [
            "GET / HTTP/1.1", "Host: h", "A: 1234567", "B: 12345678", "C: 123456789",
            "D: 12345678\t12345678\t1",
        ],
        "GET get / origin path=/ http11 host=h none keep"),
    RecordedRequest(
        "fields that Connection names",
        ["GET / HTTP/1.1", "Host: h", "x-secret: 1", "Connection: close, X-Secret,, X-Other", "X-Third: 2"],
        "GET get / origin path=/ http11 host=h none close"),
    RecordedRequest(
        "Connection twice, one of them odd",
        ["GET / HTTP/1.0", "Connection: keep-alive", "Connection: \"x\" y", "Proxy-Connection: close"],
        "GET get / origin path=/ http10 host=- none keep"),
    RecordedRequest(
        "close wins over keep-alive", ["GET / HTTP/1.1", "Host: h", "Connection: Keep-Alive, CLOSE"],
        "GET get / origin path=/ http11 host=h none close"),
    RecordedRequest(
        "Upgrade that Connection does not name", ["GET / HTTP/1.1", "Host: h", "Upgrade: websocket"],
        "GET get / origin path=/ http11 host=h none keep"),
    RecordedRequest(
        "Upgrade in HTTP/1.0", ["GET / HTTP/1.0", "Connection: upgrade", "Upgrade: websocket"],
        "GET get / origin path=/ http10 host=- none close"),
    RecordedRequest(
        "names with underscores",
        ["GET / HTTP/1.1", "Host: h", "X_Forwarded_For: 1.2.3.4", "content_length: 9", "my_field: 1"],
        "GET get / origin path=/ http11 host=h none keep"),
    RecordedRequest(
        "a name longer than any known one",
        ["GET / HTTP/1.1", "Host: h", "Access-Control-Request-Private-Network-And-More: true"],
        "GET get / origin path=/ http11 host=h none keep"),
    RecordedRequest(
        "a name that begins like a known one",
        ["GET / HTTP/1.1", "Host: h", "Content-Lengthy: x", "Hos: t", "Transfer-Encodin: chunked"],
        "GET get / origin path=/ http11 host=h none keep"),
]
