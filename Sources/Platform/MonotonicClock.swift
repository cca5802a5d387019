import Glibc
import Time

/// Reads the monotonic clock.
public enum MonotonicClock {
    /// Now, to the nanosecond (CLOCK_MONOTONIC through the vDSO: no system call).
    public static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }
}
