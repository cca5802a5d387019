import Time

/// When a worker's next request may begin.
///
/// In a closed loop that is whenever a connection is free. At a fixed rate each request has a time at which it is
/// meant to begin; when no connection is free then, it waits, and its latency counts from the time that was meant.
/// The requests that wait are the numbers between the next one and the latest that is due: no list is kept, however
/// many they are.
struct Pace {
    /// When requests are meant to begin, at a fixed rate.
    private struct Schedule {
        let start: Instant
        let interval: Double

        /// The request numbers begin with 0.
        func due(_ number: Int) -> Instant {
            start + .nanoseconds(Int64(Double(number) * interval))
        }

        /// How many are due before that.
        func count(before instant: Instant) -> Int {
            let span = Double((instant - start).inNanoseconds)
            return span <= 0 ? 0 : Int((span / interval).rounded(.up))
        }
    }

    /// How many requests may still begin.
    private var remaining: Int
    /// How many have begun.
    private var begun = 0
    /// No request begins, or is meant to, at this time or later.
    private(set) var end: Instant
    private let schedule: Schedule?
    private var isOver = false

    /// A closed loop, which ends after so many requests or at that time.
    init(requests: Int, end: Instant) {
        remaining = requests
        self.end = end
        schedule = nil
    }

    /// A fixed rate.
    ///
    /// - Parameters:
    ///   - start: when the first request is meant to begin.
    ///   - interval: nanoseconds from one request to the next.
    init(requests: Int, end: Instant, start: Instant, interval: Double) {
        remaining = requests
        self.end = end
        schedule = Schedule(start: start, interval: interval)
    }

    /// Whether requests come at a fixed rate.
    var isOpenLoop: Bool { schedule != nil }

    /// Whether no request will begin any more, however long one waits.
    var isDone: Bool { isOver || remaining == 0 || (schedule.map { $0.due(begun) >= end } ?? false) }

    /// When the next request is meant to begin; nil in a closed loop, and when there is none.
    var nextDue: Instant? { isDone ? nil : schedule?.due(begun) }

    /// Takes the next request if its time has come; answers when it was meant to begin.
    ///
    /// - Parameter reserved: how many requests are left for others.
    mutating func take(at now: Instant, leaving reserved: Int = 0) -> Instant? {
        guard remaining > reserved, !isOver else { return nil }
        guard let schedule else {
            guard now < end else { return nil }
            count()
            return now
        }
        let due = schedule.due(begun)
        guard due <= now, due < end else { return nil }
        count()
        return due
    }

    private mutating func count() {
        remaining -= 1
        begun += 1
    }

    /// Lets no request begin any more.
    mutating func finish(at now: Instant) {
        guard !isOver else { return }
        isOver = true
        end = min(end, now)
    }

    /// Requests that were due before the end and have not begun.
    var overdue: Int {
        guard let schedule else { return 0 }
        return max(0, min(schedule.count(before: end) - begun, remaining))
    }
}
