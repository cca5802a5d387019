/// A point on the monotonic clock, in nanoseconds since an arbitrary origin (on Linux: boot).
///
/// Setting the wall clock forward or back never moves it. Sixty-four bits and no more, because
/// sessions keep several of these; the standard library's instants are twice the size and cannot
/// be made from a reading of our own.
public struct Instant: Comparable, Hashable, Sendable {
    /// Nanoseconds since the origin.
    public var nanoseconds: Int64

    /// Makes the instant that lies `nanoseconds` after the origin.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The origin of the clock: earlier than anything that happens.
    public static let origin = Instant(nanoseconds: 0)

    /// Later than anything that happens: a deadline that never passes.
    public static let never = Instant(nanoseconds: .max)

    /// Whether one instant comes before another.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The instant a span later; saturates at `never`.
    public static func + (instant: Instant, span: TimeSpan) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(span.inNanoseconds)
        return overflow ? .never : Instant(nanoseconds: sum)
    }

    /// The span from an earlier instant to this one; negative when it is the other way round.
    public static func - (later: Instant, earlier: Instant) -> TimeSpan {
        .nanoseconds(later.nanoseconds &- earlier.nanoseconds)
    }
}
