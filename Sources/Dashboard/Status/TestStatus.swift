/// A load test, from its start to its result.
public struct TestStatus: Encodable, Sendable {
    /// How far it is.
    public enum State: String, Encodable, Sendable {
        /// It goes on.
        case running
        /// It came to its end.
        case finished
        /// A person ended it.
        case cancelled
    }

    /// Counts from 1.
    public var id: Int
    /// How far it is.
    public var state: State
    /// What it does.
    public var plan: TestPlan
    /// In Unix seconds.
    public var startedAt: Double
    /// Since then, or in all.
    public var elapsedSeconds: Double
    /// From 0 to 1.
    public var progress: Double
    /// Requests sent.
    public var sent: UInt64
    /// Whole answers.
    public var answered: UInt64
    /// Of these, those below 500.
    public var succeeded: UInt64
    /// Sent and not succeeded, once it is known.
    public var failed: UInt64
    /// Answers a second.
    public var requestsPerSecond: Double
    /// Once it has ended.
    @Nullable public var result: TestResult?

    private enum CodingKeys: String, CodingKey {
        case answered
        case elapsedSeconds = "elapsed_seconds"
        case failed, id, plan, progress
        case requestsPerSecond = "requests_per_second"
        case result, sent
        case startedAt = "started_at"
        case state, succeeded
    }

    /// A test that begins.
    public init(id: Int, plan: TestPlan, startedAt: Double) {
        self.id = id
        self.plan = plan
        self.startedAt = startedAt
        state = .running
        elapsedSeconds = 0
        progress = 0
        sent = 0
        answered = 0
        succeeded = 0
        failed = 0
        requestsPerSecond = 0
        result = nil
    }
}

/// What a load test does.
public struct TestPlan: Encodable, Sendable {
    /// The service whose listener is asked.
    public var service: String
    /// What is asked for.
    public var url: String
    /// The method.
    public var method: String
    /// The target, from its slash on.
    public var path: String
    /// Further header fields.
    public var headers: [String: String]
    /// How many requests; nil when a duration ends it.
    @Nullable public var requests: Int?
    /// For how long; nil when a number of requests ends it.
    @Nullable public var durationSeconds: Double?
    /// Requests at once.
    public var concurrency: Int
    /// Requests a second, whether answers come or not; nil: as fast as answers come.
    @Nullable public var rate: Double?
    /// Whether a connection carries many requests.
    public var keepAlive: Bool
    /// How long one request may take.
    public var timeoutSeconds: Double

    private enum CodingKeys: String, CodingKey {
        case concurrency
        case durationSeconds = "duration_seconds"
        case headers
        case keepAlive = "keep_alive"
        case method, path, rate, requests, service
        case timeoutSeconds = "timeout_seconds"
        case url
    }

    init(
        service: String, url: String, method: String, path: String, headers: [String: String],
        requests: Int?, durationSeconds: Double?, concurrency: Int, rate: Double?, keepAlive: Bool,
        timeoutSeconds: Double
    ) {
        self.service = service
        self.url = url
        self.method = method
        self.path = path
        self.headers = headers
        self.requests = requests
        self.durationSeconds = durationSeconds
        self.concurrency = concurrency
        self.rate = rate
        self.keepAlive = keepAlive
        self.timeoutSeconds = timeoutSeconds
    }
}

/// What a load test found.
public struct TestResult: Encodable, Sendable {
    /// Requests sent.
    public var sent: UInt64
    /// Whole answers.
    public var answered: UInt64
    /// Of these, those below 500.
    public var succeeded: UInt64
    /// Sent and not succeeded.
    public var failed: UInt64
    /// At a fixed rate: due before the end and never begun, because no connection was free.
    public var unsent: UInt64
    /// How long it took.
    public var elapsedSeconds: Double
    /// Answers a second.
    public var requestsPerSecond: Double
    /// Of the answers.
    public var bytes: UInt64
    /// Of the answers, a second.
    public var bytesPerSecond: Double
    /// From the moment when each request was to be sent.
    @Nullable public var latencyMs: TestLatency?
    /// Of the connections made.
    @Nullable public var connectMs: TestLatency?
    /// By the status' first digit.
    public var byStatus: [String: UInt64]
    /// By the whole status: those that occurred.
    public var statuses: [String: UInt64]
    /// By kind.
    public var errors: [String: UInt64]
    /// Who answered, by name.
    public var servers: [TestServerShare]
    /// How the latencies lie.
    public var histogram: [TestHistogramBar]
    /// What the balancer counted of it; nil when it was cancelled, or its requests bear an `X-Request-ID` of their own.
    @Nullable public var balancer: TestComparison?
    /// What to know before one believes the rest.
    public var warnings: [TestWarning]

