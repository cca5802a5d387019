import TestSupport
import Testing

@testable import DemoBackend

@Suite("A demo backend that shuts down")
struct ShutdownTests {
    let backend: RunningBackend
    let client: ScriptedClient

    init() throws {
        backend = try RunningBackend()
        client = try ScriptedClient(port: backend.port)
    }

    /// Begins the shutdown; the answer comes when the backend is empty, and let go of.
    private func shutDown() -> Handover<Bool> {
        let isEmpty = Handover<Bool>()
        backend.tell { inside in
            inside.backend?.shutDown {
                inside.backend = nil
                isEmpty.give(true)
            }
        }
        return isEmpty
    }

    @Test("Without connections it is empty at once")
    func empty() throws {
        client.close()
        #expect(backend.becomes(0, \.connectionCount))
        #expect(shutDown().take())
    }

    @Test("Idle connections are closed, and new ones refused")
    func idle() throws {
        #expect(try client.ask().status == 200)
        let isEmpty = shutDown()
        #expect(try client.isEnded())
        #expect(isEmpty.take())
        #expect(throws: ScriptedClient.Failure.self) { try ScriptedClient(port: backend.port) }
    }

    @Test("A request in its delay is answered, and told that the connection ends")
    func inFlight() throws {
        try client.request("/?delay=150")
        try client.request("/")
        #expect(backend.becomes(1, \.requestCount))
        let isEmpty = shutDown()
        #expect(backend.ask(\.isShuttingDown) == true)
        #expect(throws: ScriptedClient.Failure.self) { try ScriptedClient(port: backend.port) }
        let response = try client.response()
        #expect(response.json["request_id"] == "1")
        #expect(response.fields["connection"] == "close")
        #expect(try client.isEnded())
        client.close()
        #expect(isEmpty.take())
    }

    @Test("A request that has begun to come is answered")
    func begun() throws {
        try client.send("GET / HTTP/1.1\r\nHost:")
        let idle = try ScriptedClient(port: backend.port)
        #expect(try idle.ask().status == 200)
        let isEmpty = shutDown()
        #expect(try idle.isEnded())
        try client.send(" a\r\n\r\n")
        #expect(try client.response().fields["connection"] == "close")
        #expect(try client.isEnded())
        #expect(isEmpty.take())
    }

    @Test("A client whose connection waits to be accepted is answered too")
    func waiting() throws {
        let entered = Handover<Bool>()
        let goOn = Handover<Bool>()
        let isEmpty = Handover<Bool>()
        backend.tell { inside in
            entered.give(true)
            _ = goOn.take()
            inside.backend?.shutDown { isEmpty.give(true) }
        }
        _ = entered.take()
        let late = try ScriptedClient(port: backend.port)
        try late.request()
        goOn.give(true)
        #expect(try late.response().status == 200)
        #expect(try late.isEnded())
        #expect(isEmpty.take())
    }

    @Test("A backend that is let go of closes its connections")
    func release() throws {
        try client.request("/?delay=3600000")
        #expect(backend.becomes(1, \.requestCount))
        backend.tell { inside in
            guard let backend = inside.backend else { return }
            inside.loop.retire(backend)
            inside.backend = nil
        }
        #expect(try client.isEnded())
    }

    @Test("A backend that is let go of in the middle of pipelined requests ends them")
    func releaseWhileBusy() throws {
        let requests = String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 30_000)
        let sending = client.sendElsewhere(requests)
        for _ in 0..<1_000 { _ = try client.response() }
        backend.tell { inside in
            guard let backend = inside.backend else { return }
            inside.loop.retire(backend)
            inside.backend = nil
        }
        #expect(throws: ScriptedClient.Failure.self) {
            for _ in 0..<30_000 { _ = try client.response() }
        }
        _ = sending.take()
    }
}
