/// All meters of a service: one for each server, one for what no server was asked for, and one for all
/// of it together.
///
/// Time goes in as whole seconds of the monotonic clock. A second that passes without a request counts
/// as nothing ended, and is not missing.
public final class Meters {
    /// By the servers' numbers.
    public private(set) var servers: [Meter]
    /// Requests for which no server was asked.
    public private(set) var unserved = Meter()
    /// What is counted for all together at once. In one place, for each place costs a check that nobody
    /// else is at it.
    private var told: (statuses: StatusClasses, retries: UInt64, second: Int64)
    /// All together; what the second that lasts adds comes with its end.
    private var all = Meter()

    /// Begins to count, within a second of the clock.
    public init(servers: Int, at second: Int64) {
        self.servers = [Meter](repeating: Meter(), count: servers)
        told = (StatusClasses(), 0, second)
    }

    /// What clients were told, since the start or the last reset.
    public var statuses: StatusClasses { told.statuses }

    /// Further attempts after one failed, since the start or the last reset.
    public var retries: UInt64 { told.retries }

    /// The second that lasts.
    public private(set) var second: Int64 {
        get { told.second }
        set { told.second = newValue }
    }

    /// Counts a request that ended within a second.
    public func count(_ measurement: Measurement, at second: Int64) {
        if second != self.second { turn(to: second) }
        if let status = measurement.status { told.statuses.count(status) }
        told.retries &+= UInt64(measurement.retries)
        if let server = measurement.server {
            servers[server].count(measurement)
        } else {
            unserved.count(measurement)
        }
    }

    /// The clock shows this second: those before it are over. Whoever reads calls this first. A second
    /// before the one that lasts changes nothing.
    public func turn(to second: Int64) {
        // Of a longer silence no more can be remembered.
        let first = max(self.second, second - Int64(Meter.historySeconds) - 1)
        if first > self.second, second > first { finish(self.second) }
        for passed in first..<max(first, second) { finish(passed) }
        self.second = max(self.second, second)
    }

    private func finish(_ second: Int64) {
        for number in servers.indices {
            all.count(presentOf: servers[number])
            servers[number].finish(second)
        }
        all.count(presentOf: unserved)
        unserved.finish(second)
        all.finish(second)
    }

    /// Begins totals, statuses and retries anew; recent seconds and histories stay.
    public func reset() {
        for number in servers.indices { servers[number].reset() }
        unserved.reset()
        all.reset()
        told.statuses = StatusClasses()
        told.retries = 0
    }

    // MARK: All together

    /// What ended since the start, or the last reset.
    public var totals: Tally { servers.reduce(unserved.totals) { $0 + $1.totals } }

    /// How long it took since the start, or the last reset.
    public var latency: LatencyHistogram {
        servers.reduce(into: all.latency) { $0.add($1.present.latency) }
    }

    /// The last whole seconds.
    public var recent: RecentFigures { all.recent }

    /// The finished seconds, oldest first; the last one is the second before ``second``.
    public var history: [SecondFigures] { all.history }

    /// The second before ``second``.
    public var lastSecond: SecondFigures { all.lastSecond }
}
