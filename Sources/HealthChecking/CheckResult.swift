import Time

/// What came of one check.
public struct CheckResult: Equatable, Sendable {
    /// What the check found.
    public enum Verdict: Equatable, Sendable {
        /// The server is well.
        case passed
        /// The server is not; the text says how: "connection refused".
        case failed(reason: String)
        /// This machine could not check, for lack of descriptors or ports: no word about the server.
        case impossible(reason: String)
    }

    /// What the check found.
    public let verdict: Verdict
    /// From the start of the check to its verdict.
    public let latency: Duration
    /// When the verdict was found.
    public let at: Instant
}
