import Time

/// Names a server within its pool: its place in the configuration, for as long as the pool lives.
public struct ServerID: Hashable, Sendable {
    /// Counted from 0.
    public let number: Int

    /// Names the server at a place in the configuration, counted from 0.
    public init(_ number: Int) {
        self.number = number
    }
}

/// What a person set. Health is a matter apart: enabling a dead server does not bring it to life.
public enum AdministrativeState: String, Sendable, CaseIterable {
    /// Takes part.
    case enabled
    /// Gets nothing new; what is in flight may end.
    case draining
    /// Takes no part.
    case disabled
}

/// One backend address in a pool, with all that strategies and health checks know of it.
public struct Server: Sendable {
    /// The name in the configuration, unique within the pool.
    public let name: String
    /// The share that this server gets beside the others', 1 or more.
    public let weight: Int
    /// The most connections (exchanges in HTTP mode) that it may hold at once; nil for no limit.
    public let maxConnections: Int?
    /// What a person set.
    public internal(set) var administrativeState: AdministrativeState
    /// What checks and traffic saw.
    public internal(set) var health: Health
    /// What its exchanges brought upon it.
    public internal(set) var ejection = Ejection()
    /// Connections (exchanges in HTTP mode) that this server holds now.
    public internal(set) var inFlight = 0
    /// Connections that reached this server since the start.
    public internal(set) var served: UInt64 = 0
    /// Attempts that failed at this server since the start.
    public internal(set) var failures: UInt64 = 0

    /// A server that nobody has checked yet.
    ///
    /// - Precondition: `weight` is at least 1, and so is `maxConnections` if there is one.
    public init(
        name: String, weight: Int = 1, maxConnections: Int? = nil,
        administrativeState: AdministrativeState = .enabled, health: Health
    ) {
        precondition(weight >= 1, "a server's weight is at least 1")
        precondition(maxConnections ?? 1 >= 1, "a server may hold at least one connection")
        self.name = name
        self.weight = weight
        self.maxConnections = maxConnections
        self.administrativeState = administrativeState
        self.health = health
    }

    /// Whether it takes part: new connections may go to it, as far as there is room.
    public var isEligible: Bool {
        administrativeState == .enabled && health.state == .up && !ejection.isEjected
    }

    /// Whether it holds fewer connections than it may. A full server stays eligible: it is busy, not ill.
    public var hasRoom: Bool { inFlight < maxConnections ?? .max }
}
