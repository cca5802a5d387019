import Balancing
import Metrics
import TestSupport
import Testing
import Time

@testable import Proxy

extension HTTPLimits {
    /// Nothing ends by itself within a test, but what the test says.
    static func patient(_ change: (inout HTTPLimits) -> Void = { _ in }) -> HTTPLimits {
        var limits = HTTPLimits(
            requestHead: patience, body: patience, stream: patience, responseHead: patience,
            keepAlive: patience,
            serverKeepAlive: patience, queueTimeout: patience, queue: 100, requestBody: 1 << 30,
            requestsPerConnection: 1000, keptConnections: 64)
        change(&limits)
        return limits
    }

    /// As short as a deadline wheel tells apart.
    static let short = TimeSpan.milliseconds(100)
}

/// Requests and answers that tests need over and over.
enum Message {
    static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    static let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
    /// A request whose body has not come yet.
    static let halfPost = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo"
    static let upgrade = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n"

    static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    static let halfAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok"
    static let switching = "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n"
}

extension Scene {
    private var http: HTTPContext {
        guard let http = service.http else { preconditionFailure("a scene in TCP mode") }
        return http
    }

    /// The reasons of all exchanges that ended, oldest first.
    var reasons: [String] { records.reversed().map(\.reason.word) }

    /// The exchanges that ended, newest first.
    var records: [ExchangeRecord] {
        (1...max(1, service.recent.total)).reversed().compactMap(service.recent.entry).compactMap { entry in
            guard case .exchange(let record) = entry.record else { return nil }
            return record
        }
    }

    /// The connections that wait for their next exchange, over all servers.
    var idleUpstreams: [UpstreamConnection] { Array(http.upstreams.idle.joined()) }

    /// The exchanges that wait, in their order.
    var queue: [Exchange] {
        let waiting = exchanges.filter { $0.place != nil }
        #expect(waiting.count == http.upstreams.queue.count)
        return waiting.sorted { $0.place ?? 0 < $1.place ?? 0 }
    }
    var spareExchanges: [Exchange] { table.exchanges?.spare ?? [] }

    /// The exchanges in progress, in the order of their clients.
    var exchanges: [Exchange] {
        table.handlers.compactMap { handler in
            guard let client = handler as? ClientConnection, case .busy(let exchange) = client.state else {
                return nil
            }
            return exchange
        }
    }

    /// Where the latest client's exchange stands; nil where it has none.
    var state: ExchangeMachine.State? { exchanges.last?.machine.state }

    /// A client whose request has reached this server, over a connection of its own.
    func asking(
        _ server: ScriptedServer, _ request: String = Message.get,
        _ location: SourceLocation = #_sourceLocation
    ) throws -> (client: Peer, upstream: Peer) {
        let before = server.count
        let client = try admittedClient(location)
        client.send(request)
        try until({ server.count > before && server.last?.hasHead == true }, "no server was asked", location)
        return (client, try #require(server.last, sourceLocation: location))
    }

    /// Sends a text and waits for the last of what comes back.
    func send(
        _ text: String, from sender: Peer, until receiver: Peer, endsWith ending: String,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        sender.send(text)
        try until({ receiver.received.hasSuffix(ending) }, "it did not arrive", location)
    }

    func noteUpstreams() {
        guard service.http != nil else { return }
        for case let upstream? in exchanges.map(\.upstream)
        where !seenUpstreams.contains(where: { $0.object === upstream }) {
            seenUpstreams.append(WeakObject(object: upstream))
        }
    }

    /// Runs until no client is left, and expects that nothing is: no object, no count, no buffer, no place
    /// in the queue; and that the exchanges ended so, oldest first.
    func expectQuiet(_ reasons: String..., location: SourceLocation = #_sourceLocation) throws {
        try expectQuiet(reasons, location: location)
    }

    func expectQuiet(_ reasons: [String], location: SourceLocation = #_sourceLocation) throws {
        note()
        try until({ table.count == 0 }, "clients did not leave", location)
        loop.runTurns(2)
        expectNoneAlive(location)
        let idle = idleUpstreams
        for case let upstream? in seenUpstreams.map(\.object) {
            #expect(idle.contains { $0 === upstream }, "a connection was leaked", sourceLocation: location)
        }
        #expect(idle.allSatisfy { $0.user == nil }, sourceLocation: location)
        #expect(queue.isEmpty, sourceLocation: location)
        for id in pool.ids { #expect(pool[id].inFlight == 0, sourceLocation: location) }
        #expect(counters.open == 0, sourceLocation: location)
        expectSparesAreBlank(location)
        #expect(self.reasons == reasons, sourceLocation: location)
        #expect(service.meters.totals.requests == reasons.count, sourceLocation: location)
    }

    /// An exchange that waits for its next use holds nothing, and waits once.
    private func expectSparesAreBlank(_ location: SourceLocation) {
        let spares = spareExchanges
        #expect(Set(spares.map(ObjectIdentifier.init)).count == spares.count, sourceLocation: location)
        for exchange in spares {
            #expect(exchange.machine == ExchangeMachine(), sourceLocation: location)
            #expect(
                exchange.client == nil && exchange.upstream == nil && exchange.server == nil,
                sourceLocation: location)
            let holdsBytes =
                exchange.request.isReady || exchange.request.pipe.input != nil
                || exchange.request.pipe.output != nil
                || exchange.answer.pipe.input != nil || exchange.answer.pipe.output != nil
            #expect(!holdsBytes, "a buffer is kept", sourceLocation: location)
            let holdsTunnel = exchange.tunnel != nil
            #expect(exchange.place == nil && !holdsTunnel, sourceLocation: location)
        }
    }
}

extension Peer {
    /// Whether a whole head has come.
    var hasHead: Bool { received.contains("\r\n\r\n") }
}
