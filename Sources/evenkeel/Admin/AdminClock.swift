import EventLoop
import Platform
import Time

/// Turns the loop's instants into times that people know. Both clocks are read at once, so that a wall clock
/// that is set meanwhile moves what is told and nothing else.
struct AdminClock {
    /// The loop's time.
    let now: Instant
    /// The same in Unix seconds.
    let unixNow: Double

    init(_ loop: EventLoop) {
        now = loop.now
        unixNow = WallClock.unixSeconds().rounded(to: 1000)
    }

    /// An instant in Unix seconds.
    func unixTime(of instant: Instant) -> Double {
        (unixNow - (now - instant).inSeconds).rounded(to: 1000)
    }

    /// How long ago something was, in seconds.
    func seconds(since instant: Instant) -> Double {
        max(0, (now - instant).inSeconds.rounded(to: 1000))
    }

    /// How far something is, in seconds; 0 when it is due.
    func seconds(until instant: Instant) -> Double {
        max(0, (instant - now).inSeconds.rounded(to: 1000))
    }
}
