import Balancing
import Metrics
import Time

/// What became of one TCP session: for the access log, the metrics and the ring of recent ones.
public struct SessionRecord: Sendable {
    /// When it was accepted.
    public let began: Instant
    /// From its acceptance to its end.
    let nanoseconds: Int64
    /// The client's IP address; nil when nobody wanted to know while it could be asked for.
    public let client: String?
    /// The server that it was with last; nil when none was reached.
    public let server: ServerID?
    /// How often servers were tried.
    public let attempts: Int
    /// Bytes from the client to the server.
    public let sent: UInt64
    /// Bytes from the server to the client.
    public let received: UInt64
    /// How it ended.
    let termination: Termination

    /// From its acceptance to its end.
    public var duration: TimeSpan { .nanoseconds(nanoseconds) }
    /// How it ended, in a stable word.
    public var reason: String { termination.word }
    /// What it counts as.
    public var outcome: Outcome { termination.outcome }

    /// What the meters want to know of it.
    func measurement(at server: ServerID?) -> Measurement {
        Measurement(
            outcome: outcome, server: server?.number, nanoseconds: nanoseconds,
            bytesToClient: received, bytesToServer: sent, retries: max(attempts - 1, 0))
    }
}

extension Termination {
    /// What a session counts as that ended so. One that is closed because nothing moves has had its say, as
    /// a tunnel has.
    var outcome: Outcome {
        switch self {
        case .finished, .idle: .succeeded
        case .refused, .lacking, .serverAborted: .failed
        case .clientAborted, .drained, .cut: .aborted
        }
    }
}
