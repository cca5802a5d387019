import EventLoop
import Platform
import Time

/// Turns the loop's instants into times that people know.
struct AdminClock {
    /// The loop's time.
    let now: Instant
    /// Unix seconds at the monotonic clock's origin.
    private let origin: Double

    /// - Parameter origin: of a ``WallOrigin``, so that an instant is the same time whenever it is told.
    init(_ loop: EventLoop, origin: Double) {
        now = loop.now
        self.origin = origin
    }

    /// The same as ``now``, in Unix seconds.
    var unixNow: Double { unixTime(of: now) }

    /// An instant in Unix seconds.
    func unixTime(of instant: Instant) -> Double {
        (origin + Double(instant.nanoseconds) / 1e9).rounded(to: 1000)
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

/// Where the monotonic clock's origin lies on the wall clock: worked out once, and again when somebody has set
/// the wall clock.
struct WallOrigin {
    /// Farther than two readings lie apart, nearer than anybody sets a clock.
    private static let tolerance = 0.05

    private var origin = WallOrigin.read()

    /// In Unix seconds.
    mutating func current() -> Double {
        let read = Self.read()
        if abs(read - origin) > Self.tolerance { origin = read }
        return origin
    }

    private static func read() -> Double {
        WallClock.unixSeconds() - Double(MonotonicClock.now().nanoseconds) / 1e9
    }
}
