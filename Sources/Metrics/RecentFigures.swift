/// The last whole seconds together.
public struct RecentFigures: Equatable, Sendable {
    /// How many whole seconds: ``Meter/recentSeconds``, or fewer when counting began later.
    public let seconds: Int
    /// What ended in them.
    public let tally: Tally
    /// How long it took; nil when nothing was measured.
    public let latency: LatencyFigures?

    /// Requests in a second; 0 before the first whole second.
    public var requestsPerSecond: Double { Double(tally.requests) / Double(max(seconds, 1)) }

    /// Bytes of content in a second, both ways; 0 before the first whole second.
    public var bytesPerSecond: Double {
        Double(tally.bytesToClients + tally.bytesToServers) / Double(max(seconds, 1))
    }
}
