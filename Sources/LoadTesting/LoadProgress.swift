import Time

/// How far a running test is.
public struct LoadProgress: Equatable, Sendable {
    /// Requests begun.
    public var sent = 0
    /// Requests with a whole answer, of whatever status.
    public var answered = 0
    /// Requests answered with a status below 500.
    public var succeeded = 0
    /// Requests that were answered with 500 or above, or got no answer: those in flight are neither.
    public var failed = 0
    /// Since the start.
    public var elapsed = TimeSpan.zero
    /// Answers in a second, over the time since the last progress.
    public var requestsPerSecond = 0.0
    /// The part that is done: 0 to 1; 0 for a test without an end of its own.
    public var fraction = 0.0
}
