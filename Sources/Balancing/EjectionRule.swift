import Time

/// When a server is ejected, and for how long.
public struct EjectionRule: Equatable, Sendable {
    /// No ejection lasts longer, unless the shortest does. Envoy's default `max_ejection_time`.
    public static let longest = Duration.seconds(300)

    /// Failed exchanges in a row that eject a server.
    public let consecutiveFailures: Int
    /// How long the first ejection lasts, and how long a server must stay in service for the next one to
    /// be halved.
    public let shortest: Duration

    /// - Precondition: `consecutiveFailures` is at least 1, `shortest` is more than nothing.
    public init(consecutiveFailures: Int, shortest: Duration) {
        precondition(consecutiveFailures >= 1, "it takes a failure to eject a server")
        precondition(shortest > .zero, "an ejection lasts some time")
        self.consecutiveFailures = consecutiveFailures
        self.shortest = shortest
    }

    /// How many servers of a pool may be ejected at once: half of them, so that the others do not break
    /// down under the load of all. One server alone is never ejected.
    func mostEjected(of count: Int) -> Int { count / 2 }

    /// How long the ejection lasts that is a server's so many'th in a row, counted from 1.
    func length(ofTime time: Int) -> Duration {
        let longest = max(Self.longest, shortest)
        var length = shortest
        var doublings = time - 1
        while doublings > 0, length < longest {
            length *= 2
            doublings -= 1
        }
        return min(length, longest)
    }
}
