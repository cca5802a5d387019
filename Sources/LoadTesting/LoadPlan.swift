import HTTPWire
import Sockets
import Time

/// What a load test does: which request, how often, how many at a time. Checked when it is made.
public struct LoadPlan: Sendable {
    /// When a test has done enough.
    public enum Amount: Equatable, Sendable {
        /// After so many requests.
        case requests(Int)
        /// No request begins later than this.
        case duration(TimeSpan)
        /// Not before it is cancelled.
        case unlimited
    }

    /// One field of each request beside `Host`, `User-Agent`, `Accept` and those that frame the body.
    public struct Header: Equatable, Sendable {
        /// The name, as it is sent.
        public let name: String
        /// The value.
        public let value: String

        /// Makes a field; the plan checks it.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Where connections go.
    public let target: SocketAddress
    /// The value of the `Host` field.
    public let host: String
    /// What is asked of the target.
    public let method: HTTPMethod
    /// The path with its query.
    public let path: String
    /// Fields of each request.
    public let headers: [Header]
    /// The `X-Request-ID` of all requests, by which they can be told from those of others; nil for none.
    public let requestID: String?
    /// The body of each request; nil for none.
    public let body: [UInt8]?
    /// When it is enough.
    public let amount: Amount
    /// Connections, and so requests, at a time.
    public let concurrency: Int
    /// Requests begun in a second, whether earlier ones were answered or not (open loop); nil for as many as the
    /// connections carry, each sending when its last answer has come (closed loop).
    public let ratePerSecond: Double?
    /// Whether a connection carries request after request, or one alone.
    public let keepAlive: Bool
    /// How long one request may take, with the connecting for it, before it counts as failed. Noticed up to
    /// 130 ms late.
    public let timeout: TimeSpan
    /// The longest duration that the one who asks may ask for.
    private let longest: TimeSpan

    /// How long a test of this plan may run, whatever its target and its workers do; nil for one that only a cancel ends.
    /// That is the time in which its requests are meant to begin and, where they are counted, in which one connection's
    /// share of them can time out; but no longer than a test by duration may run.
    var bound: TimeSpan? {
        let oneRequest = timeout + LoadLimits.requestLateness
        switch amount {
        case .unlimited: return nil
        case .duration(let span): return span + oneRequest + LoadLimits.grace
        case .requests(let count):
            let rounds = (count + concurrency - 1) / concurrency
            let schedule = ratePerSecond.map { TimeSpan.seconds(Double(count) / $0) } ?? .zero
            return min(schedule + oneRequest * rounds, longest + oneRequest) + LoadLimits.grace
        }
    }

    /// Makes a plan.
    ///
    /// - Parameters:
    ///   - method: one of GET, HEAD, POST, PUT, DELETE, OPTIONS and PATCH.
    ///   - headers: those that follow from another part of the plan are refused, and so is `Connection` with any other
    ///     value than `keep-alive`.
    ///   - limits: what the one who asks may ask for.
    /// - Throws: ``LoadPlanError`` that names what is wrong and what would be right.
    public init(
        target: SocketAddress, host: String, method: String = "GET", path: String = "/",
        headers: [Header] = [], requestID: String? = nil, body: [UInt8]? = nil, amount: Amount,
        concurrency: Int = 10,
        ratePerSecond: Double? = nil, keepAlive: Bool = true, timeout: TimeSpan = .seconds(30),
        limits: LoadLimits = .dashboard
    ) throws(LoadPlanError) {
        let check = PlanCheck(limits: limits)
        self.target = target
        self.host = try check.host(host)
        self.method = try check.method(method)
        self.path = try check.path(path)
        self.headers = try check.headers(headers, keepAlive: keepAlive)
        self.requestID = requestID
        self.body = try check.body(body)
        self.amount = try check.amount(amount)
        self.concurrency = try check.concurrency(concurrency)
        self.ratePerSecond = try check.rate(ratePerSecond)
        self.keepAlive = keepAlive
        self.timeout = try check.timeout(timeout)
        longest = limits.duration.upperBound
    }
}

/// Why a plan is none.
public struct LoadPlanError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What of the plan is wrong.
    public enum Subject: String, Sendable {
        case host, method, path, headers, body, requests, concurrency, rate
        case duration = "duration_seconds"
        case timeout = "timeout_seconds"
    }

    /// What of the plan is wrong; its raw value is the name that the admin API gives it.
    public let subject: Subject
    /// What is wrong with it, and what would be right.
    public let problem: String

    /// The whole message, in one line.
    public var description: String { "\(subject.rawValue) \(problem)" }
}
