import Sockets
import Time

/// Finds sessions of mode TCP that come from an earlier session of their own service: a server turned out to be a
/// listener of ours, say because its address came to this machine after the start. Each such session makes the next
/// one, until nobody else gets in. Bytes of no known protocol carry no mark; but the client's connection is one of ours.
///
/// To ask for a connection's own address costs a call, so nobody asks while sessions are few. A circle makes them many
/// within a moment, and passes each power of two.
public final class OwnConnections {
    /// With fewer sessions than these nobody looks: a circle of them harms nobody.
    static let fewest = 64
    /// How long a look that found nothing holds, for a crowd that comes and goes. It asks four calls a session.
    static let quiet = TimeSpan.seconds(1)

    private struct Weak {
        weak var table: SessionTable?
    }

    /// A connection, as the kernel tells it from all others: one port can be that of many, to different addresses.
    private struct Link: Hashable {
        let from: UInt128
        let fromPort: UInt16
        let to: UInt128
        let toPort: UInt16

        init?(from: SocketAddress?, to: SocketAddress?) {
            guard let from, let to, let fromBits = from.ipBits, let fromPort = from.port,
                let toBits = to.ipBits, let toPort = to.port
            else { return nil }
            (self.from, self.fromPort, self.to, self.toPort) = (fromBits, fromPort, toBits, toPort)
        }
    }

    private var tables: [Weak] = []
    /// Apart for full tables: who waits outside cannot bring the next look about.
    private var quietUntil = (growing: Instant.origin, full: Instant.origin)
    /// Those of the sessions of the last look that found something: what of them waits to be accepted, or comes back, is
    /// the circle's next round.
    private var cutLinks: Set<Link> = []
    private var cutAt = Instant.origin

    /// Of no service yet.
    public init() {}

    func add(_ table: SessionTable) {
        tables.append(Weak(table: table))
    }

    /// Whether a table of that size is worth a look, if the last one is long enough ago.
    static func isWorthALook(_ count: Int, of limit: Int) -> Bool {
        count & (count &- 1) == 0 && count >= fewest || count == limit
    }

    /// Looks, and cuts the sessions that it finds.
    func look(isFull: Bool, at now: Instant) {
        guard now >= (isFull ? quietUntil.full : quietUntil.growing) else { return }
        let circling = findCircling(at: now)
        for session in circling { session.handler.cut() }
        for table in tables.compactMap(\.table) where circling.contains(where: { $0.table === table }) {
            table.foundCircle()
        }
        guard circling.isEmpty else { return }
        if isFull { quietUntil.full = now + Self.quiet } else { quietUntil.growing = now + Self.quiet }
    }

    private struct Found {
        let handler: ClientHandler
        let table: SessionTable
        let ends: ConnectionEnds
    }

    /// Those that came, over connections of ours, from a session of the same service. That one service is the server of
    /// another is no circle.
    private func findCircling(at now: Instant) -> [Found] {
        let sessions = tables.compactMap(\.table).flatMap { table in
            table.handlers.compactMap { handler in
                handler.ends.map { Found(handler: handler, table: table, ends: $0) }
            }
        }
        var makers: [Link: Found] = [:]
        for session in sessions {
            if let link = Link(from: session.ends.server.own, to: session.ends.server.peer) {
                makers[link] = session
            }
        }
        func maker(of session: Found) -> Found? {
            Link(from: session.ends.client.peer, to: session.ends.client.own).flatMap { makers[$0] }
        }
        let circling = sessions.filter { session in
            var next = maker(of: session)
            // A way without a circle passes each service once.
            for _ in tables {
                guard let earlier = next else { return false }
                if earlier.table === session.table { return true }
                next = maker(of: earlier)
            }
            return false
        }
        if !circling.isEmpty { (cutLinks, cutAt) = (Set(makers.keys), now) }
        return circling
    }

    /// Whether sessions were cut a moment ago.
    var hasCut: Bool { !cutLinks.isEmpty }

    /// Whether a client belongs to what was cut: it is let go before it makes the next round.
    func isCut(_ client: borrowing Socket, from address: SocketAddress, at now: Instant) -> Bool {
        guard now < cutAt + Self.quiet else {
            cutLinks = []
            return false
        }
        return Link(from: address, to: client.localAddress).map(cutLinks.contains) ?? false
    }
}
