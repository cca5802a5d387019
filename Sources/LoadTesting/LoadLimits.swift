import Time

/// What a plan may ask for.
public struct LoadLimits: Sendable {
    /// How many requests.
    public let requests: ClosedRange<Int>
    /// For how long.
    public let duration: ClosedRange<TimeSpan>
    /// How many requests begin in a second, at a fixed rate.
    public let rate: ClosedRange<Double>
    /// How long one request may take.
    public let timeout: ClosedRange<TimeSpan>

    /// For tests that are started by others than the person at the terminal, such as from a dashboard: each ends
    /// while somebody still remembers it.
    public static let dashboard = LoadLimits(
        requests: 1...1_000_000, duration: .seconds(1)...(.seconds(600)), rate: 1...100_000,
        timeout: .milliseconds(100)...(.seconds(60)))

    /// For a command that Ctrl-C ends: bounds against slips of the finger alone.
    public static let command = LoadLimits(
        requests: 1...1_000_000_000, duration: .milliseconds(100)...(.seconds(7 * 24 * 3600)),
        rate: 0.01...1_000_000, timeout: .milliseconds(1)...(.seconds(3600)))

    /// Connections at a time. As many as leave half of the 20,000 descriptors that a process usually has for
    /// a balancer's own two per request in flight.
    public static let concurrency = 1...9000
    /// Bytes of a path with its query.
    public static let longestPath = 2048
    /// Fields beside those that every request has.
    public static let headers = 32
    /// Bytes of one field's name.
    public static let longestHeaderName = 100
    /// Characters of one field's value, as JSON Schema counts them: a request head stays within what servers take (8 KiB in nginx).
    public static let longestHeaderValue = 4096
    /// Bytes of a request's body.
    public static let longestBody = 16 << 20
    /// Threads of one test. More than cores help nobody; this bounds a slip of the finger.
    public static let threads = 1...64

    /// How long workers may be late, on a busy machine, before the test is ended without them.
    static let grace = TimeSpan.seconds(2)
    /// How much later than its timeout one request may end: two slots of the deadline wheel, and a bit.
    static let requestLateness = TimeSpan.milliseconds(200)

    /// Names of servers that a test tells apart; answers of all others are counted together, so that a target that
    /// names itself anew in each answer does not fill the memory.
    static let namedServers = 256
    /// Bytes of a server's name that are told, so that a result with all of them stays within 32 KiB.
    static let longestServerName = 128
}
