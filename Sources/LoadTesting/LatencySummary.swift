/// How long something took, over many times. All in milliseconds.
public struct LatencySummary: Equatable, Sendable {
    /// How many were measured.
    public let count: Int
    /// The shortest.
    public let min: Double
    /// The sum of all, divided by their count.
    public let mean: Double
    /// Half of all took no longer.
    public let p50: Double
    /// 90 of 100 took no longer.
    public let p90: Double
    /// 95 of 100 took no longer.
    public let p95: Double
    /// 99 of 100 took no longer.
    public let p99: Double
    /// 999 of 1000 took no longer.
    public let p99_9: Double
    /// The longest.
    public let max: Double
}
