/// The eligible server with room that has the fewest connections in flight for its weight; ties take
/// turns.
///
/// The turns of ties are kept over the whole pool, not over the servers that happen to be tied, so
/// that idle servers share alike (nginx's `least_conn` settles ties the same way).
///
/// Servers of one weight lie in groups by what they hold, so that the idlest are found with a step for each weight.
struct LeastConnections: Strategy {
    /// The servers of a rank with one weight.
    private struct WeightClass {
        let weight: Int
        /// The group of those that hold so many; -1 for none.
        var groups: [Int] = []
        /// Nobody holds less.
        var least = 0
    }

    private var ties = FairRotation()
    private var cursor = PoolCursor()
    /// The classes of each rank.
    private var table = RankTable()
    private var classes: [WeightClass] = []
    /// Index: the server's number. The class that it lies in, and what it holds there.
    private var places: [(kind: Int, held: Int)?] = []
    /// The groups that are idlest; kept for its memory.
    private var idlest: [Int] = []

    /// Makes a strategy that has picked nothing yet.
    init() {}

    mutating func pick(from pool: Pool, among rank: Rank, excluding tried: TriedServers) -> ServerID? {
        follow(pool)
        tried.forEach { move($0, to: nil) }
        findIdlest(in: rank)
        let picked = ties.next(among: idlest)
        tried.forEach { place($0, of: pool) }
        return picked
    }

    private mutating func follow(_ pool: Pool) {
        if !pool.followsLoad {
            pool.followLoad()
            cursor = PoolCursor()
        }
        for server in cursor.changed(in: pool) { place(server, of: pool) }
    }

    private mutating func findIdlest(in rank: Rank) {
        idlest.removeAll(keepingCapacity: true)
        var best = (held: 0, weight: 1)
        for kind in table[rank] {
            guard let held = leastHeld(in: kind) else { continue }
            // Quotients are compared without the division.
            let (own, others) = (held * best.weight, best.held * classes[kind].weight)
            if idlest.isEmpty || own < others {
                idlest.removeAll(keepingCapacity: true)
                best = (held, classes[kind].weight)
            } else if own > others {
                continue
            }
            idlest.append(classes[kind].groups[held])
        }
    }

    /// What the idlest of a class hold; nil when it is empty.
    private mutating func leastHeld(in kind: Int) -> Int? {
        var held = classes[kind].least
        let end = classes[kind].groups.count
        while held < end, classes[kind].groups[held] < 0 { held += 1 }
        classes[kind].least = held
        return held < end ? held : nil
    }

    /// Puts a server where it takes part.
    private mutating func place(_ server: ServerID, of pool: Pool) {
        let candidate = pool.candidates[server.number]
        guard candidate.hasRoom else { return move(server, to: nil) }
        let (rank, weight) = (candidate.rank, candidate.weight)
        let kind = table.entry(of: rank, weighing: weight) ?? makeClass(of: rank, weighing: weight)
        move(server, to: (kind, candidate.inFlight))
    }

    private mutating func makeClass(of rank: Rank, weighing weight: Int) -> Int {
        classes.append(WeightClass(weight: weight))
        table.add(classes.count - 1, of: rank, weighing: weight)
        return classes.count - 1
    }

    private mutating func move(_ server: ServerID, to place: (kind: Int, held: Int)?) {
        while places.count <= server.number { places.append(nil) }
        let before = places[server.number]
        if let before, let place, before == place { return }
        places[server.number] = place
        ties.move(server, to: place.map { group(in: $0.kind, holding: $0.held) })
        guard let before else { return }
        let left = classes[before.kind].groups[before.held]
        guard ties.isEmpty(left) else { return }
        classes[before.kind].groups[before.held] = -1
        ties.giveBack(left)
    }

    private mutating func group(in kind: Int, holding held: Int) -> Int {
        while classes[kind].groups.count <= held { classes[kind].groups.append(-1) }
        classes[kind].least = min(classes[kind].least, held)
        if classes[kind].groups[held] < 0 {
            classes[kind].groups[held] = ties.makeGroup(ofWeight: classes[kind].weight)
        }
        return classes[kind].groups[held]
    }

    /// What a server holds for its weight.
    func standing(of server: ServerID, in pool: Pool) -> Double {
        let candidate = pool.candidates[server.number]
        return Double(candidate.inFlight) / Double(candidate.weight)
    }
}
