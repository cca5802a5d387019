/// How far a strategy has followed the changes of a pool, so that a pick looks at the servers that changed and not at
/// all of them.
struct PoolCursor {
    private var position: Int?

    /// Calls `body` for each server that changed since the last time: for all of them at first, and after more
    /// changes than the pool remembers.
    mutating func advance(in pool: Pool, _ body: (ServerID) -> Void) {
        let end = pool.changeCount
        if let position, end - position <= ChangedServers.capacity {
            for change in position..<end { body(pool.changedServer(at: change)) }
        } else {
            for id in pool.ids { body(id) }
        }
        position = end
    }
}

/// The servers of a pool that changed last, in the order of their changes.
struct ChangedServers {
    /// How many changes are remembered.
    static let capacity = 1024

    private var numbers = [Int32](repeating: 0, count: capacity)
    /// How many changes there ever were.
    private(set) var count = 0

    mutating func append(_ server: ServerID) {
        numbers[count & (Self.capacity - 1)] = Int32(truncatingIfNeeded: server.number)
        count += 1
    }

    /// The server of a change that is remembered, counted from 0.
    subscript(change: Int) -> ServerID {
        ServerID(Int(numbers[change & (Self.capacity - 1)]))
    }
}

/// Something for each weight that servers of a rank have.
struct RankTable<Entry> {
    /// Index: the rank's and the weight.
    private var entries: [Entry?] = []
    private var lists: [[Entry]] = Array(repeating: [], count: Rank.allCases.count)

    /// Those of a rank.
    subscript(rank: Rank) -> [Entry] { lists[rank.rawValue] }

    /// That of a candidate's rank and weight, made when it is not there yet.
    mutating func entry(of candidate: Candidate, made make: () -> Entry) -> Entry {
        let width = Server.weights.upperBound + 1
        let index = candidate.rank.rawValue * width + candidate.weight
        if index < entries.count, let entry = entries[index] { return entry }
        while entries.count <= index { entries.append(nil) }
        let entry = make()
        entries[index] = entry
        lists[candidate.rank.rawValue].append(entry)
        return entry
    }
}
