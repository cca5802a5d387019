/// The eligible server with the fewest connections in flight for its weight; ties take turns.
///
/// The turns of ties are kept over the whole pool, not over the servers that happen to be tied, so
/// that idle servers share alike (nginx's `least_conn` settles ties the same way).
public struct LeastConnections: Strategy {
    private var ties = FairRotation()

    /// Makes a strategy that has picked nothing yet.
    public init() {}

    /// See ``Strategy/pick(from:excluding:)``.
    public mutating func pick(from pool: Pool, excluding tried: TriedServers) -> ServerID? {
        var idlest: ServerID?
        for server in pool.ids where pool[server].isEligible && !tried.contains(server) {
            if let best = idlest, !Self.isLess(pool[server], than: pool[best]) { continue }
            idlest = server
        }
        guard let idlest else { return nil }
        return ties.next(of: pool) { server in
            pool[server].isEligible && !tried.contains(server)
                && !Self.isLess(pool[idlest], than: pool[server])
        }
    }

    /// Compares in flight divided by weight, without the division.
    private static func isLess(_ left: Server, than right: Server) -> Bool {
        left.inFlight * right.weight < right.inFlight * left.weight
    }
}
