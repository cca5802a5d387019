import Balancing

/// An exchange or session that ended a short time ago, with what strategies saw for it.
public struct RecentEntry: Sendable {
    /// What became of it.
    public enum Record: Sendable {
        /// In HTTP mode.
        case exchange(ExchangeRecord)
        /// In TCP mode.
        case session(SessionRecord)
    }

    /// Its number, counted from 1 for the life of the service.
    public let id: UInt64
    /// What became of it.
    public let record: Record
    /// Why its servers were picked: one for each attempt, at most ``PickLog/limit``.
    public let picks: [Pick]
}

/// The last exchanges or sessions of a service, whichever its mode has, oldest first out.
public struct RecentRing: Sendable {
    /// How many are remembered.
    public static let capacity = 200

    // Side by side, for a record that were one of two kinds would be copied by both.
    private var exchanges: [ExchangeRecord] = []
    private var sessions: [SessionRecord] = []
    private var logs: [PickLog] = []
    /// How many there ever were; the newest has this number.
    public private(set) var total: UInt64 = 0

    init() {
        logs.reserveCapacity(Self.capacity)
    }

    /// Takes the record and the picks, and gives another log for them, to be used again.
    mutating func append(_ record: consuming ExchangeRecord, takingIn log: inout PickLog) {
        let place = nextPlace(takingIn: &log)
        if place < exchanges.count { exchanges[place] = record } else { exchanges.append(record) }
    }

    /// The same for a session.
    mutating func append(_ record: consuming SessionRecord, takingIn log: inout PickLog) {
        let place = nextPlace(takingIn: &log)
        if place < sessions.count { sessions[place] = record } else { sessions.append(record) }
    }

    private mutating func nextPlace(takingIn log: inout PickLog) -> Int {
        let place = Int(total % UInt64(Self.capacity))
        total += 1
        if place == logs.count { logs.append(PickLog()) }
        swap(&logs[place], &log)
        return place
    }

    /// The one with this number; nil when it is forgotten, or has not been.
    public func entry(_ id: UInt64) -> RecentEntry? {
        guard id >= 1, id <= total, total - id < UInt64(logs.count) else { return nil }
        let place = Int((id - 1) % UInt64(Self.capacity))
        let record: RecentEntry.Record =
            exchanges.isEmpty ? .session(sessions[place]) : .exchange(exchanges[place])
        return RecentEntry(id: id, record: record, picks: logs[place].picks)
    }
}
