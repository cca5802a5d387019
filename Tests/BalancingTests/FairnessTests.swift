import Testing
import Time

@testable import Balancing

/// What both strategies owe the servers of an idle pool.
@Suite struct FairnessTests {
    @Test(arguments: StrategyName.allCases)
    func threeIdleServersGetTenThousandOfThirtyThousandPicksEach(name: StrategyName) {
        var strategy = name.makeStrategy()
        #expect(strategy.counts(of: 30_000, from: .ofUp(weights: [1, 1, 1])) == [10_000, 10_000, 10_000])
    }

    @Test(arguments: StrategyName.allCases)
    func idleServersTakeTurnsInTheOrderOfTheConfiguration(name: StrategyName) {
        var strategy = name.makeStrategy()
        #expect(strategy.numbers(of: 7, from: .ofUp(weights: [1, 1, 1])) == [0, 1, 2, 0, 1, 2, 0])
    }

    @Test(arguments: StrategyName.allCases)
    func idleServersGetExactlyTheSharesOfTheirWeights(name: StrategyName) {
        var strategy = name.makeStrategy()
        #expect(strategy.counts(of: 10_000, from: .ofUp(weights: [5, 3, 2])) == [5_000, 3_000, 2_000])
    }

    @Test(arguments: StrategyName.allCases)
    func theGreatestWeightsOfAConfigurationKeepTheirShares(name: StrategyName) {
        var strategy = name.makeStrategy()
        let shares = strategy.counts(of: 51_300, from: .ofUp(weights: [256, 256, 1]))
        #expect(shares == [25_600, 25_600, 100])
    }

    @Test(arguments: StrategyName.allCases)
    func aHeavyServersTurnsAreSpreadOutAsNginxSpreadsThem(name: StrategyName) {
        var strategy = name.makeStrategy()
        #expect(strategy.numbers(of: 7, from: .ofUp(weights: [5, 1, 1])) == [0, 0, 1, 0, 2, 0, 0])
    }

    @Test(arguments: StrategyName.allCases)
    func noEligibleServerMeansNoPick(name: StrategyName) {
        let pool = Pool.ofUnchecked(count: 3)
        var strategy = name.makeStrategy()
        #expect(strategy.pick(from: pool, excluding: TriedServers()) == nil)
        for id in pool.ids { pool.saw(.checkPassed, of: id, at: .origin) }
        #expect(strategy.pick(from: pool, excluding: TriedServers()) == ServerID(0))
        for id in pool.ids { pool.setAdministrativeState(.disabled, of: id) }
        #expect(strategy.pick(from: pool, excluding: TriedServers()) == nil)
    }

    @Test(arguments: StrategyName.allCases)
    func aServerThatWasTriedIsNeverPickedAgain(name: StrategyName) {
        let pool = Pool.ofUp(weights: [100, 1, 1])
        var strategy = name.makeStrategy()
        for _ in 0..<1_000 {
            var tried = TriedServers()
            while let server = strategy.pick(from: pool, excluding: tried) {
                #expect(!tried.contains(server))
                tried.insert(server)
            }
            #expect(tried.count == 3)
        }
    }

    @Test(arguments: StrategyName.allCases)
    func aRetryTakesAnExtraTurnWithoutDisturbingTheRotationOfTheOthers(name: StrategyName) {
        let pool = Pool.ofUp(weights: [1, 1, 1])
        var strategy = name.makeStrategy()
        var failed = 0
        var served = [0, 0, 0]
        for _ in 0..<30_000 {
            guard let first = strategy.pick(from: pool, excluding: TriedServers()) else { continue }
            guard first == ServerID(0) else {
                served[first.number] += 1
                continue
            }
            failed += 1
            guard let retry = strategy.pick(from: pool, excluding: TriedServers(first)) else { continue }
            served[retry.number] += 1
        }
        // Server 0, which always fails, is asked for its third and no more; the others share the rest.
        #expect(failed == 10_000)
        #expect(served == [0, 15_000, 15_000])
    }

    @Test(arguments: StrategyName.allCases)
    func aServerThatComesBackIsNotMadeUpToForTheTimeItWasAway(name: StrategyName) {
        let pool = Pool.ofUnchecked(count: 3)
        for id in pool.ids { pool.saw(.checkPassed, of: id, at: .origin) }
        var strategy = name.makeStrategy()
        pool.saw(.checkFailed(reason: "refused"), of: ServerID(1), at: .origin)
        #expect(strategy.counts(of: 10_000, from: pool) == [5_000, 0, 5_000])
        pool.saw(.checkPassed, of: ServerID(1), at: .origin)
        #expect(strategy.counts(of: 30_000, from: pool) == [10_000, 10_000, 10_000])
    }

