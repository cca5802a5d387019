import CSystem
import Glibc
import Time

/// A timer in a descriptor (timerfd(2)), precise to some microseconds: for a pace of thousands a second. The loop's
/// own timers count in milliseconds.
public struct AlarmClock: ~Copyable {
    /// The descriptor, for a watch: it is readable once the alarm has gone off.
    public let number: Int32

    /// Makes an alarm clock that is not set; nil when no descriptor is left.
    public init?() {
        number = evenkeel_timer()
        guard number >= 0 else { return nil }
    }

    deinit {
        close(number)
    }

    /// Sets the alarm, in place of any earlier one; one that went off is forgotten.
    public func set(to instant: Instant) {
        evenkeel_set_timer(number, instant.nanoseconds)
    }
}
