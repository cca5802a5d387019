import Balancing
import HTTPWire
import Metrics
import Time

/// What became of one exchange: for the access log, the metrics and the ring of recent ones.
public struct ExchangeRecord: Sendable {
    /// When its first byte came.
    public let began: Instant
    /// From the first byte to the end.
    let nanoseconds: Int64
    /// The client's IP address.
    public let client: String
    /// What it asked for, as it was sent on.
    public let request: RequestLineText
    /// What the client was answered; 0 when it got no answer.
    public let status: Int
    /// The server that was asked last; nil when none was.
    public let server: ServerID?
    /// How often servers were asked.
    public let attempts: Int
    /// Whether the last attempt went over a kept connection.
    public let isReused: Bool
    /// Bytes of the answer's content.
    public let bytesToClient: UInt64
    /// Bytes of the request's content that were passed on.
    public let bytesToServer: UInt64
    /// Why it ended as it did.
    public let reason: ExchangeReason
    /// The rule that the server's answer broke; nil when it broke none.
    public let brokenRule: BrokenRule?
    /// What it counts as.
    public let outcome: Outcome

    /// From the first byte to the end.
    public var duration: TimeSpan { .nanoseconds(nanoseconds) }

    /// What the meters want to know of it.
    var measurement: Measurement {
        Measurement(
            outcome: outcome, server: server?.number, nanoseconds: nanoseconds,
            bytesToClient: bytesToClient, bytesToServer: bytesToServer, status: status,
            retries: max(attempts - 1, 0))
    }
}
