import TestSupport
import Testing

@testable import Proxy

/// Clients whose request comes with their connection: as long as they only wait, nobody watches them.
@Suite struct QuickClientTests {
    private let scene: Scene
    private let server: ScriptedServer

    init() throws {
        server = try ScriptedServer()
        scene = try Scene(server.address, http: .patient())
    }

    /// A client that has said this before it was accepted, and the server that was asked.
    private func asking(_ request: String) throws -> (client: Peer, upstream: Peer) {
        let client = try scene.client()
        client.send(request)
        try scene.until { server.last?.hasHead == true }
        return (client, try #require(server.last))
    }

    private var isWatched: Bool {
        scene.table.handlers.contains { ($0 as? ClientConnection)?.stream.isWatched == true }
    }

    @Test func aClientThatWaitsIsWatchedFromItsAnswerOn() throws {
        let (client, upstream) = try asking(Message.get)
        #expect(!isWatched)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        #expect(isWatched)
        client.send(Message.get)
        try scene.until { upstream.received.components(separatedBy: "GET / ").count == 3 }
        try scene.send(
            Message.ok, from: upstream, until: client,
            endsWith: "okHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        client.close()
        try scene.expectQuiet("none", "none")
    }

    @Test func oneThatResetsWhileItWaitsIsNoticedOnceItIsWatched() throws {
        let (client, upstream) = try asking(Message.get)
        client.reset()
        try scene.expectQuiet("client_closed")
        try scene.until { upstream.isOver }
    }

    @Test func oneThatResetsRightBehindItsRequestIsNoticedOnceItIsWatched() throws {
        let client = try scene.client()
        client.send(Message.get)
        client.reset()
        try scene.until { scene.counters.accepted == 1 }
        try scene.expectQuiet("client_closed")
        try scene.until { server.last?.isOver == true }
    }

    @Test func oneThatResetsWhileItsServerIsConnectedToIsNoticedAsWell() throws {
        let silent = try SilentServer()
        let scene = try Scene(silent.address, http: .patient())
        let client = try scene.client()
        client.send(Message.get)
        try scene.until { scene.state == .connecting }
        client.reset()
        try scene.expectQuiet("client_closed")
    }

    @Test func oneWhoseRequestIsNotWholeIsWatchedAtOnce() throws {
        let (client, upstream) = try asking(Message.halfPost)
        #expect(isWatched)
        client.send("dy")
        try scene.until { upstream.received.hasSuffix("body") }
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func oneThatReadsSlowlyGetsAllOfALongAnswer() throws {
        let (client, upstream) = try asking(Message.get)
        let body = String(repeating: "x", count: 12 << 20)
        var rest = ("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body).utf8[...]
        try scene.until {
            rest.removeFirst(upstream.sendWhatFits(rest.prefix(1 << 20)))
            return isWatched
        }
        try scene.until {
            rest.removeFirst(upstream.sendWhatFits(rest.prefix(1 << 20)))
            return client.receivedCount > body.utf8.count
        }
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func oneThatSaidItWouldCloseIsGoneWithItsAnswer() throws {
        let (client, upstream) = try asking("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        upstream.send(Message.ok)
        try scene.expectQuiet("none")
        #expect(client.received.hasSuffix("\r\nConnection: close\r\n\r\nok"))
        #expect(client.isEnded)
    }

    @Test func anEmptyLineBehindABodyDoesNotResetTheAnswer() throws {
        let (client, upstream) = try asking(
            "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody")
        try scene.until { upstream.received.hasSuffix("body") }
        client.send("\r\n")
        upstream.send(Message.ok)
        try scene.until { client.isOver }
        #expect(client.failure == nil)
        #expect(client.received.hasSuffix("\r\n\r\nok"))
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func whatItSaysAllTheSameDoesNotResetItsAnswer() throws {
        let (client, upstream) = try asking(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + Message.get)
        upstream.send(Message.ok)
        try scene.until { client.isEnded }
        #expect(client.received.hasSuffix("\r\nConnection: close\r\n\r\nok"))
        #expect(scene.table.count == 1, "it is heard out")
        client.close()
        try scene.expectQuiet("none")
    }
}
