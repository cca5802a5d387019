import Time

/// When requests are meant to begin at a fixed rate: request k, counted from 0, k/rate seconds after the start.
struct Schedule: Sendable {
    /// When the first one is meant to begin.
    let start: Instant
    let ratePerSecond: Double

    /// When a request is meant to begin. It is computed from its number, so that nothing adds up over a long test; to the
    /// nearest nanosecond, so that whole multiples of the rate are met exactly.
    func due(_ number: Int) -> Instant {
        start + .nanoseconds(Int64(min(Double(number) * 1e9 / ratePerSecond, Self.longest).rounded()))
    }

    /// How many requests are meant to begin before that.
    func count(before instant: Instant) -> Int {
        let span = Double((instant - start).inNanoseconds)
        guard span > 0 else { return 0 }
        // What is rounded here may be one beside what is rounded there.
        let count = Int(span * ratePerSecond / 1e9)
        if due(count) < instant { return count + 1 }
        return count > 0 && due(count - 1) >= instant ? count - 1 : count
    }

    /// In nanoseconds: more than a century, which is never.
    private static let longest = Double(Int64.max / 2)
}
