import Time

/// What a server answered in the last ten seconds: how much, and how much of it failed.
///
/// Time goes in steps of a second, as in ``RetryBudget``. A call clears at most ten buckets and allocates
/// nothing.
struct AnswerWindow {
    /// How many seconds back answers count: Envoy's `interval` of outlier detection.
    static let seconds = 10

    private struct Counts {
        var answers: UInt32 = 0
        var failures: UInt32 = 0
    }

    /// One bucket for each second; second n is at place n modulo the window.
    private var buckets = InlineArray<10, Counts>(repeating: Counts())
    /// The sums of all buckets.
    private var sums = Counts()
    /// The second that the newest bucket stands for.
    private var newest: Int64 = 0
    /// The last answer: when it came, and whether it failed.
    private(set) var latest = (at: Instant.origin, failed: false)

    /// Answers in the window, as of the last call.
    var answers: Int { Int(sums.answers) }

    /// Takes in an answer.
    mutating func count(failed: Bool, at now: Instant) {
        latest = (now, failed)
        turn(to: now)
        let place = Self.place(of: newest)
        buckets[place].answers += 1
        sums.answers += 1
        guard failed else { return }
        buckets[place].failures += 1
        sums.failures += 1
    }

    /// Forgets what has left the window. An instant before the newest second counts as that second.
    mutating func turn(to now: Instant) {
        let second = now.nanoseconds / Self.second
        guard second > newest else { return }
        for _ in 0..<min(second - newest, Int64(Self.seconds)) {
            newest += 1
            let place = Self.place(of: newest)
            sums.answers -= buckets[place].answers
            sums.failures -= buckets[place].failures
            buckets[place] = Counts()
        }
        newest = second
    }

    /// The share that failed, as Laplace estimates it (the rule of succession): one half where nothing is known,
    /// and never none or all, so that few answers say little.
    var estimatedRate: Double {
        (Double(sums.failures) + 1) / (Double(sums.answers) + 2)
    }

    /// The share that failed, at least, with a confidence of 99 %: the lower bound of Wilson's score interval
    /// (Wilson, 1927).
    var leastRate: Double {
        guard answers > 0 else { return 0 }
        let z = 2.576
        let count = Double(sums.answers)
        let share = Double(sums.failures) / count
        let spread = z * (share * (1 - share) / count + z * z / (4 * count * count)).squareRoot()
        return max(0, (share + z * z / (2 * count) - spread) / (1 + z * z / count))
    }

    /// When the first second is over in which an answer of the window failed; never when none did.
    var failingSince: Instant {
        let oldest = max(0, newest - Int64(Self.seconds) + 1)
        for second in oldest...max(oldest, newest) where buckets[Self.place(of: second)].failures > 0 {
            return Instant(nanoseconds: (second + 1) * Self.second)
        }
        return .never
    }

    private static let second: Int64 = 1_000_000_000

    private static func place(of second: Int64) -> Int {
        Int(second % Int64(seconds))
    }
}
