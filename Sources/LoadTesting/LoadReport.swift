import Time

/// What a test found.
public struct LoadReport: Sendable {
    /// Requests begun: each was answered, or is counted in ``errors``.
    public let sent: Int
    /// Requests with a whole answer, of whatever status.
    public let answered: Int
    /// Requests answered with a status below 500.
    public let succeeded: Int
    /// Requests that were answered with 500 or above, or got no answer.
    public var failed: Int { sent - succeeded }
    /// Requests that were due at the fixed rate before the end and could not begin, because no connection was
    /// free. Always 0 without a rate.
    public let unsent: Int
    /// The rate that was asked for and the one that was reached; nil in a closed loop, and when nothing was due.
    public let fixedRate: FixedRate?
    /// From the start to the last answer, or to the end of the duration when that came later.
    public let elapsed: TimeSpan
    /// Answers in a second.
    public var requestsPerSecond: Double { Self.rate(Double(answered), in: elapsed) }
    /// Bytes received, heads included.
    public let bytes: UInt64
    /// Bytes received in a second.
    public var bytesPerSecond: Double { Self.rate(Double(bytes), in: elapsed) }
    /// From a request's begin to the last byte of its answer. The begin is when it was meant to begin where a
    /// rate is fixed, else when it was sent; connecting, where that was needed, is part of it.
    /// Nil without an answer.
    public let latency: LatencySummary?
    /// What connecting took; nil when no connection was made.
    public let connectTime: LatencySummary?
    /// Answers by their status.
    public let statuses: StatusCounts
    /// Requests without an answer, by why; only what occurred.
    public let errors: [LoadFailure: Int]
    /// Answers by the server that gave them, sorted by name.
    public let servers: [ServerCount]
    /// The latencies in about a dozen bars, for display.
    public let histogram: [HistogramBar]
    /// Whether it was ended before its time.
    public let wasCancelled: Bool

    private static func rate(_ count: Double, in span: TimeSpan) -> Double {
        span > .zero ? count / span.inSeconds : 0
    }
}

/// At which rate requests were meant to begin, and at which they did, a second.
public struct FixedRate: Equatable, Sendable {
    /// What may be missing, as a part of what was asked for: a test of some ten requests is late by as much on any
    /// machine that has other things to do.
    static let tolerance = 0.05

    /// What was asked for.
    public let asked: Double
    /// What was reached: never more than was asked for.
    public let reached: Double

    /// Whether the test was what it was meant to be.
    public var wasReached: Bool { reached >= asked * (1 - Self.tolerance) }
}

/// Answers by their status.
public struct StatusCounts: Equatable, Sendable {
    /// By the whole status: it has three digits (RFC 9110 section 15).
    private var counts = [Int](repeating: 0, count: 1000)

    /// The classes, 1 to 5.
    public static let classes = 1...5

    /// How many were in a class, such as 2 for 200 to 299.
    public subscript(_ statusClass: Int) -> Int {
        counts[(statusClass * 100)..<((statusClass + 1) * 100)].reduce(0, +)
    }

    /// Each status that occurred, the smallest first, with its count.
    public var exact: [(status: Int, count: Int)] {
        counts.indices.filter { counts[$0] > 0 }.map { ($0, counts[$0]) }
    }

    mutating func add(_ count: Int, of status: Int) {
        counts[status] += count
    }

    mutating func add(_ other: StatusCounts) {
        for (status, count) in other.exact { add(count, of: status) }
    }
}

/// What one server answered, as far as its answers named it (`X-Backend: name:port`).
public struct ServerCount: Equatable, Sendable {
    /// Stands for answers that named no server.
    public static let unnamed = "(none named)"
    /// Stands for the servers beyond those that are told apart.
    public static let others = "(others)"

    /// The server's name.
    public let name: String
    /// How many answers it gave.
    public let requests: Int
    /// Its part of all answers, 0 to 1.
    public let share: Double
}

/// A bar of the histogram: so many answers took that long.
public struct HistogramBar: Equatable, Sendable {
    /// From here, in milliseconds.
    public let from: Double
    /// To below here, in milliseconds.
    public let to: Double
    /// How many answers.
    public let count: Int
}
