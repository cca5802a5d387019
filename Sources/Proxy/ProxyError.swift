import Sockets

/// Why an attempt to reach a server failed, and whose fault it was.
public struct ProxyError: Error, Equatable, Sendable {
    /// Who is to blame.
    public enum Source: String, Equatable, Sendable {
        /// The server: it counts against its health.
        case server
        /// This machine, which lacked descriptors, ports or memory: no server is judged by it.
        case here
    }

    /// Who is to blame.
    public let source: Source
    /// For a person: "connection refused".
    public let reason: String
    /// Nobody listens there: it was known at once, and was no load for anybody.
    let isRefusal: Bool

    /// The server could not be reached.
    static func connecting(_ error: SystemError) -> ProxyError {
        ProxyError(
            source: error.isShortageHere ? .here : .server, reason: error.description,
            isRefusal: error.isNobodyThere)
    }

    /// The server did not take the connection in time.
    static func timedOut(after limit: Duration) -> ProxyError {
        ProxyError(
            source: .server, reason: "connecting timed out after \(limit.inMilliseconds)ms",
            isRefusal: false)
    }
}
