import Time

/// The tokens that were shown and are wrong: somebody may be guessing. They are answered late, and told once in a while.
///
/// A right token is never held up by them: its answer does not wait, and a connection whose answer is held back is the
/// first one that goes where there is no room.
struct WrongTokens {
    /// How long the answer to a wrong token is held back: sixteen characters are not guessed at any speed, and a person
    /// who mistyped one hardly notices.
    static let delay = TimeSpan.milliseconds(500)
    /// They are told at most once in so long.
    static let interval = TimeSpan.seconds(10)

    private var count = 0
    private var peer = ""
    /// Whether an interval runs, at whose end the rest is told.
    private var isWaiting = false

    /// Takes note of one, shown by a client's address; the answer is whether it is to be told now, by ``takeUntold()``
    /// and again each ``interval``. What comes within an interval is told at its end.
    mutating func note(from peer: String) -> Bool {
        count += 1
        self.peer = peer
        defer { isWaiting = true }
        return !isWaiting
    }

    /// How many were shown since the last time, and where the last one came from; nil for none: the next one is told at
    /// once.
    mutating func takeUntold() -> (count: Int, peer: String)? {
        isWaiting = count > 0
        defer { count = 0 }
        return isWaiting ? (count, peer) : nil
    }
}
