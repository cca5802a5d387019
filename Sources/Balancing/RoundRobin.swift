/// Each eligible server with room in turn, by weight.
struct RoundRobin: Strategy {
    private var rotation = FairRotation()
    private var cursor = PoolCursor()
    /// The groups of each rank: one for each weight.
    private var groups = RankTable()

    /// A rotation that begins at the pool's first server.
    init() {}

    mutating func pick(from pool: Pool, among rank: Rank, excluding tried: TriedServers) -> ServerID? {
        for server in cursor.changed(in: pool) { place(server, of: pool) }
        guard tried.count > 0 else { return rotation.next(among: groups[rank]) }
        tried.forEach { rotation.move($0, to: nil) }
        let picked = rotation.next(among: groups[rank])
        tried.forEach { place($0, of: pool) }
        return picked
    }

    /// Puts a server where it takes part.
    private mutating func place(_ server: ServerID, of pool: Pool) {
        let (rank, weight) = (pool.candidates[server.number].rank, pool.candidates[server.number].weight)
        guard pool.candidates[server.number].hasRoom else { return rotation.move(server, to: nil) }
        rotation.move(
            server, to: groups.entry(of: rank, weighing: weight) ?? makeGroup(of: rank, weighing: weight))
    }

    private mutating func makeGroup(of rank: Rank, weighing weight: Int) -> Int {
        let group = rotation.makeGroup(ofWeight: weight)
        groups.add(group, of: rank, weighing: weight)
        return group
    }

    /// The turns that a server is owed; negative for one that had more than its share.
    func standing(of server: ServerID, in pool: Pool) -> Double {
        rotation.turnsOwed(to: server)
    }
}
