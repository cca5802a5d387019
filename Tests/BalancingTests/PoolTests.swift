import Testing
import Time

@testable import Balancing

@Suite struct PoolTests {
    private let first = ServerID(0)
    private let second = ServerID(1)

    /// What a pool reported.
    private final class Reports {
        private(set) var all: [(server: ServerID, change: PoolChange)] = []

        init(of pool: Pool) {
            pool.tellAtOnce { [unowned self] in all.append(($0, $1)) }
        }
    }

    @Test func serversAreNamedInTheOrderOfTheConfiguration() {
        let pool = Pool.ofUnchecked(count: 3)
        #expect(pool.count == 3)
        #expect(pool.ids.map(\.number) == [0, 1, 2])
        #expect(pool.ids.map { pool[$0].name } == ["Server-1", "Server-2", "Server-3"])
    }

    @Test func aFlipIsReportedOnceAfterItWasMade() {
        let pool = Pool.ofUnchecked(count: 2, rise: 2, fall: 2)
        var states: [HealthState] = []
        pool.tellAtOnce { [unowned pool] id, _ in states.append(pool[id].health.state) }
        pool.saw(.checkPassed, of: first, at: .second(1))
        pool.saw(.checkPassed, of: first, at: .second(2))
        #expect(states == [.up])
        let reports = Reports(of: pool)
        pool.saw(.checkFailed(reason: "refused"), of: first, at: .second(3))
        #expect(reports.all.isEmpty)
        pool.saw(.checkFailed(reason: "refused"), of: first, at: .second(4))
        pool.saw(.checkFailed(reason: "refused"), of: first, at: .second(5))
        #expect(reports.all.count == 1)
        #expect(reports.all.first?.server == first)
        let flip = HealthFlip(from: .up, to: .down, witness: .checks, reason: "refused (2 failures in a row)")
        #expect(reports.all.first?.change == .health(flip))
        #expect(pool[first].health.since == .second(4))
        #expect(pool[second].health.state == .checking)
    }

    @Test func anAdministrativeChangeIsReportedOnceAndOnlyWhenItIsOne() {
        let pool = Pool.ofUp(weights: [1, 1])
        let reports = Reports(of: pool)
        pool.setAdministrativeState(.enabled, of: second)
        #expect(reports.all.isEmpty)
        pool.setAdministrativeState(.draining, of: second)
        pool.setAdministrativeState(.draining, of: second)
        #expect(reports.all.map(\.server) == [second])
        #expect(reports.all.map(\.change) == [.administrativeState(from: .enabled, to: .draining)])
    }

    @Test(arguments: AdministrativeState.allCases, HealthState.allCases)
    func onlyAnEnabledServerThatIsUpIsEligible(administrative: AdministrativeState, health: HealthState) {
        let pool = Pool.ofUnchecked(count: 1)
        switch health {
        case .checking: break
        case .up: pool.saw(.checkPassed, of: first, at: .origin)
        case .down: pool.saw(.checkFailed(reason: "refused"), of: first, at: .origin)
        }
        pool.setAdministrativeState(administrative, of: first)
        #expect(pool[first].health.state == health)
        #expect(pool[first].isEligible == (administrative == .enabled && health == .up))
        #expect(pool.eligibleCount == (pool[first].isEligible ? 1 : 0))
    }

    @Test func enablingADeadServerDoesNotBringItToLife() {
        let pool = Pool.ofUnchecked(count: 1)
        pool.setAdministrativeState(.disabled, of: first)
        pool.saw(.checkFailed(reason: "refused"), of: first, at: .origin)
        pool.setAdministrativeState(.enabled, of: first)
        #expect(!pool[first].isEligible)
        pool.saw(.checkPassed, of: first, at: .origin)
        #expect(pool[first].isEligible)
    }

    @Test func checksGoOnWhileAServerIsDisabled() {
        let pool = Pool.ofUnchecked(count: 1)
        pool.setAdministrativeState(.disabled, of: first)
        pool.saw(.checkPassed, of: first, at: .origin)
        #expect(pool[first].health.state == .up)
        #expect(!pool[first].isEligible)
    }

    @Test func countersAreKeptForEachServer() {
        let pool = Pool.ofUp(weights: [1, 1])
        for _ in 0..<3 { pool.began(first) }
        pool.reached(first, at: .origin)
        pool.reached(first, at: .origin)
        pool.failed(first, reason: "refused", at: .origin)
        pool.ended(first)
        #expect(pool[first].inFlight == 2)
        #expect(pool[first].served == 2)
        #expect(pool[first].failures == 1)
        #expect(pool[second].inFlight == 0)
        #expect(pool[second].served == 0)
        #expect(pool[second].failures == 0)
    }

