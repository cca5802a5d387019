/// What is told of many latencies, all in microseconds.
public struct LatencyFigures: Equatable, Sendable {
    /// How many there were; at least one.
    public let count: UInt64
    /// The shortest.
    public let min: UInt64
    /// The arithmetic mean.
    public let mean: Double
    /// Half of them were no longer.
    public let p50: UInt64
    /// 95 of a hundred were no longer.
    public let p95: UInt64
    /// 99 of a hundred were no longer.
    public let p99: UInt64
    /// The longest.
    public let max: UInt64
}
