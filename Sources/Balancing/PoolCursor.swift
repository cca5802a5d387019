/// How far a strategy has followed the changes of a pool, so that a pick looks at the servers that changed and not at
/// all of them.
struct PoolCursor {
    private var position: Int?

    /// The changes since the last time; nil when any server may have changed: at first, and after more changes than
    /// the pool remembers.
    mutating func changes(in pool: Pool) -> Range<Int>? {
        let (start, end) = (position, pool.changeCount)
        position = end
        guard let start, end - start <= ChangedServers.capacity else { return nil }
        return start..<end
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
    private static var width: Int { Server.weights.upperBound + 1 }

    /// Index: the rank and the weight.
    private var entries: [Entry?] = []
    private var lists: [[Entry]] = Array(repeating: [], count: Rank.allCases.count)

    /// Those of a rank.
    subscript(rank: Rank) -> [Entry] { lists[rank.rawValue] }

    /// That of a candidate's rank and weight, made when it is not there yet.
    func entry(of rank: Rank, weighing weight: Int) -> Entry? {
        let index = rank.rawValue * Self.width + weight
        return index < entries.count ? entries[index] : nil
    }

    mutating func add(_ entry: Entry, of rank: Rank, weighing weight: Int) {
        let index = rank.rawValue * Self.width + weight
        while entries.count <= index { entries.append(nil) }
        entries[index] = entry
        lists[rank.rawValue].append(entry)
    }
}
