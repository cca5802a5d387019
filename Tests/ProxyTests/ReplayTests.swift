import TestSupport
import Testing

@testable import Proxy

/// Servers that leave without a word, in HTTP mode.
@Suite struct ReplayTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"

    let first: ScriptedServer
    let second: ScriptedServer
    let scene: Scene
    let client: Peer
    let upstream: Peer

    /// A client that has reached the first of two servers.
    init() throws {
        first = try ScriptedServer()
        second = try ScriptedServer()
        scene = try Scene(first.address, second.address, mode: .http)
        (client, upstream) = try scene.relayedClient(to: first)
    }

    private func send(_ request: String) throws {
        client.send(request)
        try scene.until { upstream.received == request }
    }

    /// The second server's connection, and the request that comes on it.
    private func replay(of request: String) throws -> Peer {
        try scene.until { second.count == 1 }
        let upstream = try #require(second.last)
        try scene.until { upstream.received == request }
        return upstream
    }

    @Test(arguments: [true, false])
    func whatMayBeRepeatedGoesToAnotherServer(isReset: Bool) throws {
        try send(Self.get)
        isReset ? upstream.reset() : upstream.close()
        let next = try replay(of: Self.get)
        #expect(scene.server(0).failures == 1)
        #expect(scene.server(0).inFlight == 0)
        next.send("HTTP/1.1 200 OK\r\n\r\n")
        next.close()
        try scene.until { client.isEnded }
        #expect(client.received == "HTTP/1.1 200 OK\r\n\r\n")
        client.close()
        try scene.expectOver(\.finished)
        #expect(scene.counters.retries == 1)
        #expect(scene.counters.bytesToServers == Self.get.utf8.count)
    }

    @Test func theEndOfTheRequestIsReplayedToo() throws {
        client.send(Self.get)
        client.finishSending()
        try scene.until { upstream.isEnded }
        upstream.close()
        let next = try replay(of: Self.get)
        try scene.until { next.isEnded }
        next.send("HTTP/1.1 200 OK\r\n\r\n")
        next.close()
        try scene.until { client.isEnded }
        #expect(client.received == "HTTP/1.1 200 OK\r\n\r\n")
        try scene.expectOver(\.finished)
    }

    @Test func whatTheClientSendsMeanwhileFollows() throws {
        try send("GET / HTTP/1.1\r\n")
        upstream.close()
        client.send("Host: a\r\n\r\n")
        let next = try replay(of: Self.get)
        next.send("HTTP/1.1 200 OK\r\n\r\n")
        next.close()
        client.close()
        try scene.expectOver(\.finished)
    }

    @Test func whatMustNotBeRepeatedIsAnswered502() throws {
        try send(Self.post)
        upstream.close()
        try scene.until { client.isEnded }
        #expect(client.received.hasPrefix("HTTP/1.1 502 Bad Gateway\r\n"))
        #expect(
            client.received.hasSuffix("502 Bad Gateway: the server closed the connection without an answer\n")
        )
        client.close()
        try scene.expectOver(\.refused)
        #expect(second.count == 0)
    }

    @Test func aRequestThatIsTooLongToKeepIsAnswered502() throws {
        try send("GET / HTTP/1.1\r\nA: " + String(repeating: "a", count: ReplayCopy.limit))
        upstream.close()
        try scene.until { client.isEnded }
        #expect(client.received.hasPrefix("HTTP/1.1 502 "))
        client.close()
        try scene.expectOver(\.refused)
    }

    @Test func anAnswerThatHasBegunIsNotReplayed() throws {
        try send(Self.get)
        upstream.send("HTTP/1.1 200 OK\r\nContent-Le")
        try scene.until { client.receivedCount > 0 }
        upstream.reset()
        try scene.until { client.isOver }
        try scene.expectOver(\.serverAborted)
        #expect(second.count == 0)
        #expect(scene.server(0).failures == 0)
    }

    @Test func allServersLeaveWithoutAWord() throws {
        try send(Self.get)
        upstream.close()
        try replay(of: Self.get).close()
        try scene.until { client.isEnded }
        #expect(client.received.hasPrefix("HTTP/1.1 502 "))
        client.close()
        try scene.expectOver(\.refused)
        #expect(scene.server(0).failures == 1)
        #expect(scene.server(1).failures == 1)
    }

    @Test func aServerThatLeavesBeforeTheRequestIsReplacedAndNotBlamed() throws {
        upstream.reset()
        try scene.until { second.count == 1 }
        client.send(Self.get)
        let next = try replay(of: Self.get)
        #expect(scene.server(0).failures == 0)
        next.send("HTTP/1.1 200 OK\r\n\r\n")
        next.close()
        client.close()
        try scene.expectOver(\.finished)
    }

    @Test func forAClientThatLeavesWithoutARequestNoOtherServerIsTried() throws {
        client.finishSending()
        try scene.until { upstream.isEnded }
        upstream.close()
        try scene.until { client.isEnded }
        try scene.expectOver(\.finished)
        #expect(second.count == 0)
        #expect(scene.counters.retries == 0)
    }
}
