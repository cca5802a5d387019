/// How far a strategy has followed the changes of a pool, so that a pick looks at the servers that changed and not at
/// all of them.
struct PoolCursor {
    private var position: Int?

    /// The servers that changed since the last time, one that changed twice perhaps twice: all of them at first, and
    /// after more changes than the pool remembers.
    mutating func changed(in pool: Pool) -> Changed {
        let (start, end) = (position, pool.changeCount)
        position = end
        guard let start, end - start <= ChangedServers.capacity else {
            return Changed(pool: pool, place: 0, end: pool.count, isAll: true)
        }
        return Changed(pool: pool, place: start, end: end, isAll: false)
    }

    /// Servers of a pool, without an array to hold them.
    struct Changed: Sequence, IteratorProtocol {
        fileprivate let pool: Pool
        fileprivate var place: Int
        fileprivate let end: Int
        /// It counts servers, and not changes.
        fileprivate let isAll: Bool

        mutating func next() -> ServerID? {
            guard place < end else { return nil }
            defer { place += 1 }
            return isAll ? ServerID(place) : pool.changedServer(at: place)
        }
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

/// A number for each weight that servers of a rank have.
struct RankTable {
    private static var width: Int { Server.weights.upperBound + 1 }

    /// Index: the rank and the weight.
    private var entries: [Int?] = []
    private var lists: [[Int]] = Array(repeating: [], count: Rank.allCases.count)

    /// Those of a rank.
    subscript(rank: Rank) -> [Int] { lists[rank.rawValue] }

    /// That of a rank and a weight; nil when none was added.
    func entry(of rank: Rank, weighing weight: Int) -> Int? {
        let index = rank.rawValue * Self.width + weight
        return index < entries.count ? entries[index] : nil
    }

    mutating func add(_ entry: Int, of rank: Rank, weighing weight: Int) {
        let index = rank.rawValue * Self.width + weight
        while entries.count <= index { entries.append(nil) }
        entries[index] = entry
        lists[rank.rawValue].append(entry)
    }
}
