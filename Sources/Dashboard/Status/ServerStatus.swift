/// A server as it stands.
public struct ServerStatus: Encodable, Sendable {
    /// Its name in the configuration.
    public var name: String
    /// Where it is reached.
    public var address: String
    /// Its share beside the others'.
    public var weight: Int
    /// The most requests that it may hold at once; nil for no limit.
    @Nullable public var maxConnections: Int?
    /// What a person set: `enabled`, `draining` or `disabled`.
    public var administrativeState: String
    /// What checks and traffic saw.
    public var health: HealthStatus
    /// What its exchanges brought upon it; nil while it is not left out.
    @Nullable public var ejection: EjectionStatus?
    /// Whether it is back after an ejection and has answered nothing well yet: it gets one request at a time.
    public var onTrial: Bool
    /// Whether it may get requests.
    public var eligible: Bool
    /// How far its drain is; nil while it is not draining.
    @Nullable public var drain: DrainStatus?
    /// Requests that it holds now.
    public var inFlight: Int
    /// The most at once.
    public var peakInFlight: Int
    /// Requests that ended with it.
    public var requests: ServerRequestsStatus
    /// Attempts that failed at it.
    public var failures: UInt64
    /// Bytes of content.
    public var bytes: BytesStatus
    /// Of its answers since the service counts.
    @Nullable public var latencyMs: LatencyStatus?
    /// The last ten seconds.
    public var recent: RecentStatus
    /// The last whole second.
    public var lastSecond: SecondStatus
    /// What the strategy thinks of it.
    public var standing: StandingStatus

    private enum CodingKeys: String, CodingKey {
        case address
        case administrativeState = "administrative_state"
        case bytes, drain, ejection, eligible, failures, health
        case inFlight = "in_flight"
        case lastSecond = "last_second"
        case latencyMs = "latency_ms"
        case maxConnections = "max_connections"
        case name
        case onTrial = "on_trial"
        case peakInFlight = "peak_in_flight"
        case recent, requests, standing, weight
    }

    /// Sets all of them.
    public init(
        name: String, address: String, weight: Int, maxConnections: Int?, administrativeState: String,
        health: HealthStatus, ejection: EjectionStatus?, onTrial: Bool, eligible: Bool, drain: DrainStatus?,
        inFlight: Int, peakInFlight: Int, requests: ServerRequestsStatus, failures: UInt64,
        bytes: BytesStatus,
        latencyMs: LatencyStatus?, recent: RecentStatus, lastSecond: SecondStatus, standing: StandingStatus
    ) {
        self.name = name
        self.address = address
        self.weight = weight
        self.maxConnections = maxConnections
        self.administrativeState = administrativeState
        self.health = health
        self.ejection = ejection
        self.onTrial = onTrial
        self.eligible = eligible
        self.drain = drain
        self.inFlight = inFlight
        self.peakInFlight = peakInFlight
        self.requests = requests
        self.failures = failures
        self.bytes = bytes
        self.latencyMs = latencyMs
        self.recent = recent
        self.lastSecond = lastSecond
        self.standing = standing
    }
}

/// What checks and traffic saw of a server.
public struct HealthStatus: Encodable, Sendable {
    /// `checking`, `up` or `down`.
    public var state: String
    /// Whether checks look at it.
    public var checked: Bool
    /// For how long it has been so.
    public var sinceSeconds: Double
    /// The last failure, while it still counts.
    @Nullable public var reason: String?
    /// The last check; nil before the first.
    @Nullable public var lastCheck: CheckStatus?
    /// Until the next check.
    @Nullable public var nextCheckSeconds: Double?

    private enum CodingKeys: String, CodingKey {
        case checked
        case lastCheck = "last_check"
        case nextCheckSeconds = "next_check_seconds"
        case reason
        case sinceSeconds = "since_seconds"
        case state
    }

    /// Sets all of them.
    public init(
        state: String, checked: Bool, sinceSeconds: Double, reason: String?, lastCheck: CheckStatus?,
        nextCheckSeconds: Double?
    ) {
        self.state = state
        self.checked = checked
        self.sinceSeconds = sinceSeconds
        self.reason = reason
        self.lastCheck = lastCheck
        self.nextCheckSeconds = nextCheckSeconds
    }
}

/// A check that has ended.
public struct CheckStatus: Encodable, Sendable {
    /// Whether it passed.
    public var passed: Bool
    /// What it found: `200 OK`, `connection refused`.
    public var detail: String
    /// How long it took.
    public var durationMs: Double
    /// How long ago it ended.
    public var secondsAgo: Double

    private enum CodingKeys: String, CodingKey {
        case detail
        case durationMs = "duration_ms"
        case passed
        case secondsAgo = "seconds_ago"
    }

    /// Sets all of them.
    public init(passed: Bool, detail: String, durationMs: Double, secondsAgo: Double) {
        self.passed = passed
        self.detail = detail
        self.durationMs = durationMs
        self.secondsAgo = secondsAgo
    }
}

/// Why and for how long a server is left out.
public struct EjectionStatus: Encodable, Sendable {
    /// Its last failure.
    public var reason: String
    /// Until it may take part again.
    public var remainingSeconds: Double

    private enum CodingKeys: String, CodingKey {
        case reason
        case remainingSeconds = "remaining_seconds"
    }

    /// Sets both.
    public init(reason: String, remainingSeconds: Double) {
        self.reason = reason
        self.remainingSeconds = remainingSeconds
    }
}

/// How far a drain is.
public struct DrainStatus: Encodable, Sendable {
    /// How long it may take.
    public var timeoutSeconds: Double
    /// How much of that is left; what is in flight then is cut.
    public var remainingSeconds: Double

    private enum CodingKeys: String, CodingKey {
        case remainingSeconds = "remaining_seconds"
        case timeoutSeconds = "timeout_seconds"
    }

    /// Sets both.
    public init(timeoutSeconds: Double, remainingSeconds: Double) {
        self.timeoutSeconds = timeoutSeconds
        self.remainingSeconds = remainingSeconds
    }
}

/// Requests that ended with a server.
public struct ServerRequestsStatus: Encodable, Sendable {
    /// All of them.
    public var total: UInt64
    /// Answered whole, with a status below 500.
    public var succeeded: UInt64
    /// Answered with a 5xx, or not to the end.
    public var failed: UInt64
    /// Its part of all that servers got, from 0 to 1; nil before the first.
    @Nullable public var share: Double?

    /// Sets all of them.
    public init(total: UInt64, succeeded: UInt64, failed: UInt64, share: Double?) {
        self.total = total
        self.succeeded = succeeded
        self.failed = failed
        self.share = share
    }
}

/// The strategy's own figure for a server.
public struct StandingStatus: Encodable, Sendable {
    /// What the figure is: `turns owed`.
    public var title: String
    /// The figure.
    public var value: Double

    /// Sets both.
    public init(title: String, value: Double) {
        self.title = title
        self.value = value
    }
}
