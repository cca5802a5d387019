import HTTPWire
import Sockets
import TestSupport
import Testing

@testable import Proxy

/// Bulk transfers, which go through pipes: bit for bit, to the end and not beyond, whatever else happens.
@Suite struct SpliceTests {
    private static let text = (0..<300_000).map { "\($0);" }.joined()

    /// Sends the text until all of it has arrived; `step` is called in between.
    private func pass(
        in scene: Scene, from sender: Peer, to reader: Peer, readingEach turns: Int = 1,
        _ step: () -> Void = {}
    ) throws {
        var rest = Self.text.utf8[...]
        var turn = 0
        let before = reader.receivedCount
        try scene.until {
            rest = rest.dropFirst(sender.sendWhatFits(rest.prefix(400_000)))
            step()
            turn += 1
            return turn % turns == 0 && reader.receivedCount - before == Self.text.utf8.count
        }
    }

    @Test(arguments: [1, 7])
    func aSessionsBulkArrivesAsItWasSentHoweverSlowlyItIsRead(readingEach turns: Int) throws {
        let server = try ScriptedServer()
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        var pipes = 0
        try pass(in: scene, from: upstream, to: client, readingEach: turns) {
            pipes = max(pipes, scene.service.buffers.pipes.open)
        }
        #expect(pipes > 0, "nothing was spliced")
        #expect(client.received == Self.text)
        client.send("thanks")
        try scene.until { upstream.received == "thanks" }
        client.close()
        upstream.close()
        try scene.expectOver(\.finished)
        #expect(scene.counters.bytesToClients == Self.text.utf8.count)
        #expect(scene.counters.bytesToServers == 6)
    }

    @Test func aHalfCloseBehindABulkIsPassedOnAndTheOtherWayGoesOn() throws {
        let server = try ScriptedServer()
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        try pass(in: scene, from: client, to: upstream)
        client.finishSending()
        try scene.until { upstream.isEnded }
        #expect(upstream.received == Self.text)
        try pass(in: scene, from: upstream, to: client)
        upstream.close()
        try scene.until { client.isEnded }
        #expect(client.received == Self.text)
        try scene.expectOver(\.finished)
    }

    @Test func aClientThatResetsInTheMidstOfABulkLeavesNoPipe() throws {
        let server = try ScriptedServer()
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        try pass(in: scene, from: upstream, to: client)
        scene.stuff(from: upstream)
        client.reset()
        try scene.expectOver(\.clientAborted)
        #expect(scene.service.buffers.pipes.open <= PipePool.bulkSpareLimit)
    }

    @Test func withoutAPipeBytesAreCopied() throws {
        let server = try ScriptedServer()
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        var lent: [Pipe] = []
        while let pipe = scene.service.buffers.pipes.take() { lent.append(pipe) }
        #expect(lent.count == PipePool.mostOfUse)
        try pass(in: scene, from: upstream, to: client)
        #expect(client.received == Self.text)
        client.close()
        upstream.close()
        try scene.expectOver(\.finished)
        withExtendedLifetime(lent) {}
    }

    // MARK: Bodies

    @Test func anAnswersBodyIsSplicedToItsEndAndTheNextRequestFollows() throws {
        let server = try ScriptedServer()
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server, Message.get + Message.get)
        let length = Self.text.utf8.count
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n")
        try scene.until { client.received.hasSuffix("\r\n\r\n") }
        let head = client.receivedCount
        var pipes = 0
        try pass(in: scene, from: upstream, to: client) {
            pipes = max(pipes, scene.service.http?.buffers.pipes.open ?? 0)
        }
        #expect(pipes > 0, "nothing was spliced")
        #expect(client.received.utf8.dropFirst(head).elementsEqual(Self.text.utf8))
        try scene.until { server.last?.received.split(separator: "\r\n\r\n").count == 2 }
        server.last?.send(Message.ok)
        try scene.until { client.received.hasSuffix("ok") }
        client.close()
        try scene.expectQuiet("none", "none")
    }

    @Test func largeChunksForAClientOfOldAreSplicedOneByOne() throws {
        let server = try ScriptedServer()
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server, "GET / HTTP/1.0\r\n\r\n")
        let chunk = String(Self.text.prefix(400_000))
        let chunks = String(repeating: "\(String(chunk.utf8.count, radix: 16))\r\n\(chunk)\r\n", count: 4)
        var rest = ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n").utf8[...]
        try scene.until {
            rest.removeFirst(upstream.sendWhatFits(rest))
            return client.isOver
        }
        #expect(client.failure == nil)
        #expect(client.received.hasSuffix("\r\n\r\n" + String(repeating: chunk, count: 4)))
        try scene.expectQuiet("none")
    }

    @Test func aRequestsBodyIsSplicedAndNothingOfTheNextRequest() throws {
        let server = try ScriptedServer()
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(
            server, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(Self.text.utf8.count)\r\n\r\n")
        let head = upstream.receivedCount
        var rest = (Self.text + Message.get).utf8[...]
        try scene.until {
            rest = rest.dropFirst(client.sendWhatFits(rest.prefix(400_000)))
            return rest.isEmpty && upstream.receivedCount >= head + Self.text.utf8.count
        }
        scene.loop.runTurns(5)
        #expect(upstream.received.utf8.dropFirst(head).elementsEqual(Self.text.utf8))
        upstream.send(Message.ok)
        try scene.until { client.received.hasSuffix("ok") }
        try scene.until { server.last?.received.hasSuffix("\r\n\r\n") == true }
        client.reset()
        try scene.expectQuiet("none", "client_closed")
    }
}
