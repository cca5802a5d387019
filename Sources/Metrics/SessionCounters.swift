/// What became of a service's sessions since the start, or since a reset.
public struct SessionCounters: Equatable, Sendable {
    /// Client connections accepted.
    public var accepted: UInt64 = 0
    /// Sessions that are open now.
    public var open = 0
    /// The most that were open at once.
    public var peak = 0
    /// Sessions in which both sides finished.
    public var finished: UInt64 = 0
    /// Clients that were told that no server could answer (or were closed, in TCP mode).
    public var refused: UInt64 = 0
    /// Sessions that the client broke off.
    public var clientAborted: UInt64 = 0
    /// Sessions that the server broke off.
    public var serverAborted: UInt64 = 0
    /// Sessions closed because nothing moved for the idle time-out.
    public var idle: UInt64 = 0
    /// Sessions cut at the end of a shutdown.
    public var cut: UInt64 = 0
    /// Attempts at another server, after one failed.
    public var retries: UInt64 = 0
    /// Bytes moved from clients to servers.
    public var bytesToServers: UInt64 = 0
    /// Bytes moved from servers to clients.
    public var bytesToClients: UInt64 = 0

    /// All zero.
    public init() {}

    /// Counts a session that begins.
    public mutating func began() {
        accepted += 1
        open += 1
        peak = max(peak, open)
    }

    /// Begins all counts anew; what is open stays, and is the first peak.
    public mutating func reset() {
        let open = open
        self = SessionCounters()
        self.open = open
        peak = open
    }
}
