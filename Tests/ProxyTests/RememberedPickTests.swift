import Balancing
import Sockets
import TestSupport
import Testing

@testable import Proxy

/// What is remembered of picks, through a whole service.
@Suite struct RememberedPickTests {
    let server: ScriptedServer

    init() throws {
        server = try ScriptedServer()
    }

    private func picks(_ scene: Scene) -> [Pick] {
        let recent = scene.service.recent
        return recent.entry(recent.total)?.picks ?? []
    }

    private func verdicts(_ pick: Pick) -> [CandidateVerdict] { pick.candidates.map(\.verdict) }

    @Test func eachAttemptHasItsPick() throws {
        let scene = try Scene(RefusingServer().address, server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        let picks = picks(scene)
        #expect(picks.map(verdicts) == [[.picked, .eligible], [.tried, .picked]])
        #expect(picks.map(\.server) == [ServerID(0), ServerID(1)])
        #expect(picks.flatMap { $0.candidates.map(\.inFlight) } == [0, 0, 0, 0])
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func anExchangeBeginsWithoutThePicksOfTheOneThatIsForgottenForIt() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        for number in 1...UInt64(RecentRing.capacity) {
            if number > 1 { client.send(Message.get) }
            try scene.until { scene.exchanges.first?.machine.state == .awaiting }
            upstream.send(Message.ok)
            try scene.until { scene.service.recent.total == number }
            #expect(picks(scene).count == 1)
        }
        client.send("BAD\r\n\r\n")
        try scene.until { scene.records.first?.outcome == .refused }
        client.close()
        try scene.until { scene.table.count == 0 }
        // The first one to use a log again: the log of the first exchange.
        for _ in 0..<2 {
            let another = try scene.admittedClient()
            another.send("BAD\r\n\r\n")
            try scene.until { another.hasHead }
            another.close()
            #expect(picks(scene).isEmpty)
        }
    }

    @Test func waitingInTheQueueIsNoPickOfItsOwn() throws {
        let scene = try Scene(server.address, maxConnections: 1, http: .patient())
        let (first, upstream) = try scene.asking(server)
        let second = try scene.admittedClient()
        second.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
        try scene.until { scene.queue.count == 1 }
        try scene.send(Message.ok, from: upstream, until: first, endsWith: "ok")
        try scene.until { upstream.received.contains("GET /2 ") }
        try scene.send(Message.ok, from: upstream, until: second, endsWith: "ok")
        #expect(picks(scene).map(verdicts) == [[.picked]])
        for client in [first, second] { client.close() }
        try scene.expectQuiet("none", "none")
    }

    @Test func whoGetsNobodyLearnsWhy() throws {
        let scene = try Scene(server.address, http: .patient())
        scene.pool.setAdministrativeState(.disabled, of: ServerID(0), at: scene.loop.now)
        let client = try scene.admittedClient()
        client.send(Message.get)
        try scene.until { client.hasHead }
        #expect(picks(scene).map(verdicts) == [[.disabled]])
        #expect(picks(scene).first?.server == nil)
        client.close()
        try scene.expectQuiet("no_server_eligible")
    }

    @Test func aDeadKeptConnectionIsFollowedByTheSameServer() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        // Its end arrives with the next request, so that the connection is taken.
        client.send(Message.get)
        try scene.until { upstream.received.components(separatedBy: "GET / ").count == 3 }
        upstream.close()
        try scene.until { server.count == 2 && server.last?.hasHead == true }
        let fresh = try #require(server.last)
        try scene.send(
            Message.ok, from: fresh, until: client,
            endsWith: "okHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        #expect(picks(scene).map(\.rule) == [.strategy(.roundRobin), .sameServer])
        client.close()
        try scene.expectQuiet("none", "none")
    }

    @Test func theStrategyCanBeChangedWhileRequestsWait() throws {
        let scene = try Scene(server.address, maxConnections: 1, http: .patient())
        let (first, upstream) = try scene.asking(server)
        let second = try scene.admittedClient()
        second.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
        try scene.until { scene.service.queued == 1 }
        scene.service.setStrategy(.leastConnections)
        #expect(scene.service.strategy == .leastConnections)
        try scene.send(Message.ok, from: upstream, until: first, endsWith: "ok")
        try scene.until { upstream.received.contains("GET /2 ") }
        #expect(scene.service.standing(of: ServerID(0)) == 1)
        try scene.send(Message.ok, from: upstream, until: second, endsWith: "ok")
        #expect(picks(scene).map(\.rule) == [.strategy(.leastConnections)])
        for client in [first, second] { client.close() }
        try scene.expectQuiet("none", "none")
    }

    @Test func aSessionsAttemptsHaveTheirPicksToo() throws {
        let scene = try Scene(RefusingServer().address, server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        client.close()
        upstream.close()
        try scene.expectOver(\.finished)
        #expect(picks(scene).map(verdicts) == [[.picked, .eligible], [.tried, .picked]])
    }
}
