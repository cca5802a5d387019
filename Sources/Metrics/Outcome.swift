/// What became of a request, as counters tell it: an exchange in HTTP mode, a session in TCP mode.
public enum Outcome: String, Sendable, CaseIterable {
    /// Answered whole, with a status below 500; of a session: both sides finished.
    case succeeded
    /// Answered with a 5xx, the server's or ours, but for the client's mistakes; or cut by the server.
    case failed
    /// The client's mistake, answered by us with 4xx, 501 or 505, or not at all.
    case refused
    /// The client went away, or the shutdown did not wait for it.
    case aborted
}
