/// How long answers took, in milliseconds.
public struct LatencyStatus: Encodable, Sendable {
    /// How many answers.
    public var count: UInt64
    /// The fastest.
    public var min: Double
    /// Their mean.
    public var mean: Double
    /// Half of them were no slower.
    public var p50: Double
    /// 95 of 100 were no slower.
    public var p95: Double
    /// 99 of 100 were no slower.
    public var p99: Double
    /// The slowest.
    public var max: Double

    /// Sets all of them.
    public init(
        count: UInt64, min: Double, mean: Double, p50: Double, p95: Double, p99: Double, max: Double
    ) {
        self.count = count
        self.min = min
        self.mean = mean
        self.p50 = p50
        self.p95 = p95
        self.p99 = p99
        self.max = max
    }
}

/// What happened within the last seconds.
public struct RecentStatus: Encodable, Sendable {
    /// How many whole seconds are meant.
    public var seconds: Int
    /// Requests that ended.
    public var requests: UInt64
    /// Of these, the failed ones.
    public var failed: UInt64
    /// Requests a second.
    public var requestsPerSecond: Double
    /// Bytes to clients a second.
    public var bytesPerSecond: Double
    /// From 0 to 1; nil without a request.
    @Nullable public var successRatio: Double?
    /// Of what was answered; nil without an answer.
    @Nullable public var latencyMs: LatencyStatus?
    /// A server's part of its service's requests, from 0 to 1; nil without a request.
    @Nullable public var share: Double?

    private enum CodingKeys: String, CodingKey {
        case bytesPerSecond = "bytes_per_second"
        case failed
        case latencyMs = "latency_ms"
        case requests
        case requestsPerSecond = "requests_per_second"
        case seconds, share
        case successRatio = "success_ratio"
    }

    /// Sets all of them.
    public init(
        seconds: Int, requests: UInt64, failed: UInt64, requestsPerSecond: Double, bytesPerSecond: Double,
        successRatio: Double?, latencyMs: LatencyStatus?, share: Double? = nil
    ) {
        self.seconds = seconds
        self.requests = requests
        self.failed = failed
        self.requestsPerSecond = requestsPerSecond
        self.bytesPerSecond = bytesPerSecond
        self.successRatio = successRatio
        self.latencyMs = latencyMs
        self.share = share
    }
}

/// What happened within one second.
public struct SecondStatus: Encodable, Sendable {
    /// Requests that ended.
    public var requests: UInt64
    /// Of these, the failed ones.
    public var failed: UInt64
    /// Half of the answers took no longer, in milliseconds.
    @Nullable public var p50: Double?
    /// 95 of 100 took no longer.
    @Nullable public var p95: Double?
    /// 99 of 100 took no longer.
    @Nullable public var p99: Double?

    /// Sets all of them.
    public init(requests: UInt64, failed: UInt64, p50: Double?, p95: Double?, p99: Double?) {
        self.requests = requests
        self.failed = failed
        self.p50 = p50
        self.p95 = p95
        self.p99 = p99
    }
}

/// Bytes of content, both ways.
public struct BytesStatus: Encodable, Sendable {
    /// From servers to clients.
    public var toClients: UInt64
    /// From clients to servers.
    public var toServers: UInt64

    private enum CodingKeys: String, CodingKey {
        case toClients = "to_clients"
        case toServers = "to_servers"
    }

    /// Sets both.
    public init(toClients: UInt64, toServers: UInt64) {
        self.toClients = toClients
        self.toServers = toServers
    }
}
