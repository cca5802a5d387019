import Testing
import Time

@testable import Balancing

@Suite struct LeastConnectionsTests {
    @Test func theServerWithTheFewestConnectionsIsPicked() {
        let pool = Pool.ofUp(weights: [1, 1, 1])
        for number in [0, 0, 1, 2, 2] { pool.began(ServerID(number)) }
        var strategy = LeastConnections()
        #expect(strategy.numbers(of: 3, from: pool) == [1, 1, 1])
        pool.ended(ServerID(2))
        pool.ended(ServerID(2))
        #expect(strategy.numbers(of: 3, from: pool) == [2, 2, 2])
    }

    @Test func aServerOfTwiceTheWeightHoldsTwiceTheConnections() {
        let pool = Pool.ofUp(weights: [1, 2, 3])
        var strategy = LeastConnections()
        for _ in 0..<600 {
            guard let id = strategy.pick(from: pool, excluding: TriedServers()) else { continue }
            pool.began(id)
        }
        #expect(pool.ids.map { pool[$0].inFlight } == [100, 200, 300])
    }

    @Test func connectionsThatStayAreSpreadEvenly() {
        let pool = Pool.ofUp(weights: [1, 1, 1])
        var strategy = LeastConnections()
        for held in 1...30_000 {
            guard let id = strategy.pick(from: pool, excluding: TriedServers()) else { continue }
            pool.began(id)
            let counts = pool.ids.map { pool[$0].inFlight }
            #expect(counts.max().map { $0 * 3 < held + 3 } == true)
        }
        #expect(pool.ids.map { pool[$0].inFlight } == [10_000, 10_000, 10_000])
    }

    @Test func aServerThatComesBackEmptyCatchesUpInConnectionsHeld() {
        let pool = Pool.ofUp(weights: [1, 1])
        pool.setAdministrativeState(.disabled, of: ServerID(1))
        var strategy = LeastConnections()
        for _ in 0..<5 { pool.began(ServerID(0)) }
        pool.setAdministrativeState(.enabled, of: ServerID(1))
        for _ in 0..<5 {
            guard let id = strategy.pick(from: pool, excluding: TriedServers()) else { continue }
            #expect(id == ServerID(1))
            pool.began(id)
        }
    }

    @Test(arguments: [0, 1, 2])
    func tiesRotateOverTheWholePoolAndNotOverTheTied(busy: Int) {
        // One of three is busy every other time; its absence among the tied must not favour its neighbour,
        // as "the next one that is free" would.
        let pool = Pool.ofUp(weights: [1, 1, 1])
        var strategy = LeastConnections()
        var counts = [0, 0, 0]
        for turn in 0..<12_000 {
            let isBusy = turn % 2 == 1
            if isBusy { pool.began(ServerID(busy)) }
            if let id = strategy.pick(from: pool, excluding: TriedServers()) { counts[id.number] += 1 }
            if isBusy { pool.ended(ServerID(busy)) }
        }
        #expect(pool.ids.map { counts[$0.number] } == pool.ids.map { $0.number == busy ? 2_000 : 5_000 })
    }

    @Test func aTriedServerIsLeftOutEvenWhenItIsTheIdlest() {
        let pool = Pool.ofUp(weights: [1, 1, 1])
        for number in [1, 1, 2] { pool.began(ServerID(number)) }
        var strategy = LeastConnections()
        #expect(strategy.pick(from: pool, excluding: TriedServers(ServerID(0))) == ServerID(2))
        #expect(strategy.pick(from: pool, excluding: TriedServers(ServerID(0), ServerID(2))) == ServerID(1))
    }
}

@Suite struct StrategyNameTests {
    @Test func eachNameMakesItsStrategy() {
        #expect(StrategyName.roundRobin.makeStrategy() is RoundRobin)
        #expect(StrategyName.leastConnections.makeStrategy() is LeastConnections)
    }

    @Test func theNamesAreThoseOfTheConfiguration() {
        #expect(StrategyName.allCases.map(\.rawValue) == ["round_robin", "least_connections"])
        #expect(StrategyName.allCases.map(\.title) == ["Round Robin", "Least Connections"])
    }
}
