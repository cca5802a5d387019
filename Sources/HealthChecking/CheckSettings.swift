import HTTPWire
import Time

/// How a service's servers are checked.
public struct CheckSettings: Sendable {
    /// What a check does.
    public enum Kind: Equatable, Sendable {
        /// Connects, and no more. Over TCP the server's program hears of it only where the handshake is completed;
        /// elsewhere a reset stands in for its last packet.
        case tcp(completesHandshake: Bool)
        /// Sends a request and expects a status within the range.
        case http(CheckRequest, expect: ClosedRange<Int>)
    }

    /// What a check does.
    public let kind: Kind
    /// From the start of one check to the start of the next.
    public let interval: TimeSpan
    /// The same while a server's health is about to change.
    public let fastInterval: TimeSpan
    /// The longest that a check may take; then it has failed.
    public let timeout: TimeSpan
    /// Faults of answers that are taken, as they are of answers to clients' requests.
    public let acceptedFaults: AcceptedFaults

    /// Whether the server's kernel is to see a whole connection.
    var completesHandshake: Bool { kind != .tcp(completesHandshake: false) }

    /// Sets all of them; the defaults are the configuration's.
    public init(
        kind: Kind, interval: TimeSpan, fastInterval: TimeSpan, timeout: TimeSpan,
        acceptedFaults: AcceptedFaults = []
    ) {
        self.kind = kind
        self.interval = interval
        self.fastInterval = fastInterval
        self.timeout = timeout
        self.acceptedFaults = acceptedFaults
    }
}
