import Testing

@testable import DemoBackend

@Suite("A demo backend's client that leaves")
struct DepartureTests {
    let backend: RunningBackend
    let client: ScriptedClient

    init() throws {
        var limits = DemoBackend.limits
        limits.idle = .milliseconds(150)
        limits.request = .milliseconds(150)
        backend = try RunningBackend(limits: limits)
        client = try ScriptedClient(port: backend.port)
    }

    @Test("A client that closes or resets during a long delay takes connection and timer with it")
    func goneDuringDelay() throws {
        let other = try ScriptedClient(port: backend.port)
        for leaving in [client, other] { try leaving.request("/?delay=3600000") }
        #expect(backend.becomes(2, \.requestCount))
        #expect(backend.ask(\.connectionCount) == 2)
        client.close()
        other.reset()
        #expect(backend.becomes(0, \.connectionCount))
    }

    @Test("A client that closes during a short delay breaks nothing")
    func goneDuringShortDelay() throws {
        try client.request("/?delay=50")
        #expect(backend.becomes(1, \.requestCount))
        client.close()
        #expect(backend.becomes(0, \.connectionCount))
        #expect(try ScriptedClient(port: backend.port).ask().json["request_id"] == "2")
    }

    @Test("A client that leaves behind a full buffer is noticed during a delay", arguments: [false, true])
    func goneBehindFullBuffer(byReset: Bool) throws {
        try client.request("/?delay=3600000")
        try client.send([UInt8](repeating: 0x47, count: 100_000))
        #expect(backend.becomes(1, \.requestCount))
        if byReset { client.reset() } else { client.close() }
        #expect(backend.becomes(0, \.connectionCount))
    }

    @Test("A client that has ended its stream gets the answers that are due soon")
    func halfClosed() throws {
        try client.request("/?delay=0")
        try client.request("/?delay=60")
        try client.send("GET / HT")
        client.finishSending()
        #expect(try client.response().json["request_id"] == "1")
        #expect(try client.response().json["request_id"] == "2")
        #expect(try client.isEnded())
        #expect(backend.becomes(0, \.connectionCount))
    }

    @Test("A client that leaves within a request is forgotten", arguments: ["", "GET / HT", "POST"])
    func goneWithinRequest(text: String) throws {
        let body = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"
        // Without an idle limit to speak of: it is the end of the stream that must be noticed.
        let backend = try RunningBackend()
        let client = try ScriptedClient(port: backend.port)
        try client.send(text == "POST" ? body : text)
        client.close()
        #expect(backend.becomes(0, \.connectionCount))
        #expect(backend.ask(\.requestCount) == 0)
    }

    @Test("A client that is idle too long is let go without a word")
    func idle() throws {
        #expect(try client.isEnded())
        #expect(backend.becomes(0, \.connectionCount))
    }

    @Test(
        "A client that stops within a request is told so and let go",
        arguments: ["GET / HT", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"])
    func idleWithinRequest(text: String) throws {
        try client.send(text)
        let response = try client.response()
        #expect(response.status == 408)
        #expect(response.json["error"]?.hasSuffix("_timeout") == true)
        #expect(try client.isEnded())
        client.close()
        #expect(backend.becomes(0, \.connectionCount))
    }

    @Test("A client that takes none of its answers is let go")
    func idleReader() throws {
        let slow = try ScriptedClient(port: backend.port, receiveBuffer: 4_096)
        let requests = String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 60_000)
        let sending = slow.sendElsewhere(requests)
        #expect(backend.becomes(true) { $0.requestCount > 0 })
        #expect(backend.becomes(0, \.connectionCount))
        #expect(backend.ask(\.requestCount) ?? .max < 60_000)
        _ = sending.take()
    }

    @Test("A delay is not idleness")
    func delayIsNotIdleness() throws {
        #expect(try client.ask("/?delay=600").status == 200)
        #expect(try client.ask().status == 200)
    }

    @Test("Idle connections end at 75 s unless told otherwise")
    func idleDefault() {
        #expect(DemoBackend.limits.idle == .seconds(75))
    }
}
