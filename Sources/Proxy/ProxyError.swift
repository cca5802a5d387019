import Sockets

/// Why an attempt to reach a server failed: whose fault it was, and whether another may be tried.
public struct ProxyError: Error, Equatable, Sendable {
    /// Who is to blame.
    public enum Source: String, Equatable, Sendable {
        /// The server: it counts against its health.
        case server
        /// The client, which asked for nothing: no server is judged by it.
        case client
        /// This machine, which lacked descriptors, ports or memory: no server is judged by it.
        case here
    }

    /// What happened.
    public enum Kind: String, Equatable, Sendable {
        /// The server could not be reached.
        case unreachable
        /// The server did not answer the connection in time.
        case timedOut = "timed_out"
        /// The server took the request and left without a word.
        case lost
        /// No server was eligible.
        case noneEligible = "none_eligible"
    }

    /// Who is to blame.
    public let source: Source
    /// What happened.
    public let kind: Kind
    /// For a person: "connection refused".
    public let reason: String

    /// Whether another server may be tried. With none eligible there is none to try.
    public var isRetryable: Bool { kind != .noneEligible }

    /// The server could not be reached.
    static func connecting(_ error: SystemError) -> ProxyError {
        ProxyError(
            source: error.isShortageHere ? .here : .server, kind: .unreachable, reason: error.description)
    }

    /// The server did not take the connection in time.
    static func timedOut(after limit: Duration) -> ProxyError {
        ProxyError(
            source: .server, kind: .timedOut, reason: "connecting timed out after \(limit.inMilliseconds)ms")
    }

    /// The server left without a word.
    static let lost = ProxyError(
        source: .server, kind: .lost, reason: "the server closed the connection without an answer")

    /// The server left before the client had asked anything, as one that gives idle connections little
    /// time may: no fault of anybody's.
    static let leftUnasked = ProxyError(
        source: .client, kind: .lost, reason: "the server closed the connection before the request")

    /// No server was eligible.
    static func noneEligible(of count: Int) -> ProxyError {
        ProxyError(source: .server, kind: .noneEligible, reason: "none of \(count) servers is up and enabled")
    }
}
