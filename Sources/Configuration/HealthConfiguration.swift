import Time

/// How the servers of a service are probed, and when their failures with real requests count.
public struct HealthConfiguration: Equatable, Sendable {
    /// What a probe does.
    public var kind: CheckKind
    /// Between two probes of a server whose health is settled.
    public var interval: TimeSpan
    /// Between two probes of a server that is still being checked, or whose last probe disagreed.
    public var fastInterval: TimeSpan
    /// For one probe, all in all.
    public var timeout: TimeSpan
    /// How many successes in a row make a server up.
    public var rise: Int
    /// How many failures in a row make it down.
    public var fall: Int
    /// How many failed exchanges in a row eject a server, whatever its probes say; for requests alone.
    public var consecutiveFailures: Int
    /// The statuses with which an answer counts as a failed exchange, where most other servers answer well.
    public var statuses: [Int]
    /// How long the first ejection lasts; each further one in a row twice as long, up to the end of
    /// ``Limits/ejection``.
    public var ejection: TimeSpan

    /// Makes a health check; what is left out is the default.
    public init(
        kind: CheckKind = Defaults.checkKind,
        interval: TimeSpan = Defaults.healthInterval,
        fastInterval: TimeSpan = Defaults.healthFastInterval,
        timeout: TimeSpan = Defaults.healthTimeout,
        rise: Int = Defaults.rise,
        fall: Int = Defaults.fall,
        consecutiveFailures: Int = Defaults.consecutiveFailures,
        statuses: [Int] = Defaults.failureStatuses,
        ejection: TimeSpan = Defaults.ejection
    ) {
        self.kind = kind
        self.interval = interval
        self.fastInterval = fastInterval
        self.timeout = timeout
        self.rise = rise
        self.fall = fall
        self.consecutiveFailures = consecutiveFailures
        self.statuses = statuses
        self.ejection = ejection
    }
}

/// What a probe does.
public enum CheckKind: Equatable, Sendable {
    /// Nothing: every server counts as up.
    case none
    /// Connects; with a whole handshake, or so that the server's program does not hear of it.
    case tcp(completesHandshake: Bool)
    /// Sends a request, and judges the answer's status.
    case http(CheckRequestConfiguration)

    /// What the file calls it.
    public var name: CheckName {
        switch self {
        case .none: .none
        case .tcp: .tcp
        case .http: .http
        }
    }
}

/// The names of the kinds of probes, as `health.type` has them.
public enum CheckName: String, CaseIterable, Sendable {
    /// Connects.
    case tcp
    /// Sends a request.
    case http
    /// Does nothing.
    case none
}
