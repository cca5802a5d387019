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

/// The last exchanges or sessions of a service, oldest first out.
public struct RecentRing: Sendable {
    /// How many are remembered.
    public static let capacity = 200

    private struct Slot {
        var record: RecentEntry.Record
        var log: PickLog
    }

    private var slots: [Slot] = []
    /// How many there ever were; the newest has this number.
    public private(set) var total: UInt64 = 0

    init() {
        slots.reserveCapacity(Self.capacity)
    }

    /// Takes the record and the picks, and gives another log for them, to be used again.
    mutating func append(_ record: RecentEntry.Record, takingIn log: inout PickLog) {
        let place = Int(total % UInt64(Self.capacity))
        total += 1
        if place < slots.count {
            slots[place].record = record
            swap(&slots[place].log, &log)
        } else {
            slots.append(Slot(record: record, log: log))
            log = PickLog()
        }
    }

    /// Those after a number that are remembered, newest first.
    public func entries(after id: UInt64 = 0, limit: Int = capacity) -> [RecentEntry] {
        let remembered = UInt64(slots.count)
        let wanted = total - min(id, total)
        return (0..<min(wanted, remembered, UInt64(max(limit, 0)))).map { entry(numbered: total - $0) }
    }

    /// The one with this number; nil when it is forgotten, or has not been.
    public func entry(_ id: UInt64) -> RecentEntry? {
        guard id >= 1, id <= total, total - id < UInt64(slots.count) else { return nil }
        return entry(numbered: id)
    }

    private func entry(numbered id: UInt64) -> RecentEntry {
        let slot = slots[Int((id - 1) % UInt64(Self.capacity))]
        return RecentEntry(id: id, record: slot.record, picks: slot.log.picks)
    }
}
