/// What became of a service's exchanges since the start, or since a reset.
public struct ExchangeCounters: Equatable, Sendable {
    /// Exchanges that ended.
    public var total: UInt64 = 0
    /// Ended without a hitch: a server answered, whatever its status, and the client has all of it.
    public var answered: UInt64 = 0
    /// Answered by us: the client's mistake, status 4xx.
    public var refused: UInt64 = 0
    /// Answered by us: no server could, status 5xx.
    public var failed: UInt64 = 0
    /// Broken off when an answer had begun, or by the client.
    public var cut: UInt64 = 0
    /// Further attempts, after one failed.
    public var retries: UInt64 = 0
    /// Bytes of answers' content.
    public var bytesToClients: UInt64 = 0

    /// All zero.
    public init() {}
}
