/// Each eligible server in turn, by weight.
public struct RoundRobin: Strategy {
    private var rotation = FairRotation()

    /// A rotation that begins at the pool's first server.
    public init() {}

    /// See ``Strategy/pick(from:excluding:)``.
    public mutating func pick(from pool: Pool, excluding tried: TriedServers) -> ServerID? {
        rotation.next(of: pool) { pool[$0].isEligible && !tried.contains($0) }
    }
}
