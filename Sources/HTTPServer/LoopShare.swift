import Time

/// How much of a loop's time servers for people may take: what else runs on the loop goes first.
///
/// A fifth of the time in the long run, after a burst that no person notices. So a crowd of readers waits longer for
/// its answers, and the clients of the proxy on the same loop do not.
final class LoopShare {
    /// Work in one turn of the loop, before sockets have theirs again. One step that takes longer is not broken off.
    static let turn = TimeSpan.milliseconds(2)
    /// One part of work in so many parts of time.
    private static let parts = 5
    /// What a request costs beside its answer: it is read, written, and often a connection is accepted and closed for it,
    /// in calls that are not measured.
    private static let beside = TimeSpan.microseconds(200)
    /// What 16 KiB of an answer cost beside it, a system call, and the copy.
    private static let writing = (bytes: 16 * 1024, time: TimeSpan.microseconds(30))
    /// How much time may be owed before work waits: ten milliseconds of work.
    private static let burst = TimeSpan.milliseconds(10) * parts

    /// When nothing is owed any more.
    private var paidAt = Instant.origin

    /// How long work has to wait; zero when it need not.
    func wait(at now: Instant) -> TimeSpan { max(.zero, paidAt - now - Self.burst) }

    /// Takes note of work that was done, of the requests that it answered, and of what is to be sent.
    func worked(from start: Instant, to end: Instant, answers: Int, bytes: Int) {
        let beside = Self.beside * answers + Self.writing.time * (bytes / Self.writing.bytes)
        paidAt = max(paidAt, start) + (end - start + beside) * Self.parts
    }
}
