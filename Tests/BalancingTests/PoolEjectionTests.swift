import Testing
import Time

@testable import Balancing

/// Ejection as the pool does it, by a rule of two failures in a row and 10 s.
@Suite struct PoolEjectionTests {
    private let first = ServerID(0)
    private let second = ServerID(1)

    private func pool(of count: Int) -> Pool {
        let server = Server(name: "Server", health: .unchecked(at: .origin))
        return Pool(
            [Server](repeating: server, count: count),
            ejectionRule: EjectionRule(consecutiveFailures: 2, shortest: .seconds(10)))
    }

    /// Lets each of the servers fail often enough, in order.
    private func fail(_ servers: some Sequence<ServerID>, of pool: Pool, at now: Instant) {
        for id in servers {
            for _ in 0..<2 { pool.exchangeFailed(id, reason: "bad_response", at: now) }
        }
    }

    private func ejected(of pool: Pool) -> [Int] {
        pool.ids.filter { pool[$0].ejection.isEjected }.map(\.number)
    }

    @Test func aServerWhoseExchangesFailInARowIsLeftOutUntilItsTimeIsOver() {
        let pool = pool(of: 3)
        var strategy = RoundRobin()
        fail([first], of: pool, at: .second(1))
        #expect(!pool[first].isEligible)
        #expect(pool.eligibleCount == 2)
        #expect(strategy.counts(of: 100, from: pool) == [0, 50, 50])
        pool.readmit(at: Instant(nanoseconds: 10_999_999_999))
        #expect(!pool[first].isEligible)
        pool.readmit(at: .second(11))
        #expect(pool[first].isEligible)
        #expect(strategy.counts(of: 300, from: pool) == [100, 100, 100])
    }

    @Test func oneThatGetsNothingAnywayTakesNoPlaceOfTheHalf() {
        let pool = pool(of: 4)
        fail(pool.ids.prefix(2), of: pool, at: .second(1))
        fail([ServerID(2)], of: pool, at: .second(2))
        #expect(ejected(of: pool) == [0, 1], "half of the pool")
        for id in pool.ids.prefix(2) { pool.setAdministrativeState(.disabled, of: id) }
        fail([ServerID(2)], of: pool, at: .second(3))
        #expect(pool[ServerID(2)].ejection.isEjected)
        pool.readmit(at: .second(11))
        #expect(ejected(of: pool) == [2])
        for id in pool.ids.prefix(2) { pool.setAdministrativeState(.enabled, of: id) }
        fail([ServerID(0)], of: pool, at: .second(12))
        #expect(ejected(of: pool) == [0, 2])
    }

    /// A server that is on trial since second 11.
    private func poolOnTrial() -> Pool {
        let pool = pool(of: 3)
        fail([first], of: pool, at: .second(1))
        pool.readmit(at: .second(11))
        return pool
    }

    @Test func whatBeganBeforeATrialNeitherFailsNorPassesIt() {
        let pool = poolOnTrial()
        for _ in 0..<5 {
            pool.exchangeFailed(first, reason: "reset", begunAt: .second(1), at: .second(12))
            pool.exchangeAnswered(first, status: 500, begunAt: .second(10), at: .second(12))
            pool.answerBegan(first, status: 200, begunAt: .second(1), at: .second(12))
            pool.exchangeAnswered(first, status: 200, begunAt: .second(10), at: .second(12))
        }
        #expect(pool[first].ejection.isOnTrial)
        #expect(pool[first].failures == 7, "they did fail")
        pool.exchangeAnswered(first, status: 200, begunAt: .second(11), at: .second(13))
        #expect(!pool[first].ejection.isOnTrial)
    }

    @Test func whatBeganAfterItsStartFailsATrial() {
        let pool = poolOnTrial()
        pool.exchangeFailed(first, reason: "reset", begunAt: .second(11), at: .second(12))
        #expect(pool[first].ejection.isEjected)
    }

    @Test func whatBeganBeforeAServerStartedAnewIsNotHeldAgainstIt() {
        let pool = pool(of: 3)
        pool.setAdministrativeState(.enabled, of: first, at: .second(5))
        for _ in 0..<5 { pool.exchangeFailed(first, reason: "reset", begunAt: .second(4), at: .second(6)) }
        #expect(pool[first].isEligible)
        for _ in 0..<2 { pool.exchangeFailed(first, reason: "reset", begunAt: .second(5), at: .second(6)) }
        #expect(pool[first].ejection.isEjected)
    }

    @Test func ejectionAndReadmissionAreReportedOnceAfterTheyWereMade() {
        let pool = pool(of: 2)
        var reports: [(server: ServerID, change: PoolChange, isEligible: Bool)] = []
        pool.tellAtOnce { [unowned pool] in reports.append(($0, $1, pool[$0].isEligible)) }
        fail([second, second], of: pool, at: .second(1))
        for time in 10...13 { pool.readmit(at: .second(Int64(time))) }
        #expect(reports.map(\.server) == [second, second])
        let reason = "bad_response (2 failures in a row)"
        #expect(reports.map(\.change) == [.ejected(for: .seconds(10), reason: reason), .readmitted])
        #expect(reports.map(\.isEligible) == [false, true])
    }

    @Test func aSuccessEndsARowOfFailures() {
        let pool = pool(of: 2)
        for _ in 0..<100 {
            pool.exchangeFailed(first, reason: "bad_response", at: .origin)
            pool.exchangeAnswered(first, status: 200, at: .origin)
        }
        #expect(pool[first].isEligible)
        #expect(pool[first].failures == 100)
    }

