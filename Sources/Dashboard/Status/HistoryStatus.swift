/// The last minutes of a service, second by second.
public struct HistoryStatus: Encodable, Sendable {
    /// The service's name.
    public var service: String
    /// How long each entry is.
    public var intervalSeconds = 1
    /// The number of the last second, as the events' `second`.
    public var second: Int64
    /// When that second ended, in Unix seconds.
    public var endAt: Double
    /// All servers together.
    public var total: SeriesStatus
    /// In the order of the configuration; put in one by one.
    public var servers: [ServerSeriesStatus] = []
    /// What has changed meanwhile, newest first.
    public internal(set) var changes: [Change] = []

    private enum CodingKeys: String, CodingKey {
        case changes
        case endAt = "end_at"
        case intervalSeconds = "interval_seconds"
        case second, servers, service, total
    }

    /// Sets all but the servers and the changes.
    public init(service: String, second: Int64, endAt: Double, total: SeriesStatus) {
        self.service = service
        self.second = second
        self.endAt = endAt
        self.total = total
    }
}

/// Figures of one second after another, oldest first; all arrays are as long.
public struct SeriesStatus: Encodable, Sendable {
    /// Requests that ended.
    public var requests: [UInt64] = []
    /// Of these, the failed ones.
    public var failed: [UInt64] = []
    /// In milliseconds; nil where nothing was answered.
    public var p50: [Double?] = []
    /// In milliseconds.
    public var p95: [Double?] = []
    /// In milliseconds.
    public var p99: [Double?] = []

    /// No second yet.
    public init() {}

    /// Appends a second.
    public mutating func append(_ second: SecondStatus) {
        requests.append(second.requests)
        failed.append(second.failed)
        p50.append(second.p50)
        p95.append(second.p95)
        p99.append(second.p99)
    }
}

/// The same of one server.
public struct ServerSeriesStatus: Encodable, Sendable {
    /// The server's name.
    public var name: String
    private let requests: [UInt64]
    private let failed: [UInt64]
    private let p50: [Double?]
    private let p95: [Double?]
    private let p99: [Double?]

    /// Names a series.
    public init(name: String, _ series: SeriesStatus) {
        self.name = name
        requests = series.requests
        failed = series.failed
        p50 = series.p50
        p95 = series.p95
        p99 = series.p99
    }
}
