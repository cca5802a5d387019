import Balancing
import TestSupport
import Testing

@testable import Proxy

/// How far a client's exchange has come when something happens to it.
enum Stage: CaseIterable {
    case idle, halfHead, queued, connecting, sending, awaiting, halfAnswerHead, answering, answeringSlowly
    case tunnelling, lingering, idleAgain
}

/// A client in some stage of its exchange, with all that took part.
final class StagedExchange {
    let scene: Scene
    let server: ScriptedServer
    let client: Peer
    private(set) var upstream: Peer?
    private let silent: SilentServer?

    init(_ stage: Stage, _ limits: HTTPLimits = .patient()) throws {
        server = try ScriptedServer()
        silent = stage == .connecting ? try SilentServer() : nil
        scene = try Scene(silent?.address ?? server.address, maxConnections: 1, http: limits)
        client = try scene.admittedClient()
        try reach(stage)
    }

    private func reach(_ stage: Stage) throws {
        switch stage {
        case .idle: try scene.loop.run(for: .milliseconds(5))
        case .halfHead: try say("GET / HT", until: .reading)
        case .queued:
            scene.pool.began(ServerID(0))
            try say(Message.get, until: .queued)
        case .connecting: try say(Message.get, until: .connecting)
        case .sending:
            try say(Message.halfPost, until: .sending)
            try meetServer(after: "bo")
        case .awaiting: try ask(Message.get)
        case .halfAnswerHead:
            try ask(Message.get)
            upstream?.send("HTTP/1.1 200")
            try scene.loop.run(for: .milliseconds(5))
        case .answering: try beginAnswer(Message.halfAnswer)
        case .answeringSlowly: try beginAnswerWithoutReader()
        case .tunnelling: try beginTunnel()
        case .lingering:
            try say("BAD\r\n\r\n", until: nil)
            try scene.until { client.isEnded }
        case .idleAgain:
            try beginAnswer(Message.ok)
            try scene.until { scene.state == nil }
        }
    }

    private func say(_ text: String, until state: ExchangeMachine.State?) throws {
        client.send(text)
        try scene.until { scene.state == state }
    }

    private func meetServer(after ending: String) throws {
        try scene.until { server.last?.received.hasSuffix(ending) == true }
        upstream = server.last
    }

    private func ask(_ request: String) throws {
        try say(request, until: .awaiting)
        try meetServer(after: "\r\n\r\n")
    }

    private func beginAnswer(_ text: String) throws {
        try ask(Message.get)
        upstream?.send(text)
        try scene.until { client.received.hasSuffix("ok") }
    }

    /// Until no more fits into the client's window.
    private func beginAnswerWithoutReader() throws {
        try ask(Message.get)
        upstream?.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        let text = String(repeating: "x", count: 1 << 20)
        var quietTurns = 0
        while quietTurns < 20 {
            quietTurns = (upstream?.sendWhatFits(text) ?? 0) > 0 ? 0 : quietTurns + 1
            scene.loop.runOneTurn()
        }
        #expect(scene.state == .answering)
    }

    private func beginTunnel() throws {
        try ask(Message.upgrade)
        upstream?.send(Message.switching)
        try scene.until { scene.state == .tunnelling && client.received.hasSuffix("\r\n\r\n") }
    }

    /// Takes back the room that was taken to fill the queue.
    func freeRoom(in stage: Stage) {
        if stage == .queued { scene.pool.ended(ServerID(0)) }
    }

    /// Waits until the client's connection is over, then leaves.
    func endClient() throws {
        try scene.until { client.isOver }
        client.close()
    }

    /// What the exchanges came to, in order.
    var reasons: [String] { scene.reasons }
}
