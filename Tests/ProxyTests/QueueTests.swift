import Balancing
import Sockets
import TestSupport
import Testing

@testable import Proxy

/// Requests that wait for a server with room.
@Suite struct QueueTests {
    let server: ScriptedServer

    init() throws {
        server = try ScriptedServer()
    }

    /// Two more clients, whose requests wait in this order.
    private func waitingClients(_ scene: Scene) throws -> [Peer] {
        try ["/1", "/2"].map { target in
            let client = try scene.admittedClient()
            let before = scene.queue.count
            client.send("GET \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            try scene.until { scene.queue.count > before }
            return client
        }
    }

    @Test func whoCameFirstIsServedFirstOverTheConnectionThatCameFree() throws {
        let scene = try Scene(server.address, maxConnections: 1, http: .patient())
        let (first, upstream) = try scene.asking(server)
        let waiting = try waitingClients(scene)
        #expect(scene.server(0).inFlight == 1)
        try scene.send(Message.ok, from: upstream, until: first, endsWith: "ok")
        try scene.until { upstream.received.contains("GET /1 ") }
        #expect(!upstream.received.contains("GET /2 "))
        try scene.send(Message.ok, from: upstream, until: waiting[0], endsWith: "ok")
        try scene.until { upstream.received.contains("GET /2 ") }
        try scene.send(Message.ok, from: upstream, until: waiting[1], endsWith: "ok")
        #expect(server.count == 1)
        for client in waiting + [first] { client.close() }
        try scene.expectQuiet("none", "none", "none")
    }

    @Test func whoWaitsTooLongIsTold() throws {
        let scene = try Scene(
            server.address, maxConnections: 1, http: .patient { $0.queueTimeout = HTTPLimits.short })
        let (first, _) = try scene.asking(server)
        let waiting = try waitingClients(scene)
        for client in waiting {
            try scene.until { client.isEnded }
            #expect(client.received.hasPrefix("HTTP/1.1 503 "))
            #expect(client.received.contains("queue_timeout"))
            client.close()
        }
        #expect(scene.queue.isEmpty)
        first.reset()
        try scene.expectQuiet("queue_timeout", "queue_timeout", "client_closed")
    }

    @Test func aTurnWithoutRoomNeitherCostsThePlaceNorMovesTheDeadline() throws {
        let scene = try Scene(
            server.address, maxConnections: 1, http: .patient { $0.queueTimeout = .milliseconds(300) })
        let (first, _) = try scene.asking(server)
        let waiting = try waitingClients(scene)
        let before = scene.queue.map(ObjectIdentifier.init)
        let end = ContinuousClock.now + Duration(patience)
        while !scene.queue.isEmpty, ContinuousClock.now < end {
            if let exchange = scene.queue.first { exchange.handle(.headRead) }
            if scene.queue.count == 2 { #expect(scene.queue.map(ObjectIdentifier.init) == before) }
            try scene.loop.run(for: .milliseconds(20))
        }
        #expect(scene.queue.isEmpty)
        for client in waiting { client.close() }
        first.reset()
        try scene.expectQuiet("queue_timeout", "queue_timeout", "client_closed")
    }

    @Test func aFullQueueRefusesAtOnce() throws {
        let scene = try Scene(server.address, maxConnections: 1, http: .patient { $0.queue = 2 })
        let (first, _) = try scene.asking(server)
        let waiting = try waitingClients(scene)
        let late = try scene.admittedClient()
        late.send(Message.get)
        try scene.until { late.received.contains("queue_full") }
        late.close()
        for client in waiting + [first] { client.reset() }
        try scene.until { scene.reasons.count == 4 }
        try scene.expectQuiet("queue_full", "client_closed", "client_closed", "client_closed")
    }

    @Test func whoLeavesTheQueueTakesNoServersRoom() throws {
        let scene = try Scene(server.address, maxConnections: 1, http: .patient())
        let (first, upstream) = try scene.asking(server)
        let waiting = try waitingClients(scene)
        waiting[0].reset()
        try scene.until { scene.queue.count == 1 }
        try scene.send(Message.ok, from: upstream, until: first, endsWith: "ok")
        try scene.until { upstream.received.contains("GET /2 ") }
        try scene.send(Message.ok, from: upstream, until: waiting[1], endsWith: "ok")
        waiting[1].close()
        first.close()
        try scene.expectQuiet("client_closed", "none", "none")
    }

    @Test func theQueueEndsWithTheBalancer() throws {
        let scene = try Scene(server.address, maxConnections: 1, http: .patient())
        _ = try scene.asking(server)
        _ = try waitingClients(scene)
        scene.table.cutAll()
        try scene.expectQuiet("cut", "cut", "cut")
        #expect(server.count > 0)
        #expect(server.connections.dropFirst().allSatisfy { $0.received.isEmpty }, "who was cut asks no more")
    }

    @Test(arguments: [AdministrativeState.disabled, .draining])
    func whenTheLastServerIsTakenOutThoseWhoWaitAreToldAndNobodyFailed(state: AdministrativeState) throws {
        let scene = try Scene(server.address, maxConnections: 1, http: .patient())
        let (first, upstream) = try scene.asking(server)
        let waiting = try waitingClients(scene)
        scene.pool.setAdministrativeState(state, of: ServerID(0), at: scene.loop.now)
        scene.service.serversChanged()
        for client in waiting {
            try scene.until { client.isEnded }
            #expect(client.received.hasPrefix("HTTP/1.1 503 ") && client.received.contains("queue_closed"))
            client.close()
        }
        let late = try scene.admittedClient()
        late.send(Message.get)
        try scene.until { late.received.contains("no_server_eligible") }
        late.close()
        try scene.send(Message.ok, from: upstream, until: first, endsWith: "ok")
        first.close()
        try scene.expectQuiet("queue_closed", "queue_closed", "no_server_eligible", "none")
        let unserved = scene.service.meters.unserved.totals
        #expect(unserved.aborted == 2 && unserved.failed == 1)
    }

    @Test func thoseWhoWaitForAServerThatDiesAreAllTold() throws {
        let scene = try Scene(server.address, fall: 1, maxConnections: 1, http: .patient())
        let (first, upstream) = try scene.asking(server, Message.post)
        let waiting = try waitingClients(scene)
        server.stopListening()
        upstream.reset()
        for client in waiting + [first] {
            try scene.until { client.received.contains("\r\n\r\n50") }
            client.close()
        }
        #expect(first.received.hasPrefix("HTTP/1.1 502 "))
        #expect(waiting.allSatisfy { $0.received.hasPrefix("HTTP/1.1 503 ") })
        try scene.until { scene.table.count == 0 }
        #expect(scene.queue.isEmpty)
        #expect(scene.server(0).inFlight == 0)
    }

    @Test func aNewcomerDoesNotOvertakeThoseThatWait() throws {
        let scene = try Scene(server.address, maxConnections: 1, http: .patient())
        scene.pool.began(ServerID(0))
        let clients = try waitingClients(scene)
        // There is room before those that wait have heard of it.
        scene.pool.ended(ServerID(0))
        let newcomer = try scene.admittedClient()
        newcomer.send(Message.get)
        try scene.until { scene.queue.count == 3 }
        scene.service.http?.upstreams.roomCame()
        try scene.until { server.last?.received.contains("GET /1 ") == true }
        #expect(scene.queue.count == 2)
        for client in clients + [newcomer] { client.reset() }
        try scene.until { scene.table.count == 0 }
    }

    @Test func anExchangeThatWaitsMayGoToAServerThatFailedItBeforeAndIsBack() throws {
        let scene = try Scene(server.address, server.address, maxConnections: 1, http: .patient())
        scene.pool.began(ServerID(1))
        let (client, upstream) = try scene.asking(server)
        // The first server takes the request and gives no answer; the second one is full.
        upstream.close()
        try scene.until { scene.queue.count == 1 || server.count == 2 }
        try scene.until { server.count == 2 && server.last?.hasHead == true }
        #expect(scene.server(0).failures == 1 && scene.server(0).inFlight == 1)
        client.reset()
        try scene.until { scene.table.count == 0 }
        scene.pool.ended(ServerID(1))
    }

    /// What made an exchange be used twice at once: its server's connection fails inside the call that made room
    /// for it, as that to a Unix socket without a listener does.
    @Test func thoseThatWaitForAServerWhoseConnectionsFailAtOnceAreAllAnswered() throws {
        let nobody = try Endpoint("unix:/nobody/listens/here").resolve()
        let scene = try Scene(nobody, maxConnections: 1, http: .patient())
        scene.pool.began(ServerID(0))
        let clients = try (0..<12).map { number in
            let client = try scene.admittedClient()
            client.send("GET /\(number) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            try scene.until { scene.queue.count == number + 1 }
            return client
        }
        scene.pool.ended(ServerID(0))
        scene.service.http?.upstreams.roomCame()
        for client in clients {
            try scene.until { client.isEnded }
            #expect(client.received.hasPrefix("HTTP/1.1 503 "))
            client.close()
        }
        try scene.until { scene.table.count == 0 }
        #expect(scene.queue.isEmpty && scene.server(0).inFlight == 0)
    }

    @Test func aDeadKeptConnectionCostsNoRoom() throws {
        let scene = try Scene(server.address, maxConnections: 1, http: .patient())
        let (first, upstream) = try scene.asking(server)
        try scene.send(Message.ok, from: upstream, until: first, endsWith: "ok")
        first.send(Message.get)
        try scene.until { upstream.received.components(separatedBy: "GET / ").count == 3 }
        let waiting = try waitingClients(scene)
        upstream.close()
        try scene.until { server.count == 2 && server.last?.hasHead == true }
        #expect(scene.server(0).inFlight == 1)
        #expect(scene.queue.count == 2)
        #expect(server.last?.received.hasPrefix("GET / ") == true)
        for client in waiting + [first] { client.reset() }
        try scene.until { scene.table.count == 0 }
        #expect(scene.server(0).inFlight == 0)
    }
}
