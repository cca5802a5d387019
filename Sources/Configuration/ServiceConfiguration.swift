import Balancing
import Sockets

/// One listener with its pool, strategy and health check.
public struct ServiceConfiguration: Equatable, Sendable {
    /// Letters, digits, `-`, `_` and `.`; at most 64.
    public var name: String
    /// Where clients connect; port 0 lets the kernel choose.
    public var listen: Endpoint
    /// What is balanced: connections or requests.
    public var mode: ServiceMode
    /// Who picks the server.
    public var strategy: StrategyName
    /// At least one, with different names and addresses.
    public var servers: [ServerConfiguration]
    /// How servers are probed.
    public var health: HealthConfiguration
    /// How long a session or an exchange may wait.
    public var timeouts: TimeoutConfiguration
    /// How much the service takes on.
    public var limits: LimitConfiguration
    /// From whom `X-Forwarded-…` and `X-Request-ID` fields are believed; for requests alone.
    public var trustedProxies: [AddressRange]
    /// Faults of servers' answers that are taken; for requests alone.
    public var acceptUnsafeAnswers: [UnsafeAnswer]
    /// Whether there is a log line for each exchange or, in mode tcp, for each session.
    public var accessLog: Bool

    /// Makes a service; what is left out is the default.
    public init(
        name: String = Defaults.serviceName,
        listen: Endpoint,
        mode: ServiceMode = Defaults.mode,
        strategy: StrategyName = Defaults.strategy,
        servers: [ServerConfiguration],
        health: HealthConfiguration = HealthConfiguration(),
        timeouts: TimeoutConfiguration = TimeoutConfiguration(),
        limits: LimitConfiguration = LimitConfiguration(),
        trustedProxies: [AddressRange] = Defaults.trustedProxies,
        acceptUnsafeAnswers: [UnsafeAnswer] = Defaults.acceptUnsafeAnswers,
        accessLog: Bool = Defaults.accessLog
    ) {
        self.name = name
        self.listen = listen
        self.mode = mode
        self.strategy = strategy
        self.servers = servers
        self.health = health
        self.timeouts = timeouts
        self.limits = limits
        self.trustedProxies = trustedProxies
        self.acceptUnsafeAnswers = acceptUnsafeAnswers
        self.accessLog = accessLog
    }
}

/// What a service balances.
public enum ServiceMode: String, CaseIterable, Sendable {
    /// Requests; without a server the client gets an answer that says so.
    case http
    /// Connections, whatever they carry.
    case tcp
}

/// One server of a pool.
public struct ServerConfiguration: Equatable, Sendable {
    /// How logs and metrics call it.
    public var name: String
    /// Where it is reached; never port 0.
    public var address: Endpoint
    /// Its share beside the other servers' (``Server/weights``).
    public var weight: Int
    /// How many connections it gets at a time, in either mode; `nil`: as many as come.
    public var maxConnections: Int?

    /// Makes a server; with no name it is called by its address.
    public init(
        name: String? = nil, address: Endpoint, weight: Int = Defaults.weight,
        maxConnections: Int? = Defaults.maxConnections
    ) {
        self.name = name ?? address.description
        self.address = address
        self.weight = weight
        self.maxConnections = maxConnections
    }
}
