import Glibc

/// The time of day, for people: nothing is measured with it.
public enum WallClock {
    /// Now, in seconds since 1970 (UTC).
    public static func unixSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Now in local time, such as `2026-11-23 12:00:01.123`.
    public static func text() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var parts = tm()
        localtime_r(&time.tv_sec, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let length = strftime(&text, text.count, "%Y-%m-%d %H:%M:%S", &parts)
        let seconds = String(decoding: text.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
        let milliseconds = String(time.tv_nsec / 1_000_000)
        return "\(seconds).\(String(repeating: "0", count: 3 - milliseconds.count))\(milliseconds)"
    }
}
