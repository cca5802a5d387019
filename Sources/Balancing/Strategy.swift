/// Picks the server for a connection or an exchange.
///
/// A strategy sees the pool and nothing else: no clock, no randomness, no I/O, so that a list of
/// picks can be replayed and tested.
protocol Strategy {
    /// The server to try next, or nil when no open one is left that was not tried before.
    ///
    /// - Parameters:
    ///   - pool: the servers as they stand.
    ///   - rank: whose turn it is.
    ///   - tried: servers that already failed this connection; never picked again.
    mutating func pick(from pool: Pool, among rank: Rank, excluding tried: TriedServers) -> ServerID?

    /// The figure by which it compares a server with the others, for display; ``StrategyName/standingTitle``
    /// says what it is.
    func standing(of server: ServerID, in pool: Pool) -> Double
}

/// The servers that one connection has tried in vain. Empty, as nearly always, it allocates nothing.
public struct TriedServers {
    private var servers: [ServerID] = []

    /// None tried yet.
    public init() {}

    /// None tried any more; what was allocated stays.
    public mutating func removeAll() {
        servers.removeAll(keepingCapacity: true)
    }

    /// How many were tried.
    public var count: Int { servers.count }

    /// The one that was tried last.
    public var last: ServerID? { servers.last }

    /// Remembers a server that failed.
    public mutating func insert(_ server: ServerID) {
        servers.append(server)
    }

    /// Whether a server was tried.
    public func contains(_ server: ServerID) -> Bool {
        servers.contains(server)
    }

    func forEach(_ body: (ServerID) -> Void) {
        for server in servers { body(server) }
    }

    /// How many of those that were tried meet a condition.
    func count(where condition: (ServerID) -> Bool) -> Int {
        servers.count(where: condition)
    }
}
