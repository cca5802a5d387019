import Time

/// What one worker has counted.
struct LoadTally: Sendable {
    /// What is told while the test runs: small, because it is told often.
    struct Counters: Equatable, Sendable {
        var sent = 0
        var answered = 0
        var succeeded = 0
        /// Requests without an answer.
        var broken = 0

        /// Requests that were answered with 500 or above, or got no answer.
        var failed: Int { answered - succeeded + broken }

        static func += (left: inout Counters, right: Counters) {
            left.sent += right.sent
            left.answered += right.answered
            left.succeeded += right.succeeded
            left.broken += right.broken
        }
    }

    private(set) var counters = Counters()
    private(set) var bytes: UInt64 = 0
    private(set) var statuses = StatusCounts()
    private(set) var errors: [LoadFailure: Int] = [:]
    private(set) var latency = LoadHistogram()
    private(set) var connectTime = LoadHistogram()
    var servers: ServerTally
    /// Requests that were due and never began.
    var unsent = 0
    /// When the last request began.
    private(set) var begunAt = Instant.origin
    /// When the last request had ended.
    var endedAt = Instant.origin

    init(naming names: ServerNames = ServerNames()) {
        servers = ServerTally(naming: names)
    }

    /// Stands for that of a worker which has not told its own: each request without an answer counts as cancelled.
    init(unfinished counters: Counters, at now: Instant) {
        self.init()
        self.counters = counters
        self.counters.broken = counters.sent - counters.answered
        if self.counters.broken > 0 { errors[.cancelled] = self.counters.broken }
        endedAt = now
    }

    mutating func began(at now: Instant) {
        counters.sent += 1
        begunAt = now
    }

    mutating func received(_ count: Int) { bytes += UInt64(count) }

    mutating func connected(after span: TimeSpan) { connectTime.record(span) }

    mutating func answered(_ status: Int, by server: ServerTally.Place, from begin: Instant, to end: Instant)
    {
        counters.answered += 1
        // 503 is a failure: a client of the balancer got nothing that it asked for.
        if status < 500 { counters.succeeded += 1 }
        statuses.add(1, of: status)
        servers.count(server)
        latency.record(from: begin, to: end)
    }

    mutating func failed(_ failure: LoadFailure, count: Int = 1) {
        counters.broken += count
        errors[failure, default: 0] += count
    }
}

/// All workers' tallies together.
struct TallySum {
    private var counters = LoadTally.Counters()
    private var bytes: UInt64 = 0
    private var statuses = StatusCounts()
    private var errors: [LoadFailure: Int] = [:]
    private var latency = LoadHistogram()
    private var connectTime = LoadHistogram()
    private var servers: [String: Int] = [:]
    private var unsent = 0
    private var begunAt = Instant.origin
    private var endedAt = Instant.origin

    mutating func add(_ tally: LoadTally) {
        counters += tally.counters
        bytes += tally.bytes
        statuses.add(tally.statuses)
        errors.merge(tally.errors, uniquingKeysWith: +)
        latency.add(tally.latency)
        connectTime.add(tally.connectTime)
        servers.merge(tally.servers.counts, uniquingKeysWith: +)
        unsent += tally.unsent
        begunAt = max(begunAt, tally.begunAt)
        endedAt = max(endedAt, tally.endedAt)
    }

    /// - Parameter rate: requests a second that were asked for; nil for a closed loop.
    func report(since start: Instant, askedFor rate: Double?, wasCancelled: Bool) -> LoadReport {
        let answered = Double(max(counters.answered, 1))
        return LoadReport(
            sent: counters.sent, answered: counters.answered, succeeded: counters.succeeded, unsent: unsent,
            fixedRate: rate.flatMap { fixedRate($0, since: start) },
            elapsed: max(endedAt - start, .zero), bytes: bytes, latency: latency.summary,
            connectTime: connectTime.summary, statuses: statuses, errors: errors,
            servers: servers.sorted { $0.key < $1.key }.map { name, count in
                ServerCount(name: name, requests: count, share: Double(count) / answered)
            },
            histogram: latency.bars, wasCancelled: wasCancelled)
    }

    /// What was sent in the time in which it was meant to be sent, or in the longer one that it took to send it. How long
    /// answers take is no part of that time.
    private func fixedRate(_ asked: Double, since start: Instant) -> FixedRate? {
        let due = counters.sent + unsent
        guard due > 0 else { return nil }
        let span = max(Double(due) / asked, (begunAt - start).inSeconds + 1 / asked)
        return FixedRate(asked: asked, reached: Double(counters.sent) / span)
    }
}