    @Test(arguments: StrategyName.allCases)
    func whoIsLeftOfALargePoolAlternatesAtOnce(name: StrategyName) {
        let pool = Pool.ofUp(weights: [Int](repeating: 1, count: 50))
        var strategy = name.makeStrategy()
        _ = strategy.numbers(of: 25, from: pool)
        // Server 0 had its turn and server 49 had not: that is worth one turn, not twenty-five.
        for id in pool.ids where id.number % 49 != 0 { pool.setAdministrativeState(.disabled, of: id) }
        #expect(strategy.numbers(of: 6, from: pool) == [49, 0, 49, 0, 49, 0])
    }

    @Test(arguments: StrategyName.allCases)
    func aServerThatIsThereEveryOtherTimeLeavesTheOthersEqual(name: StrategyName) {
        let pool = Pool.ofUp(weights: [1, 1, 1])
        var strategy = name.makeStrategy()
        var counts = [0, 0, 0]
        for turn in 0..<12_000 {
            pool.setAdministrativeState(turn % 2 == 0 ? .draining : .enabled, of: ServerID(2))
            guard let id = strategy.pick(from: pool, excluding: TriedServers()) else { continue }
            counts[id.number] += 1
        }
        // Half a turn among two and a third among three: 5/12 for each of those that stayed.
        #expect(counts == [5_000, 5_000, 2_000])
    }
}

/// Servers that come and go at random, measured pick by pick.
///
/// The bound: let B(m) be the most that m of the n servers together can be ahead. In a turn among k
/// candidates j of those m gain less than j/(j+1) together while another candidate, who is at least
/// as rich as they are, takes the turn; that gives B(m) <= (j B(m+1) + B(m-j)) / (j+1) + j/(j+1),
/// with B(0) = B(n) = 0, which m(n-m)/2 satisfies. So one server is at most (n-1)/2 turns ahead, and,
/// as all add up to zero, at most as far behind.
@Suite struct ComingAndGoingTests {
    @Test(arguments: StrategyName.allCases, [1, 2, 3, 4, 5] as [UInt64])
    func everyServerStaysWithinItsShareOfTheTimesWhenItWasEligible(name: StrategyName, seed: UInt64) {
        check(name, weights: [1, 1, 1], seed: seed)
    }

    @Test(arguments: StrategyName.allCases, [6, 7, 8] as [UInt64])
    func weightsAreKeptWhileServersComeAndGo(name: StrategyName, seed: UInt64) {
        check(name, weights: [7, 3, 2, 1, 1], seed: seed)
    }

    private func check(_ name: StrategyName, weights: [Int], seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let pool = Pool(
            weights.map {
                let health = Health(thresholds: HealthThresholds(rise: 1, fall: 1), at: .origin)
                return Server(name: "Server", weight: $0, health: health)
            })
        var strategy = name.makeStrategy()
        var ahead = [Double](repeating: 0, count: weights.count)
        var repeats = (server: ServerID?.none, count: 0)
        var (farthest, longest) = (0.0, 0)
        // Rounding to the turn's worth moves the bound by far less than a pick.
        let bound = Double(weights.count - 1) / 2 + 1e-3
        for _ in 0..<10_000 {
            if Int.random(in: 0..<3, using: &random) == 0 { change(pool, using: &random) }
            let eligible = pool.eligible
            let picked = strategy.pick(from: pool, excluding: TriedServers())
            #expect((picked == nil) == eligible.isEmpty)
            guard let picked else { continue }
            #expect(eligible.contains(picked))
            let sum = Double(eligible.reduce(0) { $0 + pool[$1].weight })
            for id in eligible { ahead[id.number] -= Double(pool[id].weight) / sum }
            ahead[picked.number] += 1
            farthest = max(farthest, ahead.map { abs($0) }.max() ?? 0)
            // Equal servers: whoever is picked again while another could be is at most n - 1 turns ahead
            // of that other, and each repeat takes one away.
            if Set(weights).count == 1 {
                let isRepeat = repeats.server == picked && eligible.count > 1
                repeats = (picked, isRepeat ? repeats.count + 1 : 1)
                longest = max(longest, repeats.count)
            }
        }
        #expect(farthest <= bound)
        #expect(longest <= weights.count)
    }

    private func change(_ pool: Pool, using random: inout SeededRandom) {
        let id = ServerID(Int.random(in: 0..<pool.count, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: pool.saw(.checkFailed(reason: "refused"), of: id, at: .origin)
        case 1, 2: pool.saw(.checkPassed, of: id, at: .origin)
        case 3: pool.setAdministrativeState(.draining, of: id)
        case 4: pool.setAdministrativeState(.disabled, of: id)
        default: pool.setAdministrativeState(.enabled, of: id)
        }
    }
}
