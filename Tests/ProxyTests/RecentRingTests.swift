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

    /// The numbers that their makers gave them.
    private func numbers(_ entries: [RecentEntry]) -> [UInt64] {
        entries.compactMap { entry in
            guard case .session(let record) = entry.record else { return nil }
            return UInt64(record.attempts)
        }
    }

    @Test(arguments: [0, 1, 199, 200, 201, 399, 400, 401, 1000])
    func theLastTwoHundredAreRememberedNewestFirst(count: Int) {
        let ring = ring(after: count)
        let expected = (max(0, count - RecentRing.capacity)..<count).reversed().map { UInt64($0 + 1) }
        #expect(ring.total == count)
        #expect(numbers(ring.entries()) == expected)
        #expect(ring.entries().map(\.id) == expected)
    }

    @Test(
        arguments: [(0, [5, 4, 3, 2, 1]), (2, [5, 4, 3]), (4, [5]), (5, []), (6, [])] as [(UInt64, [UInt64])])
    func thoseAfterANumberCanBeAskedFor(after: UInt64, expected: [UInt64]) {
        #expect(ring(after: 5).entries(after: after).map(\.id) == expected)
    }

    @Test func notMoreThanAskedForAreTold() {
        let ring = ring(after: 300)
        #expect(ring.entries(limit: 2).map(\.id) == [300, 299])
        #expect(ring.entries(after: 299, limit: 2).map(\.id) == [300])
        #expect(ring.entries(limit: 0).isEmpty && ring.entries(limit: -1).isEmpty)
        #expect(ring.entries(after: 0, limit: 1000).count == RecentRing.capacity)
    }

    @Test func eachIsFoundByItsNumberUntilItIsForgotten() {
        let ring = ring(after: 201)
        #expect(ring.entry(2)?.id == 2 && ring.entry(201)?.id == 201)
        #expect(numbers([ring.entry(7)].compactMap { $0 }) == [7])
        #expect(ring.entry(0) == nil && ring.entry(1) == nil && ring.entry(202) == nil)
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
        let servers = ring.entries(limit: 4).map { $0.picks.map { $0.server?.number } }
        #expect(servers == [[0], [1], [0], [1]])
    }
}
