import HTTPWire
import Sockets
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
        case impossible(SystemError)
    }

    /// What the check found.
    public let verdict: Verdict
    /// The same for a person: "200 OK", "connected", "connection refused".
    public let detail: String
    /// From the start of the check to its verdict.
    public let latency: TimeSpan
    /// When the verdict was found.
    public let at: Instant

    /// - Parameter status: what the server answered; nil when it was not asked for anything.
    init(verdict: Verdict, status: Int?, latency: TimeSpan, at: Instant) {
        self.verdict = verdict
        self.latency = latency
        self.at = at
        switch verdict {
        case .passed: detail = status.map(Self.text) ?? "connected"
        case .failed(let reason): detail = reason
        case .impossible(let error): detail = error.description
        }
    }

    private static func text(_ status: Int) -> String {
        let phrase = ReasonPhrase.text(status)
        return phrase.isEmpty ? "status \(status)" : "\(status) \(phrase)"
    }
}
