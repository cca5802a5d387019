import Time

/// How many requests of a service may be tried again, so that retries cannot multiply an outage.
///
/// Within the last ten seconds at most a fifth of the requests, and never fewer than ten for each
/// second, so that a quiet service can retry too. The numbers are those of Finagle's and Linkerd's
/// `RetryBudget` (`ttl`, `percentCanRetry`, `minRetriesPerSecond`); those add the two allowances, here
/// the greater one holds, so that a fifth is a fifth. As there, the seconds are pooled: a burst may
/// take at once what ten quiet seconds allow.
///
/// Time goes in steps of a second: what happened up to a second less than the window's length ago may
/// be forgotten already, and nothing older is remembered. A call costs a division and clears at most
/// ten buckets; it allocates nothing.
public struct RetryBudget: Sendable {
    /// How many seconds back requests and retries count. Finagle's `ttl`.
    public static let windowSeconds = 10
    /// Of a hundred requests in the window so many may be retried. Finagle's `percentCanRetry`.
    public static let percent = 20
    /// So many retries for each second of the window are allowed to the quietest service. Finagle's
    /// `minRetriesPerSec`.
    public static let leastPerSecond = 10

    private struct Counts {
        var requests = 0
        var retries = 0
    }

    /// One bucket for each second of the window; second n is at place n modulo the window.
    private var buckets = [Counts](repeating: Counts(), count: windowSeconds)
    /// The sums of all buckets.
    private var sums = Counts()
    /// The second that the newest bucket stands for, counted from the clock's origin.
    private var newest: Int64 = 0

    /// A budget that has seen no request.
    public init() {}

    /// A request came; not called again for its retries.
    public mutating func requested(at now: Instant) {
        let place = turn(to: now)
        buckets[place].requests += 1
        sums.requests += 1
    }

    /// Whether a request may be tried again now. A yes is taken from the budget.
    public mutating func mayRetry(at now: Instant) -> Bool {
        let place = turn(to: now)
        guard sums.retries < limit else { return false }
        buckets[place].retries += 1
        sums.retries += 1
        return true
    }

    /// How many retries the window has, and how many it may have.
    public mutating func standing(at now: Instant) -> (used: Int, limit: Int) {
        _ = turn(to: now)
        return (sums.retries, limit)
    }

    private var limit: Int {
        max(sums.requests * Self.percent / 100, Self.leastPerSecond * Self.windowSeconds)
    }

    /// Forgets what has left the window; the answer is the place of the bucket for now. An instant
    /// before the newest counts as the newest.
    private mutating func turn(to now: Instant) -> Int {
        let second = max(now.nanoseconds / 1_000_000_000, newest)
        for _ in 0..<min(second - newest, Int64(Self.windowSeconds)) {
            newest += 1
            let place = Self.place(of: newest)
            sums.requests -= buckets[place].requests
            sums.retries -= buckets[place].retries
            buckets[place] = Counts()
        }
        newest = second
        return Self.place(of: second)
    }

    private static func place(of second: Int64) -> Int {
        Int(second % Int64(windowSeconds))
    }
}
