import EventLoop
import Time

/// The tokens that were shown and are wrong: somebody may be guessing. They are answered late, and told once in a while.
///
/// A right token is never held up by them: its answer does not wait, and a connection whose answer is held back is the
/// first one that goes where there is no room.
struct WrongTokens {
    /// How long the answer to a wrong token is held back: sixteen characters are not guessed at any speed, and a person
    /// who mistyped one hardly notices.
    static let delay = Duration.milliseconds(500)
    /// They are told at most once in so long.
    private static let interval = Duration.seconds(10)

    private var count = 0
    private var toldAt: Instant?

    /// Takes note of one; the answer is what there is to tell: how many there were since the last time.
    mutating func note(at now: Instant) -> Int? {
        count += 1
        if let toldAt, now - toldAt < Self.interval { return nil }
        defer { count = 0 }
        toldAt = now
        return count
    }
}
