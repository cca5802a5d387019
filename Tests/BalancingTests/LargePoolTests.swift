import Testing
import Time

@testable import Balancing

/// Picks among many servers: the same as a look at each of them would find, and no more work than is bounded.
@Suite struct LargePoolTests {
    /// The definition: a look at each server, as nginx does.
    private struct Linear {
        private static let turn = 5_354_228_880
        private var credits: [Int]
        private let isByConnections: Bool

        init(_ name: StrategyName, servers: Int) {
            credits = Array(repeating: 0, count: servers)
            isByConnections = name == .leastConnections
        }

        mutating func pick(from pool: Pool, among rank: Rank, excluding tried: TriedServers) -> ServerID? {
            var taking = pool.ids.map(\.number).filter {
                pool.candidates[$0].rank == rank && pool.candidates[$0].hasRoom
                    && !tried.contains(ServerID($0))
            }
            if isByConnections {
                let least = taking.map { quotient($0, pool) }.min()
                taking = taking.filter { quotient($0, pool) == least }
            }
            let weights = taking.reduce(0) { $0 + pool.candidates[$1].weight }
            guard weights > 0 else { return nil }
            let shareOfOne = Self.turn / weights
            for number in taking { credits[number] += pool.candidates[number].weight * shareOfOne }
            let richest = taking.max { credits[$0] < credits[$1] || (credits[$0] == credits[$1] && $0 > $1) }
            guard let richest else { return nil }
            credits[richest] -= weights * shareOfOne
            return ServerID(richest)
        }

        /// Weights go up to 4 here, so twelfths are whole.
        private func quotient(_ number: Int, _ pool: Pool) -> Int {
            pool.candidates[number].inFlight * 12 / pool.candidates[number].weight
        }
    }

    @Test(arguments: StrategyName.allCases, [3, 40] as [Int])
    func picksAreThoseOfALookAtEachServer(name: StrategyName, count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        let pool = Pool(
            (0..<count).map { number in
                Server(
                    name: "Server-\(number + 1)", weight: Int.random(in: 1...4, using: &random),
                    maxConnections: number % 5 == 0 ? 2 : nil,
                    health: Health(thresholds: HealthThresholds(rise: 1, fall: 1), at: .origin))
            }, ejectionRule: EjectionRule(consecutiveFailures: 1, shortest: .seconds(1)))
        for id in pool.ids { pool.saw(.checkPassed, of: id, at: .origin) }
        var (strategy, linear) = (name.makeStrategy(), Linear(name, servers: count))
        var held: [ServerID] = []
        for step in 0..<4000 {
            let now = Instant.second(Int64(step) / 100)
            let id = ServerID(Int.random(in: 0..<count, using: &random))
            switch Int.random(in: 0..<20, using: &random) {
            case 0: pool.saw(.checkFailed(reason: "refused"), of: id, at: now)
            case 1, 2: pool.saw(.checkPassed, of: id, at: now)
            case 3: pool.setWeight(Int.random(in: 1...4, using: &random), of: id)
            case 4:
                pool.setAdministrativeState(
                    Bool.random(using: &random) ? .draining : .enabled, of: id, at: now)
            case 5: pool.setAdministrativeState(.enabled, of: id, at: now)
            case 6: pool.exchangeFailed(id, reason: "bad", at: now)
            case 7: pool.readmit(at: now)
            case 8...13:
                if !held.isEmpty { pool.ended(held.remove(at: Int.random(in: held.indices, using: &random))) }
            default: break
            }
            // A long rest now and then: more changes than are remembered.
            if step % 1000 == 999 {
                for _ in 0..<700 {
                    pool.began(id)
                    pool.ended(id)
                }
            }
            var tried = TriedServers()
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                tried.insert(ServerID(Int.random(in: 0..<count, using: &random)))
            }
            guard let rank = pool.nextRank(excluding: tried) else { continue }
            let picked = strategy.pick(from: pool, among: rank, excluding: tried)
            #expect(picked == linear.pick(from: pool, among: rank, excluding: tried), "step \(step)")
            if let picked, held.count < 3 * count {
                pool.began(picked)
                held.append(picked)
            }
        }
    }

    @Test(arguments: StrategyName.allCases)
    func aPickLooksAtNoMoreServersThanHaveChanged(name: StrategyName) {
        let pool = Pool.ofUp(weights: (0..<10_000).map { $0 % 3 + 1 })
        var picker = Picker(name)
        var log = PickLog()
        let clock = ContinuousClock()
        func time(of picks: Int) -> Duration {
            clock.measure {
                for _ in 0..<picks {
                    guard let id = picker.pick(from: pool, excluding: TriedServers(), noting: &log) else {
                        return
                    }
                    pool.began(id)
                    pool.ended(id)
                    log.clear()
                }
            }
        }
        // The first pick takes all servers in.
        let first = time(of: 1)
        // A thousand that looked at each server would take a hundred times as long as that; the best of five, for others
        // use the machine too.
        let best = (0..<5).map { _ in time(of: 1000) }.min() ?? first * 1000
        #expect(best < first * 20)
    }

    @Test func ofALargePoolTheFirstServersAndThePickedOneAreSeen() throws {
        let pool = Pool.ofUp(weights: Array(repeating: 1, count: 200))
        var picker = Picker(.roundRobin)
        var log = PickLog()
        for number in 0..<200 {
            log.clear()
            let picked = picker.pick(from: pool, excluding: TriedServers(), noting: &log)
            #expect(picked == ServerID(number))
            let pick = log.picks[0]
            #expect(pick.candidates.count == PickLog.width)
            #expect(pick.others == 200 - PickLog.width)
            let place = try #require(pick.candidates.firstIndex { $0.verdict == .picked })
            #expect(pick.server(at: place) == picked)
            #expect(
                pick.explanation { "Server-\($0.number + 1)" }
                    == "Round Robin: Server-\(number + 1) was next in turn among 200 eligible servers")
        }
    }
}