    @Test func theRowsOfServersAreTheirOwn() {
        let pool = pool(of: 2)
        pool.exchangeFailed(first, reason: "bad_response", at: .origin)
        pool.exchangeFailed(second, reason: "bad_response", at: .origin)
        pool.exchangeAnswered(second, status: 200, at: .origin)
        #expect(pool[first].ejection.streak == 1)
        #expect(pool.eligibleCount == 2)
    }

    @Test(arguments: [(1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (64, 32)])
    func atMostHalfOfThePoolIsEjectedAtOnce(count: Int, most: Int) {
        let pool = pool(of: count)
        fail(pool.ids, of: pool, at: .second(1))
        #expect(ejected(of: pool) == Array(0..<most))
        #expect(pool.eligibleCount == count - most)
    }

    @Test func aServerThatWasSparedIsEjectedByItsNextFailureOnceAnotherIsBack() {
        let pool = pool(of: 2)
        fail([first, second], of: pool, at: .second(1))
        #expect(ejected(of: pool) == [0])
        pool.readmit(at: .second(11))
        pool.exchangeFailed(second, reason: "bad_response", at: .second(11))
        #expect(ejected(of: pool) == [1])
        #expect(pool[second].ejection.until == .second(21))
    }

    @Test func theLastEligibleServerIsNeverEjected() {
        let pool = pool(of: 4)
        for id in pool.ids where id != first { pool.setAdministrativeState(.disabled, of: id) }
        fail([first, first], of: pool, at: .second(1))
        #expect(pool[first].isEligible)
    }

    @Test func aServerThatGetsNothingAnywayTakesNobodysPlaceAmongTheEjected() {
        let pool = pool(of: 3)
        pool.setAdministrativeState(.draining, of: first)
        fail([first, second], of: pool, at: .second(1))
        #expect(ejected(of: pool) == [1])
    }

    @Test(arguments: AdministrativeState.allCases, HealthState.allCases)
    func anEjectedServerIsNotEligibleWhateverElseItIs(state: AdministrativeState, health: HealthState) {
        let thresholds = HealthThresholds(rise: 1, fall: 1)
        let servers = (0..<2).map { _ in
            Server(name: "Server", health: Health(thresholds: thresholds, at: .origin))
        }
        let pool = Pool(servers, ejectionRule: EjectionRule(consecutiveFailures: 2, shortest: .seconds(10)))
        for id in pool.ids { pool.saw(.checkPassed, of: id, at: .origin) }
        fail([first], of: pool, at: .second(1))
        // To enable a server ends its ejection, even if it is enabled.
        if state != .enabled { pool.setAdministrativeState(state, of: first) }
        if health == .down { pool.saw(.checkFailed(reason: "refused"), of: first, at: .second(2)) }
        #expect(!pool[first].isEligible)
        pool.readmit(at: .second(11))
        #expect(pool[first].isEligible == (state == .enabled && health != .down))
    }

    @Test func aCheckThatPassesDoesNotEndAnEjection() {
        let health = Health(thresholds: HealthThresholds(rise: 1, fall: 1), at: .origin)
        let pool = Pool(
            [Server](repeating: Server(name: "Server", health: health), count: 2),
            ejectionRule: EjectionRule(consecutiveFailures: 2, shortest: .seconds(10)))
        for id in pool.ids { pool.saw(.checkPassed, of: id, at: .origin) }
        fail([first], of: pool, at: .second(1))
        pool.saw(.checkPassed, of: first, at: .second(3))
        #expect(pool[first].health.state == .up)
        #expect(!pool[first].isEligible)
        #expect(pool.nextReadmission == .second(11))
    }

    @Test func theNextReadmissionIsTheEarliestOfAll() {
        let pool = pool(of: 4)
        #expect(pool.nextReadmission == nil)
        fail([second], of: pool, at: .second(3))
        #expect(pool.nextReadmission == .second(13))
        fail([first], of: pool, at: .second(5))
        #expect(pool.nextReadmission == .second(13))
        pool.readmit(at: .second(13))
        #expect(pool.nextReadmission == .second(15))
        pool.readmit(at: .second(15))
        #expect(pool.nextReadmission == nil)
    }

    @Test func oneCallBringsAllBackWhoseTimeIsOver() {
        let pool = pool(of: 8)
        fail(pool.ids, of: pool, at: .second(1))
        #expect(ejected(of: pool).count == 4)
        pool.readmit(at: .second(60))
        #expect(pool.eligibleCount == 8)
    }

    @Test func withoutARuleNobodyIsEjected() {
        let pool = Pool.ofUp(weights: [1, 1])
        fail([first, first, first], of: pool, at: .second(1))
        pool.readmit(at: .second(100))
        #expect(pool.eligibleCount == 2)
        #expect(pool[first].failures == 6)
    }

    @Test func aFailedExchangeSaysNothingOfHealth() {
        let health = Health(thresholds: HealthThresholds(rise: 1, fall: 1), at: .origin)
        let pool = Pool([Server(name: "Server", health: health)])
        pool.saw(.checkPassed, of: first, at: .origin)
        pool.exchangeFailed(first, reason: "bad_response", at: .origin)
        #expect(pool[first].health.state == .up)
    }

    @Test func aServerThatWasDownAndComesUpIsReadmittedAtOnce() {
        let health = Health(thresholds: HealthThresholds(rise: 1, fall: 1), at: .origin)
        let pool = Pool(
            [Server](repeating: Server(name: "Server", health: health), count: 2),
            ejectionRule: EjectionRule(consecutiveFailures: 2, shortest: .seconds(10)))
        for id in pool.ids { pool.saw(.checkPassed, of: id, at: .origin) }
        fail([first], of: pool, at: .second(1))
        pool.saw(.checkFailed(reason: "refused"), of: first, at: .second(2))
        pool.saw(.checkPassed, of: first, at: .second(3))
        #expect(!pool[first].ejection.isEjected)
        #expect(pool[first].isEligible)
    }
}
