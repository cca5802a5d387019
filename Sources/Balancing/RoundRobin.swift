/// Each eligible server with room in turn, by weight.
struct RoundRobin: Strategy {
    private var rotation = FairRotation()

    /// A rotation that begins at the pool's first server.
    init() {}

    mutating func pick(from pool: Pool, among rank: Rank, excluding tried: TriedServers) -> ServerID? {
        let candidates = pool.candidates
        var weights = 0
        for (number, candidate) in candidates.enumerated()
        where candidate.isOpen(in: rank) && !tried.contains(ServerID(number)) {
            weights += candidate.weight
        }
        return rotation.next(of: candidates, weighing: weights) { $0.isOpen(in: rank) && !tried.contains($1) }
    }

    /// The turns that a server is owed; negative for one that had more than its share.
    func standing(of server: ServerID, in pool: Pool) -> Double {
        rotation.turnsOwed(to: server)
    }
}
