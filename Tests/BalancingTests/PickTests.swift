import Testing
import Time

@testable import Balancing

/// What is remembered of picks, and how it is told.
@Suite struct PickTests {
    private func name(_ id: ServerID) -> String { "Server-\(id.number + 1)" }

    /// Picks once and tells why.
    private func explanation(
        _ strategy: StrategyName, from pool: Pool, excluding tried: TriedServers = TriedServers()
    ) -> String {
        var picker = Picker(strategy)
        var log = PickLog()
        _ = picker.pick(from: pool, excluding: tried, noting: &log)
        return log.picks[0].explanation(naming: name)
    }

    private func takeDown(_ number: Int, in pool: Pool) {
        pool.saw(.checkFailed(reason: "connection refused"), of: ServerID(number), at: .second(1))
    }

    /// Servers that are up, and go down with one check.
    private func pool(of count: Int) -> Pool {
        let pool = Pool.ofUnchecked(count: count)
        for id in pool.ids { pool.saw(.checkPassed, of: id, at: .second(0)) }
        return pool
    }

    @Test func eachServersVerdictIsWhatKeepsItOutFirst() {
        let thresholds = HealthThresholds(rise: 1, fall: 1)
        let servers = (1...9).map { number in
            Server(
                name: "Server-\(number)", maxConnections: number == 2 ? 1 : nil,
                health: Health(thresholds: thresholds, at: .second(0)))
        }
        let pool = Pool(servers, ejectionRule: EjectionRule(consecutiveFailures: 1, shortest: .seconds(1)))
        for id in pool.ids where id.number != 6 { pool.saw(.checkPassed, of: id, at: .second(0)) }
        pool.began(ServerID(1))
        pool.setAdministrativeState(.disabled, of: ServerID(3))
        pool.setAdministrativeState(.draining, of: ServerID(4))
        takeDown(5, in: pool)
        pool.exchangeFailed(ServerID(7), reason: "bad", at: .second(0))
        pool.setAdministrativeState(.disabled, of: ServerID(8))
        takeDown(8, in: pool)
        var picker = Picker(.roundRobin)
        var log = PickLog()
        #expect(picker.pick(from: pool, excluding: TriedServers(ServerID(2)), noting: &log) == ServerID(0))
        let pick = log.picks[0]
        #expect(pick.server == ServerID(0) && pick.rule == .strategy(.roundRobin))
        #expect(
            pick.candidates.map(\.verdict) == [
                .picked, .full, .tried, .disabled, .draining, .down, .checking, .ejected, .disabled,
            ])
    }

    @Test func aPickShowsWhatServersHeldBeforeIt() {
        let pool = Pool.ofUp(weights: [1, 200])
        pool.began(ServerID(1))
        var picker = Picker(.leastConnections)
        var log = PickLog()
        if let picked = picker.pick(from: pool, excluding: TriedServers(), noting: &log) {
            pool.began(picked)
        }
        #expect(log.picks[0].candidates.map(\.inFlight) == [0, 1])
        #expect(log.picks[0].candidates.map(\.weight) == [1, 200])
    }

    @Test func theFirstThreePicksAndTheLastAreKept() {
        let pool = Pool.ofUp(weights: [1, 1, 1, 1, 1, 1])
        var picker = Picker(.roundRobin)
        var log = PickLog()
        for _ in 0..<6 { _ = picker.pick(from: pool, excluding: TriedServers(), noting: &log) }
        #expect(log.picks.map(\.server) == [0, 1, 2, 5].map { ServerID($0) })
        #expect(log.picks.map { $0.candidates.firstIndex { $0.verdict == .picked } } == [0, 1, 2, 5])
        log.clear()
        #expect(log.picks.isEmpty)
        _ = picker.pick(from: pool, excluding: TriedServers(), noting: &log)
        #expect(log.picks.map(\.server) == [ServerID(0)])
    }

    @Test func aPickThatFoundNobodyIsReplacedByTheNext() {
        let pool = Pool.ofUp(limits: [1])
        pool.began(ServerID(0))
        var picker = Picker(.roundRobin)
        var log = PickLog()
        for _ in 0..<3 { #expect(picker.pick(from: pool, excluding: TriedServers(), noting: &log) == nil) }
        #expect(log.picks.map(\.server) == [nil])
        pool.ended(ServerID(0))
        #expect(picker.pick(from: pool, excluding: TriedServers(), noting: &log) != nil)
        #expect(log.picks.map(\.server) == [ServerID(0)])
    }

    @Test func aStrategyThatIsChangedPicksFromThenOn() {
        let pool = Pool.ofUp(weights: [1, 1])
        var picker = Picker(.roundRobin)
        var log = PickLog()
        _ = picker.pick(from: pool, excluding: TriedServers(), noting: &log)
        pool.began(ServerID(1))
        picker.use(.roundRobin)
        #expect(picker.standing(of: ServerID(1), in: pool) == 0.5)
        picker.use(.leastConnections)
        #expect(picker.name == .leastConnections)
        for _ in 0..<2 {
            #expect(picker.pick(from: pool, excluding: TriedServers(), noting: &log) == ServerID(0))
        }
        #expect(picker.standing(of: ServerID(1), in: pool) == 1)
    }

    // MARK: Explanations

    @Test func roundRobinTellsTheTurn() {
        let three = pool(of: 3)
        takeDown(2, in: three)
        #expect(
            explanation(.roundRobin, from: three)
                == "Round Robin: Server-1 was next in turn among 2 eligible servers; Server-3 was left out: down"
        )
        takeDown(1, in: three)
        #expect(
            explanation(.roundRobin, from: three)
                == "Round Robin: Server-1 was the only eligible server; left out: Server-2 (down), Server-3 (down)"
        )
        #expect(
            explanation(.roundRobin, from: Pool.ofUp(weights: [1, 2]))
                == "Round Robin: Server-2 was next in turn among 2 eligible servers, by weight")
    }

    @Test func leastConnectionsTellsTheLoad() {
        let pool = Pool.ofUp(weights: [1, 1, 1])
        pool.began(ServerID(0))
        #expect(
            explanation(.leastConnections, from: pool)
                == "Least Connections: Server-2 had the fewest in flight for its weight (0, with Server-3; ties take turns)"
        )
        pool.began(ServerID(1))
        #expect(
            explanation(.leastConnections, from: pool)
                == "Least Connections: Server-3 had the fewest in flight for its weight (0)")
        let weighted = Pool.ofUp(weights: [1, 4])
        for number in [0, 1, 1] { weighted.began(ServerID(number)) }
        #expect(
            explanation(.leastConnections, from: weighted)
                == "Least Connections: Server-2 had the fewest in flight for its weight (2 at weight 4)")
    }

    @Test func whereThereIsNobodyItSaysWhy() {
        let pool = pool(of: 2)
        let tried = TriedServers(ServerID(0))
        pool.setAdministrativeState(.disabled, of: ServerID(1))
        #expect(
            explanation(.roundRobin, from: pool, excluding: tried)
                == "Round Robin: no server: Server-1 is tried before, in vain, Server-2 is stopped by hand")
        pool.setAdministrativeState(.disabled, of: ServerID(0))
        #expect(explanation(.roundRobin, from: pool) == "Round Robin: no server: all stopped by hand")
        let full = Pool.ofUp(limits: [1])
        full.began(ServerID(0))
        #expect(
            explanation(.leastConnections, from: full) == "Least Connections: no server: Server-1 is full")
    }

    @Test func aServerThatIsNotInTurnIsTriedForWantOfAnother() {
        let pool = pool(of: 2)
        for number in 0...1 { takeDown(number, in: pool) }
        #expect(
            explanation(.roundRobin, from: pool)
                == "Round Robin: Server-1 was tried, for no eligible server was left; Server-2 was left out: down"
        )
    }

    @Test func oneOutOfTurnThatIsWaitedForIsToldAsFull() {
        let health = Health(thresholds: HealthThresholds(rise: 1, fall: 1), at: .origin)
        let pool = Pool([Server(name: "Server-1", maxConnections: 1, health: health)])
        pool.began(ServerID(0))
        #expect(explanation(.roundRobin, from: pool) == "Round Robin: no server: Server-1 is full")
    }

    @Test func theSameServerAgainIsToldAsThat() {
        let pool = pool(of: 2)
        var log = PickLog()
        Picker(.roundRobin).pickAgain(ServerID(1), from: pool, excluding: TriedServers(), noting: &log)
        #expect(
            log.picks[0].explanation(naming: name)
                == "Server-2: the same server again over a fresh connection, for the kept one had closed")
        #expect(log.picks[0].candidates.map(\.verdict) == [.eligible, .picked])
    }

    @Test func manyThatWereLeftOutAreNotAllNamed() {
        let pool = pool(of: 9)
        for number in 1..<9 { takeDown(number, in: pool) }
        #expect(explanation(.roundRobin, from: pool).hasSuffix("Server-6 (down) and 3 more"))
    }
}
