/// What became of one TCP session, for the access log.
public struct SessionRecord: Sendable {
    /// From its acceptance to its end.
    public let duration: Duration
    /// The client's IP address.
    public let client: String
    /// The server that it was with last; nil when none was reached.
    public let server: String?
    /// How often servers were tried.
    public let attempts: Int
    /// Bytes from the client to the server.
    public let sent: UInt64
    /// Bytes from the server to the client.
    public let received: UInt64
    /// How it ended, in a stable word.
    public let reason: String
}
