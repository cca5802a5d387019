import EventLoop
import LoadTesting
import Sockets
import TestSupport
import Testing

/// The bytes that a target gets.
@Suite struct RequestTests {
    private let loop: EventLoop
    private let server: ScriptedServer

    init() throws {
        loop = try EventLoop()
        server = try ScriptedServer()
    }

    private func request(_ plan: LoadPlan) throws -> String {
        let trial = try Trial(plan, on: loop)
        trial.test?.start()
        let whole = try loop.run { server.last?.received.contains("\r\n\r\n") == true }
        #expect(whole)
        let text = server.last?.received ?? ""
        trial.cancel()
        _ = try trial.end()
        return text
    }

    @Test func aPlainRequestIsSmall() throws {
        #expect(
            try request(.to(server.address, .requests(1)))
                == "GET / HTTP/1.1\r\nHost: test\r\nUser-Agent: evenkeel-load\r\nAccept: */*\r\n\r\n")
    }

    @Test func aConnectionForEachRequestIsAnnounced() throws {
        #expect(
            try request(.to(server.address, .requests(1), keepAlive: false)).hasSuffix(
                "Connection: close\r\n\r\n"))
    }

    @Test func aBodyIsSentWithItsLength() throws {
        let text = try request(.to(server.address, method: "POST", body: Array("a=b".utf8), .requests(1)))
        #expect(text.hasPrefix("POST / HTTP/1.1\r\n"))
        #expect(text.hasSuffix("Content-Length: 3\r\n\r\na=b"))
    }

    @Test func aPostWithoutABodySaysSo() throws {
        #expect(
            try request(.to(server.address, method: "POST", .requests(1))).contains("Content-Length: 0\r\n"))
    }

    @Test func aDeleteWithoutABodySaysNothingOfOne() throws {
        #expect(try !request(.to(server.address, method: "DELETE", .requests(1))).contains("Content-Length"))
    }

    @Test func anIdentifierIsSentWithEachRequest() throws {
        let plan = try LoadPlan(
            target: server.address, host: "test", headers: [.init("X-A", "1")], requestID: "load-test-1-a",
            amount: .requests(1))
        #expect(try request(plan).hasSuffix("X-Request-ID: load-test-1-a\r\nX-A: 1\r\n\r\n"))
    }

    @Test func fieldsOfThePlanReplaceOurs() throws {
        let plan = try LoadPlan(
            target: server.address, host: "web:80", path: "/a?b=c",
            headers: [.init("user-agent", "me"), .init("X-A", "1"), .init("X-A", "2")], amount: .requests(1))
        #expect(
            try request(plan)
                == "GET /a?b=c HTTP/1.1\r\nHost: web:80\r\nAccept: */*\r\nuser-agent: me\r\nX-A: 1\r\nX-A: 2\r\n\r\n"
        )
    }
}
