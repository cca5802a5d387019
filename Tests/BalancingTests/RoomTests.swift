import Testing
import Time

@testable import Balancing

/// Servers with a limit of connections.
@Suite struct RoomTests {
    private let first = ServerID(0)
    private let second = ServerID(1)

    @Test func aServerWithoutALimitAlwaysHasRoom() {
        let pool = Pool.ofUp(weights: [1])
        for _ in 0..<100_000 { pool.began(first) }
        #expect(pool.candidates[first.number].hasRoom)
        #expect(pool[first].maxConnections == nil)
    }

    @Test func aFullServerIsEligibleButHasNoRoom() {
        let pool = Pool.ofUp(limits: [2])
        pool.began(first)
        #expect(pool.candidates[first.number].hasRoom)
        pool.began(first)
        #expect(!pool.candidates[first.number].hasRoom)
        #expect(pool[first].isEligible)
        #expect(pool.eligibleCount == 1)
        pool.ended(first)
        #expect(pool.candidates[first.number].hasRoom)
    }

    @Test(arguments: StrategyName.allCases)
    func noServerHoldsMoreThanItsLimit(name: StrategyName) {
        let pool = Pool.ofUp(limits: [2, nil, 3])
        var strategy = name.makeStrategy()
        for _ in 0..<100 {
            guard let id = strategy.pick(from: pool, excluding: TriedServers()) else { continue }
            pool.began(id)
        }
        #expect(pool.ids.map { pool[$0].inFlight } == [2, 95, 3])
    }

    @Test(arguments: StrategyName.allCases)
    func aPoolWhoseServersAreAllFullTellsThatFromOneWithNoneEligible(name: StrategyName) {
        let pool = Pool.ofUp(limits: [1, 1])
        var strategy = name.makeStrategy()
        for id in pool.ids { pool.began(id) }
        #expect(strategy.pick(from: pool, excluding: TriedServers()) == nil)
        #expect(pool.hasAny(excluding: TriedServers()))
        for id in pool.ids { pool.setAdministrativeState(.draining, of: id) }
        #expect(strategy.pick(from: pool, excluding: TriedServers()) == nil)
        #expect(!pool.hasAny(excluding: TriedServers()))
    }

    @Test(arguments: StrategyName.allCases)
    func aServerThatWasTriedIsNotWorthWaitingFor(name: StrategyName) {
        let pool = Pool.ofUp(limits: [1, 1])
        var strategy = name.makeStrategy()
        pool.began(second)
        #expect(strategy.pick(from: pool, excluding: TriedServers(first)) == nil)
        #expect(pool.hasAny(excluding: TriedServers(first)))
        #expect(!pool.hasAny(excluding: TriedServers(first, second)))
    }

    @Test(arguments: StrategyName.allCases)
    func aServerThatHasRoomAgainIsPickedAgain(name: StrategyName) {
        let pool = Pool.ofUp(limits: [1, 1])
        var strategy = name.makeStrategy()
        for id in pool.ids { pool.began(id) }
        pool.ended(second)
        #expect(strategy.pick(from: pool, excluding: TriedServers()) == second)
    }

    @Test(arguments: StrategyName.allCases)
    func aServerIsNotMadeUpToForTheTurnsThatItMissedWhileFull(name: StrategyName) {
        let pool = Pool.ofUp(limits: [nil, 1, nil])
        var strategy = name.makeStrategy()
        pool.began(second)
        #expect(strategy.counts(of: 10_000, from: pool) == [5_000, 0, 5_000])
        pool.ended(second)
        #expect(strategy.counts(of: 30_000, from: pool) == [10_000, 10_000, 10_000])
    }

    @Test(arguments: StrategyName.allCases)
    func aServerThatIsFullJustAtItsTurnTakesItAsSoonAsItHasRoom(name: StrategyName) {
        let pool = Pool.ofUp(limits: [nil, 1, nil])
        var strategy = name.makeStrategy()
        #expect(strategy.numbers(of: 1, from: pool) == [0])
        pool.began(second)
        #expect(strategy.numbers(of: 1, from: pool) == [2])
        pool.ended(second)
        #expect(strategy.numbers(of: 6, from: pool) == [1, 0, 2, 1, 0, 2])
    }

    @Test func aFullServerIsLeftOutThoughItIsTheIdlestForItsWeight() {
        let pool = Pool([
            Server(name: "Big", weight: 10, maxConnections: 1, health: .unchecked(at: .origin)),
            Server(name: "Small", weight: 1, health: .unchecked(at: .origin)),
        ])
        for id in pool.ids { pool.began(id) }
        var strategy = LeastConnections()
        #expect(strategy.numbers(of: 3, from: pool) == [1, 1, 1])
    }

    /// The bound is that of ``ComingAndGoingTests``: a full server is away like any other.
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func everyServerStaysWithinItsShareOfTheTurnsWhenItHadRoom(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let pool = Pool.ofUp(limits: [1, 2, 3, nil])
        var strategy = RoundRobin()
        var ahead = [Double](repeating: 0, count: pool.count)
        var farthest = 0.0
        for _ in 0..<10_000 {
            for id in pool.ids where pool[id].inFlight > 0 && Int.random(in: 0..<3, using: &random) == 0 {
                pool.ended(id)
            }
            let open = pool.ids.filter { pool.candidates[$0.number].hasRoom }
            guard let picked = strategy.pick(from: pool, excluding: TriedServers()) else { continue }
            pool.began(picked)
            #expect(open.contains(picked))
            for id in open { ahead[id.number] -= 1 / Double(open.count) }
            ahead[picked.number] += 1
            farthest = max(farthest, ahead.map { abs($0) }.max() ?? 0)
        }
        #expect(farthest <= Double(pool.count - 1) / 2 + 1e-3)
    }
}
