/// One finished second in a history: as little as a chart needs, for there are many of them.
public struct SecondFigures: Equatable, Sendable {
    /// Requests that ended in it.
    public let requests: UInt32
    /// Those among them that failed.
    public let failed: UInt32
    private var percentiles: (UInt32, UInt32, UInt32)?

    /// A second in which nothing ended.
    static let quiet = SecondFigures(Tally(), nil)

    init(_ tally: Tally, _ latency: LatencyFigures?) {
        requests = UInt32(clamping: tally.requests)
        failed = UInt32(clamping: tally.failed)
        percentiles = latency.map {
            (UInt32(clamping: $0.p50), UInt32(clamping: $0.p95), UInt32(clamping: $0.p99))
        }
    }

    /// Half of the latencies were no longer, in microseconds; nil when none was measured.
    public var p50: UInt64? { percentiles.map { UInt64($0.0) } }
    /// 95 of a hundred were no longer, in microseconds; nil when none was measured.
    public var p95: UInt64? { percentiles.map { UInt64($0.1) } }
    /// 99 of a hundred were no longer, in microseconds; nil when none was measured.
    public var p99: UInt64? { percentiles.map { UInt64($0.2) } }

    /// Whether two seconds were alike.
    public static func == (left: SecondFigures, right: SecondFigures) -> Bool {
        left.requests == right.requests && left.failed == right.failed && left.p50 == right.p50
            && left.p95 == right.p95 && left.p99 == right.p99
    }
}
