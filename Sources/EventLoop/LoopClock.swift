import Platform
import Time

/// The time on a loop, which stands still within a turn.
///
/// An object of its own, because timers go by it and may outlive the loop. A weak reference to the loop would make each
/// counting of references to it slow, and those are counted for each connection.
final class LoopClock {
    /// Reads the time.
    var read: () -> Instant = MonotonicClock.now
    private var cached: Instant?
    private var isInTurn = false
    private let wheel: DeadlineWheel

    init(_ wheel: DeadlineWheel) {
        self.wheel = wheel
    }

    /// See ``EventLoop/now``.
    var now: Instant {
        if let cached { return cached }
        return readAnew()
    }

    /// See ``EventLoop/deadlineNow``.
    var deadlineNow: Instant {
        let now = now
        return Instant(nanoseconds: now.nanoseconds &- wheel.away)
    }

    func beginTurn() {
        isInTurn = true
    }

    func endTurn() {
        isInTurn = false
        cached = nil
    }

    /// Apart from the usual case, which is then a comparison and a load.
    @inline(never) private func readAnew() -> Instant {
        let now = read()
        if isInTurn {
            cached = now
            wheel.notice(now)
        }
        return now
    }
}
