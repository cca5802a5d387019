import Testing
import Time

@testable import Balancing

/// What a person changes of a pool while it runs, and what is counted of it.
@Suite struct PoolAdministrationTests {
    @Test func aWeightThatIsSetCountsFromThenOn() {
        let pool = Pool.ofUp(weights: [1, 1])
        var changes: [PoolChange] = []
        pool.tellAtOnce { changes.append($1) }
        pool.setWeight(3, of: ServerID(1))
        pool.setWeight(3, of: ServerID(1))
        #expect(changes == [.weight(from: 1, to: 3)])
        #expect(pool[ServerID(1)].weight == 3)
        var strategy = RoundRobin()
        #expect(strategy.counts(of: 400, from: pool) == [100, 300])
        for number in [0, 1, 1] { pool.began(ServerID(number)) }
        #expect(LeastConnections().standing(of: ServerID(1), in: pool) == 2.0 / 3)
    }

    @Test func roundRobinsStandingIsTheTurnsOwed() {
        let pool = Pool.ofUp(weights: [1, 1, 2])
        var strategy = RoundRobin()
        #expect(pool.ids.map { strategy.standing(of: $0, in: pool) } == [0, 0, 0])
        #expect(strategy.numbers(of: 1, from: pool) == [2])
        #expect(pool.ids.map { strategy.standing(of: $0, in: pool) } == [0.25, 0.25, -0.5])
        #expect(strategy.numbers(of: 3, from: pool).count == 3)
        #expect(pool.ids.map { strategy.standing(of: $0, in: pool) } == [0, 0, 0])
    }

    @Test func peaksAreKeptUntilTheyAreReset() {
        let pool = Pool.ofUp(weights: [1, 1])
        for number in [0, 0, 1] { pool.began(ServerID(number)) }
        for number in [0, 0] { pool.ended(ServerID(number)) }
        pool.began(ServerID(1))
        #expect(pool.inFlight == 2 && pool.peakInFlight == 3)
        #expect(pool.ids.map { pool[$0].peakInFlight } == [2, 2])
        pool.reached(ServerID(0), at: .second(1))
        pool.failed(ServerID(1), reason: "refused", at: .second(1))
        pool.resetCounts()
        #expect(pool.inFlight == 2 && pool.peakInFlight == 2)
        #expect(pool.ids.map { pool[$0].peakInFlight } == [0, 2])
        #expect(pool[ServerID(0)].served == 0 && pool[ServerID(1)].failures == 0)
    }

    @Test func aDrainingServerThatHoldsNothingIsTold() {
        let pool = Pool.ofUp(weights: [1, 1])
        var told: [ServerID] = []
        pool.onDrained = { told.append($0) }
        for number in [0, 0, 1] { pool.began(ServerID(number)) }
        pool.setAdministrativeState(.draining, of: ServerID(0))
        pool.ended(ServerID(0))
        pool.ended(ServerID(1))
        #expect(told.isEmpty)
        pool.ended(ServerID(0))
        #expect(told == [ServerID(0)])
    }

    @Test func enabledIsWhatAPersonWantsWhateverTheHealth() {
        let pool = Pool.ofUnchecked(count: 1)
        #expect(pool.isEnabled(ServerID(0)) && !pool[ServerID(0)].isEligible)
        pool.setAdministrativeState(.draining, of: ServerID(0))
        #expect(!pool.isEnabled(ServerID(0)))
        pool.setAdministrativeState(.disabled, of: ServerID(0))
        #expect(!pool.isEnabled(ServerID(0)))
        #expect(pool.name(of: ServerID(0)) == "Server-1")
    }
}
