/// A service as it stands.
public struct ServiceStatus: Encodable, Sendable {
    /// Its name in the configuration.
    public var name: String
    /// `http` or `tcp`.
    public var mode: String
    /// Where it listens; nil once it has stopped.
    @Nullable public var address: String?
    /// Where a browser finds it; nil in mode tcp and on a Unix socket.
    @Nullable public var url: String?
    /// `starting`, `accepting` or `stopping`.
    public var state: String
    /// The strategy in use, as the configuration names it.
    public var strategy: String
    /// The same for a person.
    public var strategyTitle: String
    /// All strategies there are.
    public var strategies: [StrategyStatus]
    /// How many servers there are.
    public var serversTotal: Int
    /// How many of them are up.
    public var serversUp: Int
    /// How many of them may get requests.
    public var serversEligible: Int
    /// Since when is counted, in Unix seconds: the start, or the last reset.
    public var countingSince: Double
    /// The clients' connections.
    public var connections: ConnectionsStatus
    /// The requests; sessions in mode tcp.
    public var requests: RequestsStatus
    /// Bytes of content.
    public var bytes: BytesStatus
    /// Of what servers answered since `countingSince`.
    @Nullable public var latencyMs: LatencyStatus?
    /// The last ten seconds.
    public var recent: RecentStatus
    /// Requests within the last sixty seconds.
    public var lastMinute: MinuteStatus
    /// The last whole second.
    public var lastSecond: SecondStatus
    /// In the order of the configuration; put in one by one.
    public var servers: [ServerStatus] = []

    private enum CodingKeys: String, CodingKey {
        case address, bytes, connections
        case countingSince = "counting_since"
        case lastMinute = "last_minute"
        case lastSecond = "last_second"
        case latencyMs = "latency_ms"
        case mode, name, recent, requests, servers
        case serversEligible = "servers_eligible"
        case serversTotal = "servers_total"
        case serversUp = "servers_up"
        case state, strategies, strategy
        case strategyTitle = "strategy_title"
        case url
    }

    /// Sets all but the servers.
    public init(
        name: String, mode: String, address: String?, url: String?, state: String, strategy: StrategyStatus,
        strategies: [StrategyStatus], serversUp: Int, serversEligible: Int, countingSince: Double,
        connections: ConnectionsStatus, requests: RequestsStatus, bytes: BytesStatus,
        latencyMs: LatencyStatus?, recent: RecentStatus, lastMinute: UInt64, lastSecond: SecondStatus,
        serversTotal: Int
    ) {
        self.name = name
        self.mode = mode
        self.address = address
        self.url = url
        self.state = state
        self.strategy = strategy.name
        self.strategyTitle = strategy.title
        self.strategies = strategies
        self.serversTotal = serversTotal
        self.serversUp = serversUp
        self.serversEligible = serversEligible
        self.countingSince = countingSince
        self.connections = connections
        self.requests = requests
        self.bytes = bytes
        self.latencyMs = latencyMs
        self.recent = recent
        self.lastMinute = MinuteStatus(requests: lastMinute)
        self.lastSecond = lastSecond
    }

    /// What `/api/v1/status` tells of it.
    var summary: ServiceSummary {
        ServiceSummary(
            name: name, mode: mode, state: state, strategy: strategy, serversTotal: serversTotal,
            serversUp: serversUp, serversEligible: serversEligible)
    }
}

/// A strategy's name, and what a person calls it.
public struct StrategyStatus: Encodable, Sendable {
    /// As the configuration names it.
    public var name: String
    /// As a person reads it.
    public var title: String

    /// Sets both.
    public init(name: String, title: String) {
        self.name = name
        self.title = title
    }
}

/// The clients' connections of a service.
public struct ConnectionsStatus: Encodable, Sendable {
    /// Now.
    public var open: Int
    /// The most at once.
    public var peak: Int
    /// All so far.
    public var accepted: UInt64
    /// The most that may be open at once.
    public var limit: Int

    /// Sets all of them.
    public init(open: Int, peak: Int, accepted: UInt64, limit: Int) {
        self.open = open
        self.peak = peak
        self.accepted = accepted
        self.limit = limit
    }
}

/// What became of a service's requests; of its sessions in mode tcp.
public struct RequestsStatus: Encodable, Sendable {
    /// Ended.
    public var total: UInt64
    /// At servers now.
    public var inFlight: Int
    /// The most at once.
    public var peakInFlight: Int
    /// Answered whole, with a status below 500.
    public var succeeded: UInt64
    /// Answered with a 5xx, ours or a server's, or cut by a server.
    public var failed: UInt64
    /// The client's mistake, answered by us with 4xx, 501 or 505, or not at all.
    public var refused: UInt64
    /// The client went away, or our shutdown cut it.
    public var aborted: UInt64
    /// Further attempts, after one failed.
    public var retries: UInt64
    /// Waiting for a server with room, now.
    public var queued: Int
    /// From 0 to 1: succeeded of succeeded and failed; nil before the first.
    @Nullable public var successRatio: Double?
    /// What clients were told, by the status' first digit: `2xx`; `none` without one.
    public var byStatus: [String: UInt64]

    private enum CodingKeys: String, CodingKey {
        case aborted
        case byStatus = "by_status"
        case failed
        case inFlight = "in_flight"
        case peakInFlight = "peak_in_flight"
        case queued, refused, retries, succeeded
        case successRatio = "success_ratio"
        case total
    }

    /// Sets all of them.
    public init(
        total: UInt64, inFlight: Int, peakInFlight: Int, succeeded: UInt64, failed: UInt64, refused: UInt64,
        aborted: UInt64, retries: UInt64, queued: Int, successRatio: Double?, byStatus: [String: UInt64]
    ) {
        self.total = total
        self.inFlight = inFlight
        self.peakInFlight = peakInFlight
        self.succeeded = succeeded
        self.failed = failed
        self.refused = refused
        self.aborted = aborted
        self.retries = retries
        self.queued = queued
        self.successRatio = successRatio
        self.byStatus = byStatus
    }
}

/// The last minute.
public struct MinuteStatus: Encodable, Sendable {
    /// Requests that ended.
    public var requests: UInt64
}

/// A service in one line.
struct ServiceSummary: Encodable {
    let name: String
    let mode: String
    let state: String
    let strategy: String
    let serversTotal: Int
    let serversUp: Int
    let serversEligible: Int

    private enum CodingKeys: String, CodingKey {
        case mode, name
        case serversEligible = "servers_eligible"
        case serversTotal = "servers_total"
        case serversUp = "servers_up"
        case state, strategy
    }
}