    @Test func aConnectionThatIsRefusedTakesAServerOutOfTurnAtOnce() {
        let pool = Pool.ofUnchecked(count: 1, rise: 2, fall: 3)
        pool.saw(.checkPassed, of: first, at: .origin)
        let reports = Reports(of: pool)
        pool.failed(first, reason: "connection refused", at: .second(1))
        pool.failed(first, reason: "connection refused", at: .second(3))
        let flip = HealthFlip(
            from: .up, to: .down, witness: .traffic, reason: "connection refused (seen by traffic)")
        #expect(reports.all.map(\.change) == [.health(flip)])
        #expect(pool[first].failures == 2)
    }

    @Test func aConnectionThatIsMadeBringsBackWhatTrafficTookDown() {
        let pool = Pool.ofUnchecked(count: 1, rise: 2, fall: 2)
        pool.saw(.checkPassed, of: first, at: .origin)
        for _ in 0..<10 {
            pool.failed(first, reason: "timed out", at: .origin)
            #expect(!pool[first].isEligible)
            pool.reached(first, at: .origin)
            #expect(pool[first].isEligible)
        }
        #expect(pool[first].health.lastFailure == nil)
    }

    @Test func trafficThatSucceedsNeverEndsARowOfFailedChecks() {
        let pool = Pool.ofUnchecked(count: 1, rise: 2, fall: 3)
        pool.saw(.checkPassed, of: first, at: .origin)
        for check in 1...3 {
            for _ in 0..<100 {
                pool.reached(first, at: .origin)
                pool.reused(first)
            }
            pool.saw(.checkFailed(reason: "status 503"), of: first, at: .second(Int64(check)))
        }
        #expect(pool[first].health.state == .down)
        #expect(pool[first].health.since == .second(3))
    }

    @Test func anExchangeOverAKeptConnectionDoesNotSayThatNewOnesAreTaken() {
        let pool = Pool.ofUnchecked(count: 1)
        pool.saw(.checkPassed, of: first, at: .origin)
        pool.failed(first, reason: "connection refused", at: .origin)
        pool.reused(first)
        #expect(!pool[first].isEligible)
        #expect(pool[first].served == 1)
    }

    @Test func enablingAsksForACheckWhateverWasSeenBefore() {
        let pool = Pool.ofUnchecked(count: 1, rise: 2, fall: 2)
        pool.saw(.checkPassed, of: first, at: .origin)
        pool.setAdministrativeState(.disabled, of: first)
        let reports = Reports(of: pool)
        pool.setAdministrativeState(.enabled, of: first, at: .second(1))
        #expect(pool[first].verdict == .checking)
        #expect(
            reports.all.map(\.change) == [
                .administrativeState(from: .disabled, to: .enabled),
                .health(
                    HealthFlip(
                        from: .up, to: .checking, witness: .person, reason: "a check has to pass first")),
            ])
        pool.saw(.checkPassed, of: first, at: .second(2))
        #expect(pool[first].isEligible)
    }

    @Test func enablingWhatIsEnabledAsksForNothing() {
        let pool = Pool.ofUnchecked(count: 1)
        pool.saw(.checkPassed, of: first, at: .origin)
        pool.setAdministrativeState(.enabled, of: first)
        #expect(pool[first].isEligible)
    }

    @Test func changesAreToldInTheirOrderWhenSomebodyAsksAndNotInsideTheCallThatMadeThem() {
        let pool = Pool.ofUnchecked(count: 2)
        var news = 0
        var told: [ServerID] = []
        pool.onNews = { news += 1 }
        pool.onChange = { server, _ in told.append(server) }
        pool.saw(.checkPassed, of: ServerID(1), at: .origin)
        pool.saw(.checkPassed, of: first, at: .origin)
        #expect(pool.eligibleCount == 2)
        #expect(news == 1 && told.isEmpty)
        pool.tell()
        #expect(told == [ServerID(1), first])
        pool.tell()
        #expect(told.count == 2)
    }

    @Test func aLateConnectionSaysNothingForADownServer() {
        let pool = Pool.ofUnchecked(count: 1, rise: 2, fall: 1)
        pool.saw(.checkFailed(reason: "refused"), of: first, at: .origin)
        pool.saw(.checkPassed, of: first, at: .origin)
        pool.reached(first, at: .origin)
        #expect(pool[first].health.state == .down)
        #expect(pool[first].health.streak == 1)
    }

    @Test func aListenerMayChangeThePool() {
        let pool = Pool.ofUnchecked(count: 2)
        pool.tellAtOnce { [unowned pool] id, change in
            guard case .health = change else { return }
            pool.setAdministrativeState(.draining, of: id)
        }
        pool.saw(.checkPassed, of: first, at: .origin)
        #expect(pool[first].administrativeState == .draining)
    }
}
