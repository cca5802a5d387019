import Balancing
import EventLoop
import Metrics
import Sockets
import TestSupport
import Testing
import Time

@testable import Proxy

/// A service with its listener on a loop, and a client's view of it. The loop runs between a test's
/// steps, on the same thread.
final class Scene {
    let loop: EventLoop
    let pool: Pool
    let service: Service
    let table: SessionTable
    var listener: Listener?
    private let address: SocketAddress
    private var seen: [WeakObject] = []

    /// Something that must not outlive its use.
    struct WeakObject {
        weak var object: AnyObject?
    }

    /// The servers' connections that exchanges had, in HTTP mode.
    var seenUpstreams: [WeakObject] = []

    /// - Parameters:
    ///   - servers: their addresses, all of them up.
    ///   - others: further addresses of the first server.
    init(
        _ servers: SocketAddress..., sessions: Int = 100, retries: Int = 2,
        connectTimeout: TimeSpan = patience, idleTimeout: TimeSpan = patience, fall: Int = 3,
        maxConnections: Int? = nil, http: HTTPLimits? = nil, firstAlsoAt others: [SocketAddress] = []
    ) throws {
        loop = try EventLoop()
        let now = loop.now
        pool = Pool(
            servers.indices.map { place in
                var health = Health(thresholds: HealthThresholds(rise: 1, fall: fall), at: now)
                _ = health.handle(.checkPassed, at: now)
                return Server(name: "Server-\(place + 1)", maxConnections: maxConnections, health: health)
            })
        service = Service(
            on: loop, pool: pool,
            addresses: servers.enumerated().map { PeerAddress([$1] + ($0 == 0 ? others : [])) },
            strategy: .roundRobin,
            limits: Service.Limits(
                sessions: sessions, retries: retries, connectTimeout: connectTimeout, idleTimeout: idleTimeout
            ), http: http)
        pool.onChange = { [unowned service] _, _ in service.serversChanged() }
        table = SessionTable(of: service)
        let listener = try Listener(on: Endpoint("127.0.0.1:0").resolve(), into: table, loop: loop)
        try listener.start()
        address = listener.address
        self.listener = listener
    }

    var counters: SessionCounters { service.counters }

    /// A server as it stands, counted from 0.
    func server(_ number: Int) -> Server { pool[ServerID(number)] }

    /// What all servers together were sent.
    private var served: UInt64 { pool.ids.reduce(0) { $0 + pool[$1].served } }

    /// Runs until the condition holds.
    func until(
        _ condition: () throws -> Bool, _ what: Comment = "it did not come to that",
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let isMet = try loop.run(until: {
            noteUpstreams()
            return try condition()
        })
        try #require(isMet, what, sourceLocation: location)
    }

    /// A client, whose connection the kernel has made and nobody has accepted yet.
    func client() throws -> Peer {
        try Peer(connectingTo: address)
    }

    /// A client with its session.
    func admittedClient(_ location: SourceLocation = #_sourceLocation) throws -> Peer {
        let client = try client()
        let before = counters.accepted
        try until({ counters.accepted > before }, "the client was not accepted", location)
        note()
        return client
    }

    /// A client whose session has reached this server.
    func relayedClient(
        to server: ScriptedServer, _ location: SourceLocation = #_sourceLocation
    ) throws -> (client: Peer, upstream: Peer) {
        let before = server.count
        let client = try admittedClient(location)
        try until({ server.count > before }, "no server was reached", location)
        try until(
            { counters.accepted <= served + counters.refused + counters.retries }, "no session relays",
            location)
        return (client, try #require(server.last, sourceLocation: location))
    }

    /// Sends until neither the kernel nor the session takes more, because nobody reads at the other end.
    /// Answers how many bytes went.
    @discardableResult
    func stuff(from sender: Peer) -> Int {
        let text = String(repeating: "x", count: 1 << 20)
        var (total, quietTurns) = (0, 0)
        while quietTurns < 20 {
            let count = sender.sendWhatFits(text)
            total += count
            quietTurns = count > 0 ? 0 : quietTurns + 1
            loop.runOneTurn()
        }
        return total
    }

    /// Remembers the sessions, to see later that they died.
    func note() {
        seen += table.handlers.map { WeakObject(object: $0) }
    }

    /// Expects that none of the sessions seen so far lives.
    func expectNoneAlive(_ location: SourceLocation) {
        #expect(seen.allSatisfy { $0.object == nil }, "a session was leaked", sourceLocation: location)
    }

    /// Runs until no session is left, and expects that nothing is: no object, no count, no deadline.
    func expectOver(
        _ endings: WritableKeyPath<SessionCounters, UInt64>..., location: SourceLocation = #_sourceLocation
    ) throws {
        note()
        try until({ table.count == 0 }, "sessions did not end", location)
        loop.runTurns(2)
        expectNoneAlive(location)
        for id in pool.ids { #expect(pool[id].inFlight == 0, sourceLocation: location) }
        var expected = SessionCounters()
        for ending in endings { expected[keyPath: ending] += 1 }
        var found = counters
        #expect(found.open == 0 && found.accepted == endings.count, sourceLocation: location)
        (found.accepted, found.peak, found.retries) = (0, 0, 0)
        (found.bytesToServers, found.bytesToClients) = (0, 0)
        #expect(found == expected, sourceLocation: location)
    }
}