    private enum CodingKeys: String, CodingKey {
        case answered, balancer
        case byStatus = "by_status"
        case bytes
        case bytesPerSecond = "bytes_per_second"
        case connectMs = "connect_ms"
        case elapsedSeconds = "elapsed_seconds"
        case errors, failed, histogram
        case latencyMs = "latency_ms"
        case requestsPerSecond = "requests_per_second"
        case sent, servers, statuses, succeeded, unsent, warnings
    }

    /// Sets all of them.
    public init(
        sent: UInt64, answered: UInt64, succeeded: UInt64, unsent: UInt64, elapsedSeconds: Double,
        bytes: UInt64, latencyMs: TestLatency?, connectMs: TestLatency?, byStatus: [String: UInt64],
        statuses: [String: UInt64], errors: [String: UInt64], servers: [TestServerShare],
        histogram: [TestHistogramBar], balancer: TestComparison?, warnings: [TestWarning]
    ) {
        self.sent = sent
        self.answered = answered
        self.succeeded = succeeded
        failed = sent - min(succeeded, sent)
        self.unsent = unsent
        self.elapsedSeconds = elapsedSeconds
        requestsPerSecond = elapsedSeconds > 0 ? (Double(answered) / elapsedSeconds * 100).rounded() / 100 : 0
        self.bytes = bytes
        bytesPerSecond = elapsedSeconds > 0 ? (Double(bytes) / elapsedSeconds).rounded() : 0
        self.latencyMs = latencyMs
        self.connectMs = connectMs
        self.byStatus = byStatus
        self.statuses = statuses
        self.errors = errors
        self.servers = servers
        self.histogram = histogram
        self.balancer = balancer
        self.warnings = warnings
    }
}

/// How long something took, in milliseconds.
public struct TestLatency: Encodable, Sendable {
    /// How many.
    public var count: UInt64
    /// The fastest.
    public var min: Double
    /// Their mean.
    public var mean: Double
    /// Half of them were no slower; and so on.
    public var p50: Double
    /// 90 of 100.
    public var p90: Double
    /// 95 of 100.
    public var p95: Double
    /// 99 of 100.
    public var p99: Double
    /// 999 of 1000.
    public var p999: Double
    /// The slowest.
    public var max: Double

    private enum CodingKeys: String, CodingKey {
        case count, min, mean, p50, p90, p95, p99
        case p999 = "p99_9"
        case max
    }

    /// Sets all of them.
    public init(
        count: UInt64, min: Double, mean: Double, p50: Double, p90: Double, p95: Double, p99: Double,
        p999: Double, max: Double
    ) {
        self.count = count
        self.min = min
        self.mean = mean
        self.p50 = p50
        self.p90 = p90
        self.p95 = p95
        self.p99 = p99
        self.p999 = p999
        self.max = max
    }
}

/// How much a server answered.
public struct TestServerShare: Encodable, Sendable {
    /// As its answers name it.
    public var name: String
    /// Its answers.
    public var requests: UInt64
    /// Its part of all answers, from 0 to 1.
    public var share: Double

    /// Sets all of them.
    public init(name: String, requests: UInt64, share: Double) {
        self.name = name
        self.requests = requests
        self.share = share
    }
}

/// A bar of the histogram.
public struct TestHistogramBar: Encodable, Sendable {
    /// From this latency on.
    public var fromMs: Double
    /// Up to that one.
    public var toMs: Double
    /// So many answers.
    public var count: UInt64

    private enum CodingKeys: String, CodingKey {
        case count
        case fromMs = "from_ms"
        case toMs = "to_ms"
    }

    /// Sets all of them.
    public init(fromMs: Double, toMs: Double, count: UInt64) {
        self.fromMs = fromMs
        self.toMs = toMs
        self.count = count
    }
}

/// What of a test was not as it was meant to be: at a fixed rate, less was sent than was asked for.
public struct TestWarning: Encodable, Sendable {
    /// A stable word for it.
    public var kind: String
    /// Requests a second that were asked for.
    public var asked: Double
    /// Requests a second that were sent.
    public var reached: Double
    /// For a person.
    public var text: String

    /// Sets all of them.
    public init(kind: String, asked: Double, reached: Double, text: String) {
        self.kind = kind
        self.asked = asked
        self.reached = reached
        self.text = text
    }
}

/// What the balancer's own counters say of a test.
public struct TestComparison: Encodable, Sendable {
    /// The test's requests that reached the service; others' are not among them.
    public var counted: UInt64
    /// Whether that is what the test sent.
    public var matches: Bool

    /// Sets both.
    public init(counted: UInt64, matches: Bool) {
        self.counted = counted
        self.matches = matches
    }
}
