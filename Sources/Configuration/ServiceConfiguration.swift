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
    /// How long a session may wait.
    public var timeouts: TimeoutConfiguration
    /// How much the service takes on.
    public var limits: LimitConfiguration

    /// Makes a service; what is left out is the default.
    public init(
        name: String = Defaults.serviceName,
        listen: Endpoint,
        mode: ServiceMode = Defaults.mode,
        strategy: StrategyName = Defaults.strategy,
        servers: [ServerConfiguration],
        health: HealthConfiguration = HealthConfiguration(),
        timeouts: TimeoutConfiguration = TimeoutConfiguration(),
        limits: LimitConfiguration = LimitConfiguration()
    ) {
        self.name = name
        self.listen = listen
        self.mode = mode
        self.strategy = strategy
        self.servers = servers
        self.health = health
        self.timeouts = timeouts
        self.limits = limits
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
    /// Its share beside the other servers' (``Limits/weight``).
    public var weight: Int

    /// Makes a server; with no name it is called by its address.
    public init(name: String? = nil, address: Endpoint, weight: Int = Defaults.weight) {
        self.name = name ?? address.description
        self.address = address
        self.weight = weight
    }
}

/// How long a session may wait.
public struct TimeoutConfiguration: Equatable, Sendable {
    /// For a connection to a server to be established.
    public var connect: Duration
    /// For a byte to move in either direction.
    public var idle: Duration

    /// Makes timeouts; what is left out is the default.
    public init(connect: Duration = Defaults.connectTimeout, idle: Duration = Defaults.idleTimeout) {
        self.connect = connect
        self.idle = idle
    }
}

/// How much a service takes on.
public struct LimitConfiguration: Equatable, Sendable {
    /// Client connections at a time; `nil` (`auto`): what the process's limit of open files allows.
    public var connections: Int?
    /// How many more servers are tried after a failed attempt.
    public var retries: Int

    /// Makes limits; what is left out is the default.
    public init(connections: Int? = Defaults.connections, retries: Int = Defaults.retries) {
        self.connections = connections
        self.retries = retries
    }
}
