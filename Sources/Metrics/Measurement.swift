/// What counters want to know of one request that ended.
public struct Measurement: Sendable {
    /// What became of it.
    public let outcome: Outcome
    /// The number of the server that was asked last, counted from 0; nil when none was.
    public let server: Int?
    /// From its first byte to its end.
    public let nanoseconds: Int64
    /// Bytes of content that went to the client.
    public let bytesToClient: UInt64
    /// Bytes of content that went to the server.
    public let bytesToServer: UInt64
    /// The status that the client was told, 0 for none; nil where none is ever told, as in a session.
    public let status: Int?
    /// How often a server was asked again, after an attempt had failed.
    public let retries: Int

    /// Sets all of them.
    public init(
        outcome: Outcome, server: Int?, nanoseconds: Int64, bytesToClient: UInt64 = 0,
        bytesToServer: UInt64 = 0, status: Int? = nil, retries: Int = 0
    ) {
        self.outcome = outcome
        self.server = server
        self.nanoseconds = nanoseconds
        self.bytesToClient = bytesToClient
        self.bytesToServer = bytesToServer
        self.status = status
        self.retries = retries
    }

    /// Whether the time that it took tells how fast a server is: not where none was asked, not where the
    /// client ended it, and not of a connection that switched protocols (101) and lasts as long as it likes.
    var isTimed: Bool {
        server != nil && (outcome == .succeeded || outcome == .failed) && status != 101
    }
}
