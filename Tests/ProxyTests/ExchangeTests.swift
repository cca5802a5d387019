import Balancing
import Sockets
import TestSupport
import Testing

@testable import Proxy

/// Exchanges that go well, each with all that it leaves behind.
@Suite struct ExchangeTests {
    let server: ScriptedServer

    init() throws {
        server = try ScriptedServer()
    }

    @Test func aRequestIsAnswered() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        #expect(upstream.received.hasPrefix("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 127.0.0.1\r\n"))
        #expect(scene.server(0).inFlight == 1)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        #expect(client.received == Message.ok)
        #expect(scene.server(0).inFlight == 0)
        #expect(scene.idleUpstreams.count == 1)
        client.close()
        try scene.expectQuiet("none")
        let record = try #require(scene.records.first)
        #expect(record.request.text == "GET /")
        #expect(record.client == "127.0.0.1" && record.server == ServerID(0))
        #expect(record.status == 200 && record.bytesToClient == 2 && record.attempts == 1 && !record.isReused)
    }

    @Test func theNextRequestUsesTheSameConnectionAndTheSameExchange() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        let exchange = try #require(scene.exchanges.first)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        client.send(Message.get)
        try scene.until { upstream.received.components(separatedBy: "GET / ").count == 3 }
        #expect(scene.exchanges.first === exchange)
        try scene.send(
            Message.ok, from: upstream, until: client,
            endsWith: "okHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        #expect(server.count == 1)
        #expect(scene.records.first?.isReused == true)
        client.close()
        try scene.expectQuiet("none", "none")
        #expect(scene.spareExchanges.count == 1)
    }

    @Test func pipelinedRequestsAreAnsweredInOrderByBothServers() throws {
        let other = try ScriptedServer()
        let scene = try Scene(server.address, other.address, http: .patient())
        let client = try scene.admittedClient()
        let count = 50
        client.send((0..<count).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
        var answered: [String: Int] = [:]
        for number in 0..<count {
            let asked = number.isMultiple(of: 2) ? server : other
            try scene.until { asked.last?.received.contains("GET /\(number) ") == true }
            asked.last?.send("HTTP/1.1 200 OK\r\nContent-Length: \("\(number)".count)\r\n\r\n\(number)")
            answered[asked.address.description, default: 0] += 1
        }
        try scene.until { client.received.hasSuffix("\(count - 1)") }
        let bodies = client.received.components(separatedBy: "HTTP/1.1 200 OK\r\n").dropFirst()
            .compactMap { $0.components(separatedBy: "\r\n\r\n").last }
        #expect(bodies == (0..<count).map(String.init))
        #expect(server.count == 1 && other.count == 1)
        client.close()
        try scene.expectQuiet(Array(repeating: "none", count: count))
    }

    @Test(arguments: [
        ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
        ("GET", "HTTP/1.1 204 No Content\r\n\r\n"),
        ("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
    ])
    func anAnswerWithoutABodyEndsWithItsHead(method: String, answer: String) throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server, "\(method) / HTTP/1.1\r\nHost: a\r\n\r\n")
        try scene.send(answer, from: upstream, until: client, endsWith: "\r\n\r\n")
        #expect(client.received == answer)
        #expect(scene.idleUpstreams.count == 1)
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func noContentHasNoLength() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        try scene.send(
            "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", from: upstream, until: client,
            endsWith: "\r\n\r\n")
        #expect(client.received == "HTTP/1.1 204 No Content\r\n\r\n")
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func bodiesStreamInBothWays() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(
            server, "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        try scene.send("3\r\nabc\r\n", from: client, until: upstream, endsWith: "3\r\nabc\r\n")
        try scene.send("0\r\nX: 1\r\n\r\n", from: client, until: upstream, endsWith: "0\r\nX: 1\r\n\r\n")
        upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try scene.send("2\r\nhi\r\n", from: upstream, until: client, endsWith: "2\r\nhi\r\n")
        #expect(scene.state == .answering)
        try scene.send("0\r\n\r\n", from: upstream, until: client, endsWith: "0\r\n\r\n")
        #expect(scene.idleUpstreams.count == 1)
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func anAnswerUntilTheCloseIsSentInChunks() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        upstream.send("HTTP/1.0 200 OK\r\n\r\nhello")
        upstream.close()
        try scene.until { client.received.hasSuffix("0\r\n\r\n") }
        #expect(
            client.received == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
        #expect(scene.idleUpstreams.isEmpty)
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func anOldClientGetsItPlainlyAndTheEndIsTheClose() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(
            server, "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n")
        upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: 1\r\n\r\n")
        try scene.until { client.isEnded }
        #expect(client.received == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello")
        #expect(scene.idleUpstreams.count == 1, "the server's connection is in order")
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func anOldClientMayKeepItsConnection() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(
            server, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        #expect(client.received.contains("\r\nConnection: keep-alive\r\n"))
        scene.pool.setAdministrativeState(.disabled, of: ServerID(0), at: scene.loop.now)
        try scene.send(
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", from: client, until: client,
            endsWith: "draining\n")
        #expect(client.received.components(separatedBy: "\r\nConnection: keep-alive\r\n").count == 3)
        #expect(!client.isEnded)
        client.close()
        try scene.expectQuiet("none", "no_server_eligible")
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
    ])
    func aClientThatWantsNoMoreIsClosed(request: String) throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server, request)
        upstream.send(Message.ok)
        try scene.until { client.isEnded }
        #expect(client.received == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        #expect(scene.idleUpstreams.count == 1)
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func aConnectionCarriesSoManyRequests() throws {
        let scene = try Scene(server.address, http: .patient { $0.requestsPerConnection = 2 })
        let (client, upstream) = try scene.asking(server)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        client.send(Message.get + Message.get)
        try scene.until { upstream.received.components(separatedBy: "GET / ").count == 3 }
        upstream.send(Message.ok)
        try scene.until { client.isEnded }
        #expect(client.received.components(separatedBy: "Connection: close").count == 2)
        client.close()
        try scene.expectQuiet("none", "none")
    }

    @Test func aClientThatHalfClosesStillGetsItsAnswer() throws {
        let scene = try Scene(server.address, http: .patient())
        let client = try scene.admittedClient()
        client.send(Message.get)
        client.finishSending()
        try scene.until { server.last?.hasHead == true }
        try scene.loop.run(for: .milliseconds(5))
        server.last?.send(Message.ok)
        try scene.until { client.isEnded }
        #expect(client.received == Message.ok)
        try scene.expectQuiet("none")
    }

    // MARK: Interim answers

    @Test func theServersGoAheadIsPassedOn() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(
            server, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        #expect(upstream.received.contains("\r\nExpect: 100-continue\r\n"))
        try scene.send(
            "HTTP/1.1 100 Continue\r\n\r\n", from: upstream, until: client,
            endsWith: "HTTP/1.1 100 Continue\r\n\r\n")
        try scene.send("body", from: client, until: upstream, endsWith: "body")
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        #expect(client.received == "HTTP/1.1 100 Continue\r\n\r\n" + Message.ok)
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func anOldClientGetsTheFinalAnswerAlone() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server, "GET / HTTP/1.0\r\nHost: a\r\n\r\n")
        upstream.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + Message.ok)
        try scene.until { client.isEnded }
        #expect(client.received.hasPrefix("HTTP/1.1 200 OK\r\n"))
        client.close()
        try scene.expectQuiet("none")
    }

    // MARK: Connections that are in order, and others

    @Test func anEarlyAnswerEndsBothConnections() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server, Message.halfPost)
        upstream.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        try scene.until { client.isEnded }
        #expect(client.received.hasSuffix("\r\nConnection: close\r\n\r\n"))
        #expect(scene.idleUpstreams.isEmpty)
        try scene.until { upstream.isOver }
        client.sendWhatFits("dyGET / HTTP/1.1\r\n\r\n")
        client.close()
        try scene.expectQuiet("none")
    }

    @Test(arguments: ["x", Message.ok])
    func aServerThatSaysMoreThanItsAnswerIsNotAskedAgain(more: String) throws {
        for body in ["ok", String(repeating: "x", count: 3 * HTTPBuffers.inputCapacity)] {
            let scene = try Scene(server.address, http: .patient())
            let (client, upstream) = try scene.asking(server)
            upstream.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)\(more)")
            try scene.until { !scene.reasons.isEmpty }
            #expect(scene.idleUpstreams.isEmpty, "\(body.count)")
            try scene.until { upstream.isOver }
            client.close()
            try scene.expectQuiet("none")
        }
    }

    @Test func aLongAnswersConnectionIsKept() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        let body = String(repeating: "x", count: 3 * HTTPBuffers.bulkCapacity)
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        try scene.until { !scene.reasons.isEmpty && client.receivedCount > body.utf8.count }
        scene.loop.runTurns(5)
        #expect(scene.idleUpstreams.count == 1)
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func aServerThatHasNotReadTheWholeRequestIsNotAskedAgain() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        // It reads no more, and the kernel's buffers are full.
        do {
            let kept = try #require(scene.idleUpstreams.first)
            fill(kept.stream.socket.number)
        }
        client.send(Message.get)
        try scene.until { scene.state == .sending }
        #expect(scene.exchanges.first?.request.moved == 0)
        upstream.send(Message.ok)
        try scene.until { scene.reasons.count == 2 }
        #expect(scene.idleUpstreams.isEmpty)
        client.close()
        try scene.expectQuiet("none", "none")
    }

    // MARK: Clients that are noticed

    @Test func aClientThatGoesWhileTheServerReadsNothingIsNoticed() throws {
        let scene = try Scene(server.address, http: .patient())
        let client = try scene.admittedClient()
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n")
        let text = String(repeating: "x", count: 1 << 20)
        var quietTurns = 0
        while quietTurns < 20 {
            quietTurns = client.sendWhatFits(text) > 0 ? 0 : quietTurns + 1
            scene.loop.runOneTurn()
        }
        #expect(scene.state == .sending)
        client.reset()
        try scene.expectQuiet("client_closed")
    }

    @Test func aServiceThatHasServedIsFreed() throws {
        weak var service: Service?
        weak var context: HTTPContext?
        do {
            let scene = try Scene(server.address, http: .patient())
            (service, context) = (scene.service, scene.service.http)
            let (client, upstream) = try scene.asking(server)
            try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
            client.close()
            try scene.expectQuiet("none")
        }
        #expect(service == nil)
        #expect(context == nil)
    }
}
