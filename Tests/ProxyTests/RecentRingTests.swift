import Balancing
import Metrics
import Testing
import Time

@testable import Proxy

@Suite struct RecentRingTests {
    private func record(_ number: Int) -> SessionRecord {
        SessionRecord(
            began: .origin, nanoseconds: 0, client: nil, server: nil, attempts: number, sent: 0, received: 0,
            termination: .finished)
    }

    private func ring(after count: Int) -> RecentRing {
        var ring = RecentRing()
        var log = PickLog()
        for number in 0..<count { ring.append(record(number + 1), takingIn: &log) }
        return ring
    }

    /// The number that its maker gave the entry with this one.
    private func number(of id: UInt64, in ring: RecentRing) -> UInt64? {
        guard let entry = ring.entry(id), entry.id == id, case .session(let record) = entry.record else {
            return nil
        }
        return UInt64(record.attempts)
    }

    @Test(arguments: [0, 1, 199, 200, 201, 399, 400, 401, 1000])
    func theLastTwoHundredAreFoundByTheirNumber(count: Int) {
        let ring = ring(after: count)
        let forgotten = max(0, count - RecentRing.capacity)
        #expect(ring.total == count)
        for id in 0...UInt64(count) + 1 {
            let isRemembered = id > forgotten && id <= count
            #expect(number(of: id, in: ring) == (isRemembered ? id : nil))
        }
    }

    @Test func picksStayWithTheirEntryAndTheLogGoesOn() {
        let pool = Pool((1...2).map { Server(name: "Server-\($0)", health: .unchecked(at: .origin)) })
        var picker = Picker(.roundRobin)
        var ring = RecentRing()
        var log = PickLog()
        for number in 1...RecentRing.capacity * 2 + 1 {
            log.clear()
            _ = picker.pick(from: pool, excluding: TriedServers(), noting: &log)
            ring.append(record(number), takingIn: &log)
        }
        let servers = (0..<4).map { ring.entry(ring.total - $0)?.picks.map { $0.server?.number } }
        #expect(servers == [[0], [1], [0], [1]])
    }
}
