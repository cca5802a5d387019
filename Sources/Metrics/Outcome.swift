/// What became of a request, as counters tell it: an exchange in HTTP mode, a session in TCP mode.
public enum Outcome: String, Sendable, CaseIterable {
    /// Answered whole, with a status below 500; of a session: both sides finished.
    case succeeded
    /// Answered with a 5xx, the server's or ours, or cut by the server.
    case failed
    /// The client's mistake, answered with a 4xx of ours.
    case refused
    /// The client went away, or the shutdown did not wait for it.
    case aborted
}
