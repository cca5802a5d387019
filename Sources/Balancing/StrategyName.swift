/// The strategies that a configuration can name. Adding one is: a case here, a file with its type,
/// and a line in ``makeStrategy()``.
public enum StrategyName: String, CaseIterable, Sendable {
    /// Each server in turn, by weight.
    case roundRobin = "round_robin"
    /// The server with the fewest connections in flight for its weight.
    case leastConnections = "least_connections"

    /// As a person reads it.
    public var title: String {
        switch self {
        case .roundRobin: "Round Robin"
        case .leastConnections: "Least Connections"
        }
    }

    /// What ``Strategy/standing(of:in:)`` tells, as a person reads it.
    public var standingTitle: String {
        switch self {
        case .roundRobin: "turns owed"
        case .leastConnections: "in flight per weight"
        }
    }

    /// A fresh strategy of this name, which has picked nothing yet.
    func makeStrategy() -> any Strategy {
        switch self {
        case .roundRobin: RoundRobin()
        case .leastConnections: LeastConnections()
        }
    }
}
