/// Measures one server, or all of a service together: totals, the last ten seconds, and five minutes of
/// history.
///
/// Whoever counts writes to the present second alone; when it is over, it is added to the totals, its
/// figures go into the history, and it stays for ten seconds. So counting costs the same whatever is
/// told of it, and a second that nobody counted in costs next to nothing.
public struct Meter: Sendable {
    /// How many whole seconds ``recent`` covers.
    public static let recentSeconds = 10
    /// How many finished seconds ``history`` remembers: five minutes.
    public static let historySeconds = 300

    /// What ended within a second.
    struct Second: Sendable {
        var tally = Tally()
        var latency = LatencyHistogram()

        mutating func add(_ other: borrowing Second) {
            tally += other.tally
            latency.add(other.latency)
        }

        mutating func clear() {
            tally = Tally()
            latency.clear()
        }
    }

    /// The second that lasts.
    private(set) var present = Second()
    /// What the second that lasts had already when the totals were reset: for the recent seconds and the
    /// history it is not forgotten.
    private var beforeReset = Second()
    /// Finished seconds since the reset.
    private var finished = Second()
    /// The last finished ones; second n is at place n modulo their number.
    private var lately = [Second](repeating: Second(), count: recentSeconds)
    /// Oldest first, from ``oldest`` on and round.
    private var past: [SecondFigures] = []
    private var oldest = 0

    /// One that has counted nothing.
    public init() {
        past.reserveCapacity(Self.historySeconds)
    }

    // MARK: Counting

    /// Counts a request in the second that lasts.
    mutating func count(_ measurement: Measurement) {
        present.tally.count(measurement)
        guard measurement.isTimed else { return }
        present.latency.record(microseconds: UInt64(max(0, measurement.nanoseconds)) / 1_000)
    }

    /// Counts what another meter has counted in the second that lasts.
    mutating func count(presentOf other: borrowing Meter) {
        present.add(other.present)
        beforeReset.add(other.beforeReset)
    }

    /// The second that lasted is over; it was this one.
    mutating func finish(_ second: Int64) {
        finished.add(present)
        present.add(beforeReset)
        beforeReset.clear()
        remember(SecondFigures(present.tally, present.latency.figures))
        let place = Int(second % Int64(Self.recentSeconds))
        swap(&present, &lately[place])
        present.clear()
    }

    private mutating func remember(_ figures: SecondFigures) {
        if past.count < Self.historySeconds {
            past.append(figures)
        } else {
            past[oldest] = figures
            oldest = (oldest + 1) % Self.historySeconds
        }
    }

    /// Begins the totals anew; the recent seconds and the history stay.
    mutating func reset() {
        beforeReset.add(present)
        present.clear()
        finished.clear()
    }

    // MARK: Reading

    /// What ended since the start, or the last reset.
    public var totals: Tally { finished.tally + present.tally }

    /// How long it took since the start, or the last reset.
    public var latency: LatencyHistogram {
        var all = finished.latency
        all.add(present.latency)
        return all
    }

    /// The last whole seconds together.
    public var recent: RecentFigures {
        var sum = Second()
        for second in lately { sum.add(second) }
        return RecentFigures(
            seconds: min(past.count, Self.recentSeconds), tally: sum.tally, latency: sum.latency.figures)
    }

    /// How many requests ended in the last whole seconds.
    public var recentRequests: UInt64 { lately.reduce(0) { $0 + $1.tally.requests } }

    /// The finished seconds, oldest first; the last one is the second before the one that lasts.
    public var history: [SecondFigures] { Array(past[oldest...] + past[..<oldest]) }

    /// The second before the one that lasts; a quiet one when none has finished.
    public var lastSecond: SecondFigures {
        guard !past.isEmpty else { return .quiet }
        return past[(oldest + past.count - 1) % past.count]
    }
}
