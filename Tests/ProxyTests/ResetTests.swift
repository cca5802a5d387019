import TestSupport
import Testing

@testable import EventLoop
@testable import Proxy

extension Scene {
    /// From now on no deadline passes: what happens is what the sockets told.
    fileprivate func stopClock() {
        let now = loop.now
        loop.clock = { now }
    }
}

/// A reset is told at once, right behind bytes too, and whether its connection is being read or not.
@Suite struct ResetTests {
    enum Side: CaseIterable {
        case client, server
    }

    // MARK: Sessions

    @Suite struct OfSessions {
        private let server: ScriptedServer
        private let scene: Scene
        private let client: Peer
        private let upstream: Peer

        init() throws {
            server = try ScriptedServer()
            scene = try Scene(server.address)
            (client, upstream) = try scene.relayedClient(to: server)
            scene.stopClock()
        }

        private func peers(_ side: Side) -> (breaking: Peer, other: Peer) {
            side == .client ? (client, upstream) : (upstream, client)
        }

        private func expectOver(by side: Side) throws {
            try scene.expectOver(side == .client ? \.clientAborted : \.serverAborted)
        }

        @Test(arguments: Side.allCases)
        func rightBehindBytes(side: Side) throws {
            let (breaking, other) = peers(side)
            breaking.send("last words")
            breaking.reset()
            try expectOver(by: side)
            #expect(other.received == "last words")
        }

        @Test(arguments: Side.allCases)
        func rightBehindManyBytes(side: Side) throws {
            let (breaking, other) = peers(side)
            breaking.sendWhatFits(String(repeating: "x", count: 1 << 20))
            breaking.reset()
            try expectOver(by: side)
            #expect(other.receivedCount > 0)
        }

        @Test(arguments: Side.allCases)
        func afterTheEndOfItsStream(side: Side) throws {
            let (breaking, other) = peers(side)
            breaking.finishSending()
            try scene.until { other.isEnded }
            breaking.reset()
            try expectOver(by: side)
        }

        @Test(arguments: Side.allCases)
        func rightBehindTheEndOfItsStream(side: Side) throws {
            let (breaking, other) = peers(side)
            breaking.send("last words")
            breaking.finishSending()
            breaking.reset()
            try expectOver(by: side)
            #expect(other.received == "last words")
        }

        @Test func ofAClientWhoseServerReadsNothing() throws {
            scene.stuff(from: client)
            client.reset()
            try expectOver(by: .client)
        }

        @Test func ofAServerWhoseClientReadsSlowly() throws {
            scene.stuff(from: upstream)
            upstream.reset()
            scene.loop.runTurns(20)
            #expect(scene.table.count == 1, "what the server said before is kept for the client")
            try scene.until { client.isOver }
            try expectOver(by: .server)
            #expect(client.receivedCount == scene.counters.bytesToClients)
        }
    }

    // MARK: Exchanges

    @Test(arguments: [Stage.sending, .awaiting, .halfAnswerHead, .answering, .tunnelling])
    func ofAServer(stage: Stage) throws {
        let staged = try StagedExchange(stage)
        let upstream = try #require(staged.upstream)
        staged.scene.stopClock()
        upstream.send(stage == .awaiting || stage == .sending ? "HTTP/1.1 200" : " ")
        upstream.reset()
        switch stage {
        case .answering, .tunnelling: try staged.scene.until { staged.client.failure != nil }
        default: try staged.scene.until { staged.client.received.hasPrefix("HTTP/1.1 502 ") }
        }
        staged.client.close()
        let reason =
            switch stage {
            case .answering: "response_cut"
            case .tunnelling: "tunnel_reset"
            default: "server_closed"
            }
        try staged.scene.expectQuiet(reason)
    }

    /// The write to the server meets the reset first.
    @Test func ofAServerWhoseAnswerEndsWithItsConnectionWhileItsRequestIsSent() throws {
        let staged = try StagedExchange(.sending)
        staged.upstream?.send("HTTP/1.1 200 OK\r\n\r\nhalf")
        try staged.scene.until { staged.client.received.hasSuffix("half\r\n") }
        staged.scene.stopClock()
        staged.client.send("d")
        staged.upstream?.reset()
        try staged.endClient()
        #expect(staged.client.failure != nil)
        #expect(!staged.client.received.hasSuffix("0\r\n\r\n"), "a cut body looks whole")
        try staged.scene.expectQuiet("response_cut")
    }

    @Test func ofAServerWhoseClientReadsSlowly() throws {
        let staged = try StagedExchange(.answeringSlowly)
        staged.scene.stopClock()
        staged.upstream?.reset()
        try staged.endClient()
        #expect(staged.client.failure != nil)
        try staged.scene.expectQuiet("response_cut")
    }

    @Test(
        arguments: [
            Stage.halfHead, .queued, .connecting, .sending, .awaiting, .halfAnswerHead, .answering,
            .answeringSlowly, .tunnelling,
        ], ["", "T"])
    func ofAClient(stage: Stage, bytes: String) throws {
        let staged = try StagedExchange(stage)
        staged.scene.stopClock()
        staged.client.send(bytes)
        staged.client.reset()
        try staged.scene.until { staged.scene.table.count == 0 }
        staged.freeRoom(in: stage)
        try staged.scene.expectQuiet(stage == .halfHead ? [] : ["client_closed"])
        if let upstream = staged.upstream { try staged.scene.until { upstream.isOver } }
    }

    @Test(arguments: [Message.get, Message.get + Message.get, Message.post, Message.halfPost])
    func rightBehindARequest(text: String) throws {
        let staged = try StagedExchange(.idleAgain)
        staged.scene.stopClock()
        staged.client.send(text)
        staged.client.reset()
        try staged.scene.expectQuiet("none", "client_closed")
    }

    @Test func ofAClientThatHalfClosedItsTunnel() throws {
        let staged = try StagedExchange(.tunnelling)
        staged.scene.stopClock()
        staged.client.finishSending()
        try staged.scene.until { staged.upstream?.isEnded == true }
        staged.client.reset()
        try staged.scene.expectQuiet("client_closed")
    }

    @Test func ofAClientWhoseTunnelHoldsItsBytes() throws {
        let staged = try StagedExchange(.tunnelling)
        staged.scene.stuff(from: staged.client)
        staged.scene.stopClock()
        staged.client.reset()
        try staged.scene.expectQuiet("client_closed")
    }

    @Test func ofAServerThatHalfClosedItsTunnel() throws {
        let staged = try StagedExchange(.tunnelling)
        staged.scene.stopClock()
        staged.upstream?.finishSending()
        try staged.scene.until { staged.client.isEnded }
        staged.upstream?.reset()
        try staged.scene.until { staged.scene.table.count == 0 }
        try staged.scene.expectQuiet("tunnel_reset")
    }
}
