import Balancing
import Metrics
import TestSupport
import Testing

@testable import Proxy

/// What ends an exchange from outside, in each stage: nothing is left of it then.
@Suite struct ExchangeEndingTests {
    /// The word for the exchange, where there is one that is worth a record.
    private func reasons(in stage: Stage, _ word: String) -> [String] {
        switch stage {
        case .idle, .halfHead: []
        case .lingering: ["invalid_method"]
        case .idleAgain: ["none"]
        default: [word]
        }
    }

    @Test(arguments: Stage.allCases)
    func theClientResets(stage: Stage) throws {
        let staged = try StagedExchange(stage)
        staged.client.reset()
        try staged.scene.until({ staged.scene.table.count == 0 }, "\(stage): it was not noticed")
        staged.freeRoom(in: stage)
        try staged.scene.expectQuiet(reasons(in: stage, "client_closed"))
        try staged.scene.until { staged.upstream?.isOver != false || stage == .idleAgain }
    }

    @Test(arguments: Stage.allCases)
    func theBalancerCuts(stage: Stage) throws {
        let staged = try StagedExchange(stage)
        staged.scene.table.cutAll()
        #expect(staged.scene.table.count == 0)
        staged.freeRoom(in: stage)
        try staged.scene.expectQuiet(reasons(in: stage, "cut"))
        #expect(staged.scene.counters.cut == 1, "\(stage): it counts as what it is")
        try staged.scene.until { staged.client.isOver }
    }

    @Test(arguments: [Stage.idle, .idleAgain])
    func theBalancerFinishesAndNothingIsInFlight(stage: Stage) throws {
        let staged = try StagedExchange(stage)
        staged.scene.table.finishSoon()
        #expect(staged.scene.table.count == 0)
        try staged.scene.expectQuiet(reasons(in: stage, ""))
    }

    @Test func theBalancerFinishesAndAnAnswerIsUnderWay() throws {
        let staged = try StagedExchange(.answering)
        staged.scene.table.finishSoon()
        #expect(staged.scene.table.count == 1)
        staged.upstream?.send("ay")
        try staged.scene.until { staged.client.received.hasSuffix("okay") }
        try staged.endClient()
        #expect(staged.client.failure == nil)
        try staged.scene.expectQuiet("none")
    }

    @Test func theBalancerFinishesAndTheAnswerSaysSo() throws {
        let staged = try StagedExchange(.awaiting)
        staged.scene.table.finishSoon()
        staged.upstream?.send(Message.ok)
        try staged.endClient()
        #expect(staged.client.received.contains("\r\nConnection: close\r\n"))
        try staged.scene.expectQuiet("none")
    }

    @Test func whatWasPipelinedBehindTheLastAnswerDoesNotCostTheClientThatAnswer() throws {
        let staged = try StagedExchange(.answering)
        staged.scene.table.finishSoon()
        staged.client.send(String(repeating: Message.get, count: 100))
        try staged.scene.loop.run(for: .milliseconds(5))
        staged.upstream?.send("ay")
        try staged.endClient()
        #expect(staged.client.failure == nil, "it was reset")
        #expect(staged.client.received.hasSuffix("okay"))
        try staged.scene.expectQuiet("none")
    }

    // MARK: The server leaves

    @Test(arguments: [Stage.sending, .awaiting, .halfAnswerHead, .answering, .answeringSlowly, .tunnelling])
    func theServerResets(stage: Stage) throws {
        let staged = try StagedExchange(stage)
        // Nobody else can be asked.
        staged.server.stopListening()
        staged.upstream?.reset()
        try staged.scene.until { (staged.client.isOver || staged.client.hasHead) && !staged.reasons.isEmpty }
        staged.client.close()
        try staged.scene.until { staged.scene.table.count == 0 }
        #expect(staged.scene.server(0).inFlight == 0)
        let word = try #require(staged.reasons.last)
        switch stage {
        case .sending, .awaiting, .halfAnswerHead:
            #expect(staged.client.received.hasPrefix("HTTP/1.1 50"))
            #expect(word == "server_closed")
        case .answering, .answeringSlowly: #expect(word == "response_cut")
        default: #expect(["server_closed", "tunnel_reset"].contains(word))
        }
        try staged.scene.expectQuiet(staged.reasons)
    }

