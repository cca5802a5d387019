import EventLoop
import Testing

@testable import DemoBackend

@Suite("A demo backend's connection")
struct ConnectionTests {
    let backend: RunningBackend
    let client: ScriptedClient

    init() throws {
        backend = try RunningBackend()
        client = try ScriptedClient(port: backend.port)
    }

    // MARK: Persistence

    @Test("HTTP/1.1 keeps the connection, until the client asks to close it")
    func keepAlive() throws {
        for id in 1...3 { #expect(try client.ask().json["request_id"] == "\(id)") }
        let last = try client.ask(fields: "Connection: close\r\n")
        #expect(last.fields["connection"] == "close")
        #expect(try client.isEnded())
        #expect(backend.becomes(0, \.connectionCount))
    }

    @Test("HTTP/1.0 ends the connection, unless the client asks to keep it")
    func oldVersion() throws {
        try client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(try client.response().fields["connection"] == "keep-alive")
        try client.send("GET / HTTP/1.0\r\n\r\n")
        #expect(try client.response().fields["connection"] == "close")
        #expect(try client.isEnded())
    }

    @Test("What a client sends behind its last request does not destroy the answer")
    func bytesBehindLastRequest() throws {
        let rest = String(repeating: "x", count: 60_000)
        try client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + rest)
        #expect(try client.response().status == 200)
        #expect(try client.isEnded())
        client.close()
        #expect(backend.becomes(0, \.connectionCount))
    }

    // MARK: Pipelining

    @Test("Pipelined requests are answered in order, whatever their delays")
    func pipelining() throws {
        let delays = [40, 0, 20, 0, 1]
        try client.send(delays.map { "GET /?delay=\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
        for (index, delay) in delays.enumerated() {
            let json = try client.response().json
            #expect(json["request_id"] == "\(index + 1)")
            #expect(json["applied_delay_ms"] == "\(delay)")
        }
    }

    @Test("A request may come in pieces")
    func pieces() throws {
        for byte in "\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n".utf8 { try client.send([byte]) }
        #expect(try client.response().status == 200)
        #expect(try client.ask().json["request_id"] == "1")
    }

    @Test("While a request is delayed, no more than the buffers is taken of those behind it")
    func inputIsBounded() throws {
        try client.request("/?delay=3600000")
        let requests = Array(String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 2_000).utf8)
        // The kernels of both sides take some megabytes; a server without a bound would take it all.
        let bound = 256 << 20
        var sent = 0
        var refusals = 0
        _ = poll {
            let count = client.sendWithoutWaiting(requests)
            sent += count
            refusals = count == 0 ? refusals + 1 : 0
            return refusals == 100 || sent > bound
        }
        #expect(sent < bound)
        #expect(backend.ask(\.requestCount) == 1)
    }

    @Test("A client that does not read its answers is made to wait, and loses none")
    func outputIsBounded() throws {
        let total = 30_000
        let slow = try ScriptedClient(port: backend.port, receiveBuffer: 4_096)
        let sending = slow.sendElsewhere(
            String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: total))
        var (last, repeats) = (-1, 0)
        let isStuck = poll {
            let count = backend.ask(\.requestCount) ?? 0
            repeats = count == last && count > 0 ? repeats + 1 : 0
            last = count
            return repeats == 50
        }
        #expect(isStuck)
        #expect(last < total)
        for id in 1...total {
            guard try slow.response().json["request_id"] == "\(id)" else {
                Issue.record("the answer to request \(id) is missing")
                break
            }
        }
        #expect(sending.take())
    }

    // MARK: Bodies

    @Test("A body is read and thrown away before the answer, and the next request follows it")
    func body() throws {
        for length in [0, 1, 16_384, 300_000] {
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n")
            try client.send([UInt8](repeating: 0x47, count: length))
            #expect(try client.response().status == 200)
        }
        #expect(try client.ask().json["request_id"] == "5")
    }

    @Test("A body is awaited before its request is counted and answered")
    func bodyIsAwaited() throws {
        try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345")
        let other = try ScriptedClient(port: backend.port)
        #expect(try other.ask().json["request_id"] == "1")
        try client.send("67890")
        #expect(try client.response().json["request_id"] == "2")
    }

    @Test("A chunked body is read to its end, with its trailers")
    func chunkedBody() throws {
        let chunk = "4e20;name=value\r\n" + String(repeating: "c", count: 20_000) + "\r\n"
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        try client.send(head + chunk + chunk + "0\r\nX-Sum: 1\r\n\r\n" + head + "0\r\n\r\n")
        #expect(try client.response().json["request_id"] == "1")
        #expect(try client.response().json["request_id"] == "2")
        for byte in (head + "3\r\nabc\r\n0\r\n\r\n").utf8 { try client.send([byte]) }
        #expect(try client.response().json["request_id"] == "3")
        #expect(try client.ask().json["request_id"] == "4")
    }

    @Test("A malformed chunk is refused, and ends the connection")
    func malformedChunk() throws {
        try client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")
        #expect(try client.response().status == 400)
        #expect(try client.isEnded())
    }

    @Test("A client that waits for leave to send its body gets it")
    func expectation() throws {
        try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        #expect(try client.response().status == 100)
        try client.send("ab")
        #expect(try client.response().status == 200)
    }

    // MARK: Refusals

    @Test(
        "What is no request is refused, and ends the connection",
        arguments: [
            ("GET / HTTP/1.1\r\n\r\n", 400), ("nonsense\r\n\r\n", 400), ("GET / HTTP/2.0\r\n\r\n", 505),
            ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 405),
            ("GET / HTTP/1.1\r\nHost: a\r\nEndless: ", 431), ("GET /endless", 414),
        ])
    func malformed(text: String, status: Int) throws {
        // Bytes that nobody will read follow, so that a hasty close would be a reset.
        try client.send(text + String(repeating: "y", count: 50_000))
        let response = try client.response()
        #expect(response.status == status)
        #expect(response.fields["connection"] == "close")
        #expect(response.json["error"]?.hasPrefix("refused: ") == true)
        #expect(try client.isEnded())
        client.close()
        #expect(backend.becomes(0, \.connectionCount))
        #expect(backend.ask(\.requestCount) == 0)
    }
}
