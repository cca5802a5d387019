import Time

/// When a worker's next request may begin.
///
/// In a closed loop that is whenever a connection is free. At a fixed rate each request has a time at which it is
/// meant to begin; when no connection is free then, it waits, and its latency counts from the time that was meant.
/// The requests that wait are the numbers between the next one and the latest that is due: no list is kept, however
/// many they are.
struct Pace {
    private let share: Share
    /// Nil in a closed loop.
    private let schedule: Schedule?
    /// How many requests may still begin.
    private var remaining: Int
    /// How many have begun.
    private var begun = 0
    /// No request begins, or is meant to, at this time or later.
    private(set) var end: Instant
    private var isOver = false

    /// - Parameter schedule: that of the whole plan; nil for a closed loop.
    init(_ share: Share, end: Instant, schedule: Schedule?) {
        self.share = share
        self.schedule = schedule
        self.end = end
        remaining = share.requests ?? .max
    }

    /// Whether requests come at a fixed rate.
    var isOpenLoop: Bool { schedule != nil }

    /// Whether no request will begin any more, however long one waits.
    var isDone: Bool { isOver || remaining == 0 || (schedule.map { due(in: $0) >= end } ?? false) }

    /// When the next request is meant to begin; nil in a closed loop, and when there is none.
    var nextDue: Instant? { isDone ? nil : schedule.map(due) }

    private func due(in schedule: Schedule) -> Instant { schedule.due(share.number(begun)) }

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
        let due = due(in: schedule)
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
        return max(0, min(share.count(below: schedule.count(before: end)) - begun, remaining))
    }
}