    @Test func aTunnelIsClosedByTheServer() throws {
        let staged = try StagedExchange(.tunnelling)
        staged.upstream?.send("bye")
        staged.upstream?.finishSending()
        try staged.scene.until { staged.client.isEnded }
        #expect(staged.client.received.hasSuffix("bye"))
        staged.client.send("so long")
        staged.client.close()
        try staged.scene.until { staged.upstream?.isEnded == true }
        #expect(staged.upstream?.received.hasSuffix("so long") == true)
        try staged.scene.expectQuiet("none")
    }

    @Test func aTunnelIsClosedByTheClient() throws {
        let staged = try StagedExchange(.tunnelling)
        staged.client.send("bye")
        staged.client.finishSending()
        try staged.scene.until { staged.upstream?.isEnded == true }
        #expect(staged.upstream?.received.hasSuffix("bye") == true)
        staged.upstream?.send("so long")
        staged.upstream?.close()
        try staged.scene.until { staged.client.isEnded }
        #expect(staged.client.received.hasSuffix("so long"))
        try staged.scene.expectQuiet("none")
    }

    // MARK: Deadlines

    /// All of them short.
    private static let short = HTTPLimits.patient { limits in
        limits.requestHead = HTTPLimits.short
        limits.body = HTTPLimits.short
        limits.responseHead = HTTPLimits.short
        limits.keepAlive = HTTPLimits.short
        limits.queueTimeout = HTTPLimits.short
    }

    @Test(arguments: [
        (Stage.halfHead, "request_head_timeout"), (.queued, "queue_timeout"),
        (.sending, "request_body_timeout"), (.awaiting, "response_head_timeout"),
        (.halfAnswerHead, "response_head_timeout"), (.answering, "response_body_timeout"),
        (.answeringSlowly, "client_stalled"),
    ])
    func eachStateEndsAtItsDeadline(stage: Stage, word: String) throws {
        let staged = try StagedExchange(stage, Self.short)
        try staged.scene.until { !staged.reasons.isEmpty }
        try staged.endClient()
        staged.freeRoom(in: stage)
        try staged.scene.expectQuiet(word)
    }

    @Test(arguments: [Stage.idle, .idleAgain])
    func aQuietClientIsClosedWithoutAWord(stage: Stage) throws {
        let staged = try StagedExchange(stage, Self.short)
        let before = staged.client.receivedCount
        try staged.endClient()
        #expect(staged.client.receivedCount == before)
        try staged.scene.expectQuiet(reasons(in: stage, ""))
        #expect(staged.scene.counters.idle == 1)
    }

    @Test func aClientThatDripsItsHeadIsCutAtTheDeadline() throws {
        let scene = try Scene(
            ScriptedServer().address,
            http: .patient { $0.requestHead = .milliseconds(200) })
        let client = try scene.admittedClient()
        for byte in "GET / HTTP/1.1\r\nHost: " + String(repeating: "a", count: 1000) {
            client.sendWhatFits(String(byte))
            try scene.loop.run(for: .milliseconds(5))
            if client.isEnded { break }
        }
        #expect(client.isEnded, "each byte has moved the deadline")
        #expect(client.received.hasPrefix("HTTP/1.1 408 "))
        client.close()
        try scene.expectQuiet("request_head_timeout")
    }

    @Test func aServerThatDripsItsHeadIsLeftAtTheDeadline() throws {
        let server = try ScriptedServer()
        let scene = try Scene(
            server.address, http: .patient { $0.responseHead = .milliseconds(200) })
        let (client, upstream) = try scene.asking(server)
        for byte in "HTTP/1.1 200 OK\r\nA: " + String(repeating: "a", count: 1000) {
            upstream.sendWhatFits(String(byte))
            try scene.loop.run(for: .milliseconds(5))
            if client.hasHead { break }
        }
        #expect(client.hasHead, "each byte has moved the deadline")
        #expect(client.received.hasPrefix("HTTP/1.1 504 "))
        client.close()
        try scene.expectQuiet("response_head_timeout")
    }

    @Test func halfARequestBehindAnotherHasADeadlineOfItsOwn() throws {
        let server = try ScriptedServer()
        let scene = try Scene(
            server.address,
            http: .patient { limits in
                limits.requestHead = .milliseconds(200)
                limits.body = .seconds(60)
                limits.responseHead = .seconds(60)
            })
        let (client, upstream) = try scene.asking(server, Message.get + "GET /2 HT")
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        // The other time-outs are longer than a test waits.
        try scene.until { client.isEnded }
        #expect(client.received.contains("request_head_timeout"))
        client.close()
        try scene.expectQuiet("none", "request_head_timeout")
    }
}
