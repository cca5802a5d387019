import Testing
import Time

@testable import LoadTesting

/// When requests may begin.
@Suite struct PaceTests {
    private static func at(_ milliseconds: Double) -> Instant {
        Instant(nanoseconds: 1_000_000_000 + Int64(milliseconds * 1e6))
    }

    /// All of a plan: requests as counted or without end, a hundred a second or as they are asked for.
    private static func pace(
        _ amount: LoadPlan.Amount = .unlimited, end: Instant = .never, rate: Double? = 100
    ) throws -> Pace {
        let plan = try LoadPlan.to(anywhere(), amount, rate: rate)
        let share = try #require(Share.all(of: plan, threads: 1).first)
        return Pace(share, end: end, schedule: rate.map { Schedule(start: at(0), ratePerSecond: $0) })
    }

    @Test func aClosedLoopGivesRequestsAsTheyAreAskedFor() throws {
        var pace = try Self.pace(.requests(2), rate: nil)
        #expect(pace.take(at: Self.at(5)) == Self.at(5))
        #expect(!pace.isDone)
        #expect(pace.take(at: Self.at(6)) == Self.at(6))
        #expect(pace.isDone)
        #expect(pace.take(at: Self.at(7)) == nil)
        #expect(pace.nextDue == nil)
    }

    @Test func aClosedLoopEndsAtItsEnd() throws {
        var pace = try Self.pace(end: Self.at(100), rate: nil)
        #expect(pace.take(at: Self.at(99.9)) != nil)
        #expect(pace.take(at: Self.at(100)) == nil)
        pace.finish(at: Self.at(100))
        #expect(pace.isDone)
        #expect(pace.overdue == 0)
    }

    @Test func atAFixedRateEachRequestHasItsTime() throws {
        var pace = try Self.pace()
        #expect(pace.take(at: Self.at(-1)) == nil)
        #expect(pace.nextDue == Self.at(0))
        #expect(pace.take(at: Self.at(0)) == Self.at(0))
        #expect(pace.take(at: Self.at(9)) == nil)
        #expect(pace.nextDue == Self.at(10))
    }

    @Test func aRequestThatHadToWaitKeepsTheTimeThatWasMeant() throws {
        var pace = try Self.pace()
        // Two seconds in which no connection was free.
        let begins = (0..<201).map { _ in pace.take(at: Self.at(2000)) }
        #expect(begins.first == Self.at(0))
        #expect(begins.last == Self.at(2000))
        #expect(pace.take(at: Self.at(2000)) == nil)
    }

    @Test func aDurationHoldsAsManyRequestsAsAreMeantToBeginInIt() throws {
        var pace = try Self.pace(end: Self.at(1000))
        var count = 0
        while pace.take(at: Self.at(5000)) != nil { count += 1 }
        #expect(count == 100)
        #expect(pace.isDone)
        #expect(pace.overdue == 0)
    }

    @Test func whatWasDueAndNeverBeganIsCounted() throws {
        var pace = try Self.pace(end: Self.at(1000))
        for _ in 0..<30 { _ = pace.take(at: Self.at(1000)) }
        pace.finish(at: Self.at(1000))
        #expect(pace.isDone)
        #expect(pace.overdue == 70)
        #expect(pace.take(at: Self.at(1000)) == nil)
    }

    @Test func aCancelCountsWhatWasDueUntilThen() throws {
        var pace = try Self.pace(.requests(1000))
        for _ in 0..<10 { _ = pace.take(at: Self.at(495)) }
        pace.finish(at: Self.at(495))
        #expect(pace.overdue == 40)
    }

    @Test func aRateThatIsNoWholeNumberDoesNotDrift() throws {
        var pace = try Self.pace(end: Self.at(600_000), rate: 3)
        var count = 0
        while pace.take(at: Self.at(600_000)) != nil { count += 1 }
        #expect(count == 1800)
    }
}
