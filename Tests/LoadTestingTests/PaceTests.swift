import Testing
import Time

@testable import LoadTesting

/// When requests may begin.
@Suite struct PaceTests {
    private static func at(_ milliseconds: Double) -> Instant {
        Instant(nanoseconds: 1_000_000_000 + Int64(milliseconds * 1e6))
    }

    private static func open(requests: Int = .max, end: Instant = .never) -> Pace {
        Pace(requests: requests, end: end, start: at(0), interval: 10e6)
    }

    @Test func aClosedLoopGivesRequestsAsTheyAreAskedFor() {
        var pace = Pace(requests: 2, end: .never)
        #expect(pace.take(at: Self.at(5)) == Self.at(5))
        #expect(!pace.isDone)
        #expect(pace.take(at: Self.at(6)) == Self.at(6))
        #expect(pace.isDone)
        #expect(pace.take(at: Self.at(7)) == nil)
        #expect(pace.nextDue == nil)
    }

    @Test func aClosedLoopEndsAtItsEnd() {
        var pace = Pace(requests: .max, end: Self.at(100))
        #expect(pace.take(at: Self.at(99.9)) != nil)
        #expect(pace.take(at: Self.at(100)) == nil)
        pace.finish(at: Self.at(100))
        #expect(pace.isDone)
        #expect(pace.overdue == 0)
    }

    @Test func atAFixedRateEachRequestHasItsTime() {
        var pace = Self.open()
        #expect(pace.take(at: Self.at(-1)) == nil)
        #expect(pace.nextDue == Self.at(0))
        #expect(pace.take(at: Self.at(0)) == Self.at(0))
        #expect(pace.take(at: Self.at(9)) == nil)
        #expect(pace.nextDue == Self.at(10))
    }

    @Test func aRequestThatHadToWaitKeepsTheTimeThatWasMeant() {
        var pace = Self.open()
        // Two seconds in which no connection was free.
        let begins = (0..<201).map { _ in pace.take(at: Self.at(2000)) }
        #expect(begins.first == Self.at(0))
        #expect(begins.last == Self.at(2000))
        #expect(pace.take(at: Self.at(2000)) == nil)
    }

    @Test func aDurationHoldsAsManyRequestsAsAreMeantToBeginInIt() {
        var pace = Self.open(end: Self.at(1000))
        var count = 0
        while pace.take(at: Self.at(5000)) != nil { count += 1 }
        #expect(count == 100)
        #expect(pace.isDone)
        #expect(pace.overdue == 0)
    }

    @Test func whatWasDueAndNeverBeganIsCounted() {
        var pace = Self.open(end: Self.at(1000))
        for _ in 0..<30 { _ = pace.take(at: Self.at(1000)) }
        pace.finish(at: Self.at(1000))
        #expect(pace.isDone)
        #expect(pace.overdue == 70)
        #expect(pace.take(at: Self.at(1000)) == nil)
    }

    @Test func aCancelCountsWhatWasDueUntilThen() {
        var pace = Self.open(requests: 1000)
        for _ in 0..<10 { _ = pace.take(at: Self.at(495)) }
        pace.finish(at: Self.at(495))
        #expect(pace.overdue == 40)
    }

    @Test func aRateThatIsNoWholeNumberDoesNotDrift() {
        var pace = Pace(requests: .max, end: Self.at(600_000), start: Self.at(0), interval: 1e9 / 3)
        var count = 0
        while pace.take(at: Self.at(600_000)) != nil { count += 1 }
        #expect(count == 1800)
    }
}

/// How a plan is divided among workers.
@Suite struct ShareTests {
    private static func shares(
        _ amount: LoadPlan.Amount, concurrency: Int, threads: Int, rate: Double? = nil
    ) throws -> [Share] {
        Share.all(
            of: try .to(anywhere(), amount, concurrency: concurrency, rate: rate), threads: threads)
    }

    @Test(arguments: [(1, 1, 1), (10, 3, 2), (1_000_000, 9000, 7), (5, 10, 2), (999, 64, 64), (3, 9000, 4)])
    func nothingIsLostAndNothingIsAdded(requests: Int, concurrency: Int, threads: Int) throws {
        let shares = try Self.shares(.requests(requests), concurrency: concurrency, threads: threads)
        #expect(shares.reduce(0) { $0 + $1.concurrency } == concurrency)
        #expect(shares.reduce(0) { $0 + ($1.requests ?? 0) } == requests)
        #expect(shares.allSatisfy { $0.concurrency > 0 })
    }

    @Test func thereAreNoMoreWorkersThanConnections() throws {
        #expect(try Self.shares(.requests(100), concurrency: 3, threads: 8).count == 3)
    }

    @Test func theRateIsDividedAndComesEvenly() throws {
        let shares = try Self.shares(.duration(.seconds(1)), concurrency: 4, threads: 4, rate: 100)
        #expect(shares.map(\.rate) == [25, 25, 25, 25])
        #expect(shares.map(\.phase) == [0, 0.25, 0.5, 0.75])
        #expect(shares.allSatisfy { $0.requests == nil })
    }
}
