import Balancing
import EventLoop
import Sockets
import TestSupport
import Testing

@testable import Proxy

/// Services in mode TCP that lead to one another, which their addresses did not tell.
@Suite struct OwnConnectionsTests {
    /// Services, each with a listener, whose servers are said later.
    private final class Circle {
        let loop: EventLoop
        var tables: [SessionTable] = []
        var listeners: [Listener] = []
        var services: [Service] = []
        var told: [Int] = []
        private let own = OwnConnections()

        init() throws { loop = try EventLoop() }

        /// Each one's server is the next one's listener; the last one's is `end`, or the first one's listener.
        func make(_ count: Int, sessions: Int, end: SocketAddress? = nil) throws {
            // Bound ahead of the services that lead to them.
            let reserved = try (0..<count).map { _ in
                try ListeningSocket.listen(on: Endpoint("127.0.0.1:0").resolve()).address
            }
            for index in 0..<count {
                let next = index + 1 < count ? reserved[index + 1] : end ?? reserved[0]
                let pool = Pool([Server(name: "next", health: .unchecked(at: loop.now))])
                let service = Service(
                    on: loop, pool: pool, addresses: [PeerAddress([next])], strategy: .roundRobin,
                    limits: Service.Limits(
                        sessions: sessions, retries: 0, connectTimeout: patience, idleTimeout: patience))
                service.onLoop = { [unowned self] in told.append(index) }
                let table = SessionTable(of: service, own)
                let listener = try Listener(on: reserved[index], into: table, loop: loop)
                try listener.start()
                services.append(service)
                tables.append(table)
                listeners.append(listener)
            }
        }

        func until(_ condition: () -> Bool) throws {
            try #require(try loop.run(until: condition), "it did not come to that")
        }

        var open: Int { tables.reduce(0) { $0 + $1.count } }
    }

    @Test(arguments: [1, 2, 3])
    func aCircleIsCutBeforeItFillsTheTable(services: Int) throws {
        let circle = try Circle()
        try circle.make(services, sessions: 500)
        let client = try Peer(connectingTo: circle.listeners[0].address)
        try circle.until { !circle.told.isEmpty }
        client.reset()
        try circle.until { circle.open == 0 }
        #expect(circle.services.allSatisfy { $0.counters.peak <= OwnConnections.fewest })
    }

    @Test func aCircleIsCutInATableThatIsSmallerThanTheFirstLook() throws {
        let circle = try Circle()
        try circle.make(1, sessions: 10)
        let client = try Peer(connectingTo: circle.listeners[0].address)
        try circle.until { !circle.told.isEmpty }
        client.close()
    }

    @Test func aServiceThatLeadsToAnotherOneIsNoCircle() throws {
        let server = try ScriptedServer()
        let circle = try Circle()
        try circle.make(2, sessions: 500, end: server.address)
        let count = OwnConnections.fewest * 2
        let clients = try (0..<count).map { _ in try Peer(connectingTo: circle.listeners[0].address) }
        try circle.until { server.count == count }
        #expect(circle.told.isEmpty)
        #expect(circle.open == 2 * count)
        for client in clients { client.reset() }
    }
}
