/// Each eligible server with room in turn, by weight.
struct RoundRobin: Strategy {
    private var rotation = FairRotation()
    private var cursor = PoolCursor()
    /// The groups of each rank: one for each weight.
    private var groups = RankTable<Int>()

    /// A rotation that begins at the pool's first server.
    init() {}

    mutating func pick(from pool: Pool, among rank: Rank, excluding tried: TriedServers) -> ServerID? {
        var cursor = cursor
        cursor.advance(in: pool) { place($0, of: pool) }
        self.cursor = cursor
        tried.forEach { rotation.move($0, to: nil) }
        defer { tried.forEach { place($0, of: pool) } }
        return rotation.next(among: groups[rank])
    }

    /// Puts a server where it takes part.
    private mutating func place(_ server: ServerID, of pool: Pool) {
        let candidate = pool.candidates[server.number]
        guard candidate.isOpen(in: candidate.rank) else { return rotation.move(server, to: nil) }
        let group = groups.entry(of: candidate) { rotation.makeGroup(ofWeight: candidate.weight) }
        rotation.move(server, to: group)
    }

    /// The turns that a server is owed; negative for one that had more than its share.
    func standing(of server: ServerID, in pool: Pool) -> Double {
        rotation.turnsOwed(to: server)
    }
}
