import Balancing
import Glibc
import Sockets
import TestSupport
import Testing

@testable import Proxy

/// What a client is told when it does not go well, and which server is asked then.
@Suite struct ExchangeFailureTests {
    let server: ScriptedServer

    init() throws {
        server = try ScriptedServer()
    }

    private func status(_ client: Peer) -> String { String(client.received.prefix(12).suffix(3)) }

    // MARK: The request is refused

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", "400", "missing_host"),
        ("GET  / HTTP/1.1\r\n\r\n", "400", "invalid_target"),
        ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "405", "connect_refused"),
        ("GET /" + String(repeating: "a", count: 9000) + " HTTP/1.1\r\n", "414", "request_line_too_long"),
        ("GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", "417", "unsupported_expectation"),
        ("GET / HTTP/1.1\r\nA: " + String(repeating: "a", count: 17_000), "431", "head_too_large"),
        ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n", "501", "unsupported_transfer_coding"),
        ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", "505", "unsupported_version"),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n", "413", "request_body_too_large"
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "400",
            "invalid_chunk_size"
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n"
                + String(repeating: "x", count: 1001) + "\r\n", "413", "request_body_too_large"
        ),
    ])
    func aBadRequestIsRefusedAndItsConnectionEnds(request: String, code: String, word: String) throws {
        let scene = try Scene(server.address, http: .patient { $0.requestBody = 1000 })
        let client = try scene.admittedClient()
        client.send(request)
        try scene.until { client.isEnded }
        #expect(status(client) == code)
        #expect(client.received.contains("\r\nConnection: close\r\n"))
        #expect(client.received.contains(": \(word): "))
        #expect(server.count == 0)
        client.close()
        try scene.expectQuiet(word)
        let record = try #require(scene.records.first)
        #expect(record.attempts == 0 && record.server == nil && record.status == Int(code))
        #expect(record.request.method == String(request.prefix { $0 != " " }))
    }

    @Test func aBodyThatGrowsOverTheLimitIsRefusedWithoutABlameForTheServer() throws {
        let scene = try Scene(server.address, http: .patient { $0.requestBody = 1000 })
        let (client, upstream) = try scene.asking(
            server, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.send("3e9\r\n" + String(repeating: "x", count: 1001) + "\r\n")
        try scene.until { client.isEnded }
        #expect(status(client) == "413")
        try scene.until { upstream.isOver }
        #expect(scene.server(0).failures == 0)
        client.close()
        try scene.expectQuiet("request_body_too_large")
    }

    @Test func brokenFramingAfterItsBeginningCutsBothSides() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(
            server, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        try scene.send("1\r\nx\r\n", from: client, until: upstream, endsWith: "1\r\nx\r\n")
        client.send("nonsense\r\n")
        try scene.until { client.failure != nil && upstream.isOver }
        #expect(!upstream.received.hasSuffix("0\r\n\r\n"))
        try scene.expectQuiet("invalid_chunk_size")
    }

    @Test func whatARefusedClientSendsIsReadAndForgotten() throws {
        let scene = try Scene(server.address, http: .patient())
        let client = try scene.admittedClient()
        client.send("BAD\r\n\r\n")
        let text = String(repeating: "x", count: 1 << 20)
        var sent = 0
        try scene.until {
            sent += client.sendWhatFits(text)
            return sent >= 8 << 20
        }
        #expect(client.failure == nil)
        #expect(status(client) == "400")
        client.close()
        try scene.expectQuiet("invalid_method")
    }

    // MARK: No server

    @Test func aGoodRequestThatNobodyCanServeKeepsItsConnection() throws {
        let scene = try Scene(server.address, http: .patient())
        scene.pool.setAdministrativeState(.disabled, of: ServerID(0), at: scene.loop.now)
        let client = try scene.admittedClient()
        try scene.send(Message.post, from: client, until: client, endsWith: "draining\n")
        #expect(status(client) == "503")
        scene.pool.setAdministrativeState(.enabled, of: ServerID(0), at: scene.loop.now)
        client.send(Message.get)
        try scene.until { server.last?.hasHead == true }
        try scene.send(Message.ok, from: try #require(server.last), until: client, endsWith: "ok")
        client.close()
        try scene.expectQuiet("no_server_eligible", "none")
    }

    @Test func aServerThatRefusesIsFollowedByAnother() throws {
        let scene = try Scene(RefusingServer().address, server.address, http: .patient())
        let (client, upstream) = try scene.asking(server, Message.post)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        #expect(scene.server(0).failures == 1 && scene.server(0).inFlight == 0)
        client.close()
        try scene.expectQuiet("none")
        #expect(scene.records.first?.attempts == 2)
    }

    @Test func aServerThatRefusesAtOnceIsFollowedByAnother() throws {
        let nobody = try Endpoint("unix:/nonexistent/socket").resolve()
        let scene = try Scene(nobody, server.address, http: .patient())
        let (client, upstream) = try scene.asking(server, Message.post)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        client.close()
        try scene.expectQuiet("none")
    }

    @Test(arguments: [false, true])
    func whereAllRefuseTheClientIsTold(atOnce: Bool) throws {
        let nobody = try Endpoint("unix:/nonexistent/socket").resolve()
        let refusing = try (0..<2).map { _ in try RefusingServer() }
        let scene =
            atOnce
            ? try Scene(nobody, nobody, http: .patient())
            : try Scene(refusing[0].address, refusing[1].address, http: .patient())
        let client = try scene.admittedClient()
        try scene.send(Message.get, from: client, until: client, endsWith: "took the connection\n")
        #expect(status(client) == "503")
        client.close()
        try scene.expectQuiet("connect_failed")
        #expect(scene.records.first?.attempts == 2)
    }

    @Test func aServerThatDoesNotTakeTheConnectionInTimeIsLeft() throws {
        let silent = try SilentServer()
        let scene = try Scene(silent.address, connectTimeout: HTTPLimits.short, http: .patient())
        let client = try scene.admittedClient()
        try scene.send(Message.get, from: client, until: client, endsWith: "in time\n")
        #expect(status(client) == "504")
        client.close()
        try scene.expectQuiet("connect_timeout")
    }

    // MARK: Servers that leave without a word

    @Test(arguments: ["GET", "PUT"], [true, false])
    func whatMayBeRepeatedGoesToAnotherServer(method: String, isReset: Bool) throws {
        let other = try ScriptedServer()
        let scene = try Scene(server.address, other.address, http: .patient())
        let request = "\(method) / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
        let (client, upstream) = try scene.asking(server, request)
        isReset ? upstream.reset() : upstream.close()
        try scene.until { other.last?.received.hasSuffix("\r\n\r\nbody") == true }
        try scene.send(Message.ok, from: try #require(other.last), until: client, endsWith: "ok")
        #expect(scene.server(0).failures == 1)
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func whatMustNotBeRepeatedIsAnswered502() throws {
        let other = try ScriptedServer()
        let scene = try Scene(server.address, other.address, http: .patient())
        let (client, upstream) = try scene.asking(server, Message.post)
        upstream.close()
        try scene.until { client.hasHead }
        #expect(status(client) == "502")
        #expect(other.count == 0)
        client.close()
        try scene.expectQuiet("server_closed")
    }

    @Test func aBodyThatWentOnIsNotRepeated() throws {
        let other = try ScriptedServer()
        let scene = try Scene(server.address, other.address, http: .patient())
        let (client, upstream) = try scene.asking(
            server, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n")
        try scene.send("bo", from: client, until: upstream, endsWith: "bo")
        upstream.close()
        try scene.until { client.isEnded }
        #expect(status(client) == "502")
        #expect(other.count == 0)
        client.close()
        try scene.expectQuiet("server_closed")
    }

    @Test func aBodyThatHasNotBegunIsNoReasonNotToRepeat() throws {
        let other = try ScriptedServer()
        let scene = try Scene(server.address, other.address, http: .patient())
        let (client, upstream) = try scene.asking(
            server, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n")
        upstream.close()
        try scene.until { other.last?.hasHead == true }
        let next = try #require(other.last)
        try scene.send("body", from: client, until: next, endsWith: "\r\n\r\nbody")
        try scene.send(Message.ok, from: next, until: client, endsWith: "ok")
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func aKeptConnectionThatDiedIsReplacedWithoutABlame() throws {
        let other = try ScriptedServer()
        let scene = try Scene(server.address, other.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        scene.pool.setAdministrativeState(.disabled, of: ServerID(1), at: scene.loop.now)
        client.send(Message.get)
        try scene.until { upstream.received.components(separatedBy: "GET / ").count == 3 }
        upstream.close()
        try scene.until { server.count == 2 && server.last?.hasHead == true }
        try scene.send(
            Message.ok, from: try #require(server.last), until: client, endsWith: Message.ok + Message.ok)
        #expect(scene.server(0).failures == 0)
        client.close()
        try scene.expectQuiet("none", "none")
        #expect(scene.records.first?.isReused == false)
    }

    @Test func afterAnInterimAnswerNothingIsRepeated() throws {
        let other = try ScriptedServer()
        let scene = try Scene(server.address, other.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        try scene.send(
            "HTTP/1.1 103 Early Hints\r\n\r\n", from: upstream, until: client, endsWith: "\r\n\r\n")
        upstream.close()
        try scene.until { client.received.contains(" 502 ") }
        #expect(other.count == 0)
        client.close()
        try scene.expectQuiet("server_closed")
    }

    // MARK: Bad answers

    /// Whether the answer is held against its server, or could be understood, so that to refuse it is our choice.
    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\nzz\r\n", true),
        ("garbage\r\n\r\n", true), ("HTTP/1.1 200 OK\rContent-Length: 0\r\n\r\n", true),
        (Message.switching, true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", false),
        ("HTTP/1.1 200 OK\r\nA: " + String(repeating: "a", count: 17_000), false),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", false),
        ("HTTP/1.1 200 OK\r\nA: \u{01}\r\n\r\n", false),
    ])
    func aBadAnswerIsA502(answer: String, isHeldAgainstTheServer: Bool) throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        upstream.send(answer)
        try scene.until { client.hasHead }
        #expect(status(client) == "502")
        try scene.until { upstream.isOver }
        #expect(scene.server(0).failures == (isHeldAgainstTheServer ? 1 : 0))
        client.close()
        try scene.expectQuiet("bad_response")
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n0\r\nX: 1\r\n",
    ])
    func aCutAnswerIsCut(answer: String) throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        upstream.send(answer)
        try scene.until { client.receivedCount > 0 || client.failure != nil }
        upstream.close()
        try scene.until { client.failure != nil }
        #expect(!client.received.hasSuffix("0\r\n\r\n"))
        #expect(scene.server(0).failures == 1)
        try scene.expectQuiet("response_cut")
        #expect(scene.counters.serverAborted == 1)
    }

    @Test func brokenFramingThatComesWithTheHeadIsA502AndWhatComesLaterACut() throws {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n"
        let scene = try Scene(server.address, http: .patient())
        let (first, firstUpstream) = try scene.asking(server)
        try scene.send(head + "zz\r\n", from: firstUpstream, until: first, endsWith: "limit\n")
        #expect(status(first) == "502")
        first.close()
        let (second, secondUpstream) = try scene.asking(server)
        try scene.send(head, from: secondUpstream, until: second, endsWith: "hel\r\n")
        secondUpstream.send("zz\r\n")
        try scene.until { second.failure != nil }
        try scene.expectQuiet("bad_response", "response_cut")
    }
}
