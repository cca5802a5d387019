import Synchronization

/// The servers that a test tells apart: the first so many that any of its workers has seen.
///
/// All workers share it, so that the bound holds for the whole and a name's count is complete. A worker asks it when it
/// sees a name for the first time, and never again once all places are taken.
final class ServerNames: Sendable {
    private let known = Mutex<[[UInt8]]>([])

    /// Takes a name in.
    ///
    /// - Returns: nil when it has a place; all names that have one when it has none.
    func add(_ name: [UInt8]) -> [[UInt8]]? {
        known.withLock { known in
            if known.contains(name) { return nil }
            guard known.count < LoadLimits.namedServers else { return known }
            known.append(name)
            return nil
        }
    }
}

/// Counts answers by the server that gave them, without making a text for each.
struct ServerTally: Sendable {
    /// A server that was seen.
    private struct Entry: Sendable {
        let bytes: [UInt8]
        var count: Int

        /// Whether its name is the value's first bytes.
        func isNamed(_ value: Span<UInt8>, _ length: Int) -> Bool {
            guard bytes.count == length else { return false }
            for index in 0..<length where bytes[index] != value[index] { return false }
            return true
        }
    }

    private let names: ServerNames
    private var entries: [Entry] = []
    /// Whether all names that have a place are among the entries.
    private var isComplete = false
    private var unnamed = 0
    private var others = 0

    /// A server in this tally.
    enum Place: Equatable {
        case entry(Int)
        case unnamed
        case others
    }

    init(naming names: ServerNames = ServerNames()) {
        self.names = names
    }

    /// The place of the server whose name is the value of `X-Backend` up to its last colon.
    mutating func place(of value: Span<UInt8>) -> Place {
        let length = Self.nameLength(value)
        guard length > 0 else { return .unnamed }
        for index in entries.indices where entries[index].isNamed(value, length) {
            return .entry(index)
        }
        guard !isComplete else { return .others }
        var name: [UInt8] = []
        for index in 0..<length { name.append(value[index]) }
        guard let all = names.add(name) else {
            entries.append(Entry(bytes: name, count: 0))
            return .entry(entries.count - 1)
        }
        let missing = all.filter { known in !entries.contains { $0.bytes == known } }
        entries += missing.map { Entry(bytes: $0, count: 0) }
        isComplete = true
        return .others
    }

    /// Counts an answer.
    mutating func count(_ place: Place) {
        switch place {
        case .entry(let index): entries[index].count += 1
        case .unnamed: unnamed += 1
        case .others: others += 1
        }
    }

    /// The server's name; nil where it gave none.
    func name(_ place: Place) -> String? {
        switch place {
        case .entry(let index): String(decoding: entries[index].bytes, as: UTF8.self)
        case .unnamed: nil
        case .others: ServerCount.others
        }
    }

    /// All counts by name.
    var counts: [String: Int] {
        var counts: [String: Int] = [:]
        for entry in entries where entry.count > 0 {
            counts[String(decoding: entry.bytes, as: UTF8.self), default: 0] += entry.count
        }
        if unnamed > 0 { counts[ServerCount.unnamed, default: 0] += unnamed }
        if others > 0 { counts[ServerCount.others, default: 0] += others }
        return counts
    }

    /// Up to the last colon, which a port follows; a value without one is all name. No longer than a name is told.
    private static func nameLength(_ value: Span<UInt8>) -> Int {
        var index = value.count
        while index > 0 {
            index -= 1
            if value[index] == UInt8(ascii: ":") { return min(index, LoadLimits.longestServerName) }
        }
        return min(value.count, LoadLimits.longestServerName)
    }
}
