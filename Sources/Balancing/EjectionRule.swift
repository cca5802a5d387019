import Time

/// When a server is ejected, and for how long.
public struct EjectionRule: Equatable, Sendable {
    /// No ejection lasts longer, unless the shortest does. Envoy's default `max_ejection_time`.
    public static let longest = TimeSpan.seconds(300)

    /// Failed exchanges in a row that eject a server.
    public let consecutiveFailures: Int
    /// How long the first ejection lasts, and how long a server must stay in service for the next one to
    /// be halved.
    public let shortest: TimeSpan
    /// The statuses with which an answer counts as a failure where most others answer well.
    public let statuses: StatusSet

    /// - Precondition: `consecutiveFailures` is at least 1, `shortest` is more than nothing.
    public init(consecutiveFailures: Int, shortest: TimeSpan, statuses: StatusSet) {
        precondition(consecutiveFailures >= 1, "it takes a failure to eject a server")
        precondition(shortest > .zero, "an ejection lasts some time")
        self.consecutiveFailures = consecutiveFailures
        self.shortest = shortest
        self.statuses = statuses
    }

    /// How many servers of a pool may be ejected at once: half of them, so that the others do not break
    /// down under the load of all. One server alone is never ejected.
    func mostEjected(of count: Int) -> Int { count / 2 }

    /// How long an ejection lasts, by its place in a row of them, counted from 1.
    func length(ofTime time: Int) -> TimeSpan {
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

/// A set of statuses of the class 5xx (RFC 9110 section 15.6).
public struct StatusSet: Equatable, Sendable {
    private var bits: UInt128 = 0

    /// - Precondition: each status is from 500 to 599.
    public init(_ statuses: [Int]) {
        for status in statuses {
            precondition((500...599).contains(status), "a server's failure has a status from 500 to 599")
            bits |= 1 << UInt128(status - 500)
        }
    }

    /// Whether a status is in the set.
    public func contains(_ status: Int) -> Bool {
        status >= 500 && status < 600 && bits >> UInt128(status - 500) & 1 == 1
    }
}
