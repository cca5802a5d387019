import Balancing

/// How much of what bounds a service in mode http is in use.
public struct ServiceUse: Sendable {
    /// Requests that may wait for a server with room.
    public let queueLimit: Int
    /// Connections to all servers: in use, kept, or about to be closed by their servers.
    public let serverConnections: (now: Int, limit: Int)
    /// Retries within the window of the retry budget.
    public let retries: (used: Int, limit: Int)
}

extension Service {
    /// What is in use now; nil in TCP mode.
    public var use: ServiceUse? {
        guard let http else { return nil }
        return ServiceUse(
            queueLimit: http.limits.queue,
            serverConnections: (http.upstreams.openCount, http.limits.serverConnections),
            retries: http.budget.standing(at: loop.now))
    }

    /// The connections to a server that wait for their next exchange, and the most that do; nil in TCP mode.
    public func keptConnections(to server: ServerID) -> (now: Int, limit: Int)? {
        http.map { ($0.upstreams.idle[server.number].count, $0.limits.keptConnections) }
    }
}
