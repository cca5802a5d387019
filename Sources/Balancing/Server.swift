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
    /// The share that this server gets beside the others', within ``weights``.
    public internal(set) var weight: Int
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
    /// The most that it held at once, since the start or the last reset.
    public internal(set) var peakInFlight = 0
    /// Connections that reached this server, since the start or the last reset.
    public internal(set) var served: UInt64 = 0
    /// Attempts that failed at this server, since the start or the last reset.
    public internal(set) var failures: UInt64 = 0

    /// What a weight may be: 256 as HAProxy has it, so that shares of a hundredth and less can be told.
    public static let weights = 1...256

    /// A server that nobody has checked yet.
    ///
    /// - Precondition: `weight` is within ``weights``, and `maxConnections`, if there is one, at least 1.
    public init(
        name: String, weight: Int = 1, maxConnections: Int? = nil,
        administrativeState: AdministrativeState = .enabled, health: Health
    ) {
        precondition(Self.weights.contains(weight), "a server's weight is within its range")
        precondition(maxConnections ?? 1 >= 1, "a server may hold at least one connection")
        self.name = name
        self.weight = weight
        self.maxConnections = maxConnections
        self.administrativeState = administrativeState
        self.health = health
    }

    /// Whether it is in turn: new connections may go to it, as far as there is room.
    public var isEligible: Bool { verdict == .eligible }

    /// Whether it takes part, and if not, what keeps it out first.
    public var verdict: CandidateVerdict {
        switch (administrativeState, health.state) {
        case (.disabled, _): .disabled
        case (.draining, _): .draining
        case (.enabled, .down): .down
        case (.enabled, .checking): .checking
        case (.enabled, .up): ejection.isEjected ? .ejected : .eligible
        }
    }
}
