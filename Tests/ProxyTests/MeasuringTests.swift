import Balancing
import HTTPWire
import Metrics
import Sockets
import TestSupport
import Testing

@testable import Proxy

/// What a service counts of what it serves.
@Suite struct MeasuringTests {
    let server: ScriptedServer

    init() throws {
        server = try ScriptedServer()
    }

    private func classes(_ scene: Scene) -> [String] {
        scene.service.meters.statuses.all.filter { $0.count > 0 }.map { "\($0.name) \($0.count)" }
    }

    @Test func anExchangeIsCountedAtItsServerWithItsContentBothWays() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server, Message.post)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        let meters = scene.service.meters
        #expect(meters.totals.succeeded == 1 && meters.totals == meters.servers[0].totals)
        #expect(meters.totals.bytesToClients == 2 && meters.totals.bytesToServers == 4)
        #expect(meters.latency.count == 1 && meters.servers[0].latency.count == 1)
        #expect(classes(scene) == ["2xx 1"])
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func contentThatIsStreamedIsCountedWithWhatCameWithTheHead() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server, Message.halfPost)
        try scene.send("dy", from: client, until: upstream, endsWith: "body")
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        #expect(scene.records.first?.bytesToServer == 4)
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func bytesOfOneExchangeAreNotCountedForTheNext() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server, Message.post)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        client.send(Message.get)
        try scene.until { upstream.received.contains("GET / ") }
        client.reset()
        try scene.expectQuiet("none", "client_closed")
        let record = try #require(scene.records.first)
        #expect(record.bytesToClient == 0 && record.bytesToServer == 0)
    }

    @Test func aTunnelCountsItsBytesAndNotItsTime() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server, Message.upgrade)
        try scene.send(Message.switching, from: upstream, until: client, endsWith: "\r\n\r\n")
        try scene.send("ping!", from: client, until: upstream, endsWith: "ping!")
        try scene.send("pong", from: upstream, until: client, endsWith: "pong")
        client.close()
        upstream.close()
        try scene.expectQuiet("none")
        let meters = scene.service.meters
        #expect(meters.totals.succeeded == 1 && meters.latency.count == 0)
        #expect(meters.totals.bytesToServers == 5 && meters.totals.bytesToClients == 4)
        #expect(classes(scene) == ["1xx 1"])
    }

    @Test(arguments: [
        (Message.ok, Outcome.succeeded), ("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", .succeeded),
        ("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", .failed),
    ])
    func aServersAnswerCountsByItsStatus(answer: String, outcome: Outcome) throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        upstream.send(answer)
        try scene.until { !scene.records.isEmpty }
        #expect(scene.records.first?.outcome == outcome)
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func anAnswerThatIsCutFailed() throws {
        let scene = try Scene(server.address, http: .patient())
        let (_, upstream) = try scene.asking(server)
        upstream.send(Message.halfAnswer)
        upstream.close()
        try scene.expectQuiet("response_cut")
        #expect(scene.service.meters.servers[0].totals.failed == 1)
    }

    @Test func whatNoServerWasAskedForIsCountedApart() throws {
        let scene = try Scene(server.address, http: .patient())
        scene.pool.setAdministrativeState(.disabled, of: ServerID(0), at: scene.loop.now)
        for request in [Message.get, "BAD\r\n\r\n"] {
            let client = try scene.admittedClient()
            client.send(request)
            try scene.until { client.hasHead }
            client.close()
        }
        try scene.expectQuiet("no_server_eligible", "invalid_method")
        let meters = scene.service.meters
        #expect(meters.unserved.totals.failed == 1 && meters.unserved.totals.refused == 1)
        #expect(meters.servers[0].totals.requests == 0 && meters.latency.count == 0)
        #expect(classes(scene) == ["4xx 1", "5xx 1"])
    }

    @Test(arguments: [
        "GET / HTTP/3.0\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n",
        String(repeating: "A", count: 40) + " / HTTP/1.1\r\n",
    ])
    func aClientsMistakeIsRefusedWhateverItsStatus(request: String) throws {
        let scene = try Scene(server.address, http: .patient())
        let client = try scene.admittedClient()
        client.send(request)
        try scene.until { client.hasHead }
        client.close()
        try scene.until { scene.table.count == 0 }
        #expect(scene.records.map(\.outcome) == [.refused])
        #expect(scene.service.meters.unserved.totals.refused == 1)
        #expect(classes(scene) == ["5xx 1"])
    }

    @Test(arguments: [
        "zz\r\n", "1\r\nab\r\n", "3e9\r\n" + String(repeating: "x", count: 1001) + "\r\n",
    ])
    func aBodyThatGoesWrongIsTheClientsMistakeWhetherItCanBeToldOrNot(rest: String) throws {
        let scene = try Scene(server.address, http: .patient { $0.requestBody = 1000 })
        for hasAnswer in [false, true] {
            let (client, upstream) = try scene.asking(
                server, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            try scene.send("1\r\nx\r\n", from: client, until: upstream, endsWith: "1\r\nx\r\n")
            if hasAnswer {
                try scene.send(Message.halfAnswer, from: upstream, until: client, endsWith: "ok")
            }
            let before = scene.records.count
            client.send(rest)
            try scene.until { scene.records.count > before }
            #expect(scene.records.first?.outcome == .refused, "\(scene.reasons)")
            client.close()
        }
        #expect(scene.server(0).failures == 0)
        try scene.until { scene.table.count == 0 }
    }

    /// A word counts by whose fault it is.
    @Test func eachWordIsBookedToWhoeverIsToBlame() {
        for violation in HTTPViolation.allCases {
            #expect(ExchangeReason.violation(violation).outcome == .refused, "\(violation)")
        }
        let client: [ExchangeReason] = [.requestHeadTimeout, .requestBodyTimeout, .requestBodyTooLarge]
        let ours: [ExchangeReason] = [
            .badResponse, .serverClosed, .noServerEligible, .queueFull, .queueTimeout, .connectFailed,
            .connectTimeout, .outOfMemory, .responseHeadTimeout, .responseCut, .responseBodyTimeout,
        ]
        let gone: [ExchangeReason] = [.clientClosed, .clientStalled, .drainDeadline, .queueClosed, .cut]
        #expect(client.allSatisfy { $0.outcome == .refused })
        #expect(ours.allSatisfy { $0.outcome == .failed })
        #expect(gone.allSatisfy { $0.outcome == .aborted })
    }

    @Test func aClientThatLeavesAborts() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, _) = try scene.asking(server)
        client.reset()
        try scene.expectQuiet("client_closed")
        #expect(scene.service.meters.servers[0].totals.aborted == 1)
        #expect(classes(scene) == ["none 1"])
    }

    @Test func retriesCountOnceAndTheExchangeAtItsLastServer() throws {
        let scene = try Scene(RefusingServer().address, server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        let meters = scene.service.meters
        #expect(meters.retries == 1)
        #expect(meters.servers.map(\.totals.requests) == [0, 1])
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func aSessionIsCountedWhenItEnds() throws {
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        client.send("ping")
        try scene.until { upstream.received == "ping" }
        #expect(scene.service.meters.totals.requests == 0)
        client.close()
        upstream.close()
        try scene.expectOver(\.finished)
        let totals = scene.service.meters.servers[0].totals
        #expect(totals.succeeded == 1 && totals.bytesToServers == 4)
        let entry = try #require(scene.service.recent.entry(scene.service.recent.total))
        guard case .session(let record) = entry.record else { return #expect(Bool(false), "no session") }
        #expect(record.client == nil && record.server == ServerID(0) && record.reason == "finished")
        #expect(entry.id == 1 && entry.picks.map(\.server) == [ServerID(0)])
    }

    @Test func aSessionThatNobodyServedFailedAtWhomItAskedLast() throws {
        let scene = try Scene(RefusingServer().address)
        let client = try scene.admittedClient()
        try scene.until { client.isOver }
        try scene.expectOver(\.refused)
        #expect(scene.service.meters.servers[0].totals.failed == 1)
    }

    @Test func aResetBeginsAllCountsAnewAndKeepsWhatIsOpen() throws {
        let scene = try Scene(server.address, http: .patient())
        let clients = try (0..<2).map { _ in try scene.asking(server) }
        try scene.send(Message.ok, from: clients[0].upstream, until: clients[0].client, endsWith: "ok")
        #expect(scene.pool.peakInFlight == 2 && scene.server(0).peakInFlight == 2)
        scene.service.resetMetrics()
        #expect(scene.service.meters.totals == Tally() && classes(scene).isEmpty)
        #expect(scene.service.meters.latency.count == 0)
        #expect(scene.pool.inFlight == 1 && scene.pool.peakInFlight == 1)
        #expect(scene.server(0).peakInFlight == 1 && scene.server(0).served == 0)
        #expect(scene.counters.accepted == 0 && scene.counters.open == 2 && scene.counters.peak == 2)
        #expect(scene.service.recent.total == 1)
        for (client, _) in clients { client.close() }
        clients[1].upstream.send(Message.ok)
        try scene.until { scene.table.count == 0 }
        #expect(scene.service.meters.totals.requests == 1)
    }
}
