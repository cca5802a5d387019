import Testing
import Time

@testable import Balancing

@Suite final class RetryBudgetTests {
    private var budget = RetryBudget()

    private func mayRetry(at now: Instant) -> Bool {
        budget.mayRetry(at: now)
    }

    /// How many retries in a row are allowed, of at most a million.
    private func retriesLeft(at now: Instant) -> Int {
        var count = 0
        while count < 1_000_000, mayRetry(at: now) { count += 1 }
        return count
    }

    /// The retries that the window has, and those that it may have.
    private func standing(at now: Instant) -> [Int] {
        let standing = budget.standing(at: now)
        return [standing.used, standing.limit]
    }

    private func request(_ count: Int, at now: Instant) {
        for _ in 0..<count { budget.requested(at: now) }
    }

    @Test func aServiceWithoutRequestsMayRetryTenTimesForEachSecondOfTheWindow() {
        #expect(retriesLeft(at: .second(100)) == 100)
        #expect(!mayRetry(at: .second(109)))
        #expect(retriesLeft(at: .second(110)) == 100)
    }

    @Test(arguments: [(0, 100), (1, 100), (499, 100), (500, 100), (504, 100), (505, 101), (100_000, 20_000)])
    func aFifthOfTheRequestsMayBeRetriedButAtLeastAHundred(requests: Int, retries: Int) {
        request(requests, at: .second(1))
        #expect(retriesLeft(at: .second(1)) == retries)
    }

    @Test func aQuietServiceMayRetryTenTimesASecondForEver() {
        var allowed = 0
        for tenth in 0..<6_000 {
            let now = Instant(nanoseconds: Int64(tenth) * 100_000_000)
            budget.requested(at: now)
            if mayRetry(at: now) { allowed += 1 }
        }
        #expect(allowed == 6_000)
    }

    @Test func anOutageIsMultipliedByOnePointTwoAtMost() {
        // Every request of 1,000 a second fails and asks for two retries.
        var allowed = 0
        for number in 0..<60_000 {
            let now = Instant(nanoseconds: Int64(number) * 1_000_000)
            budget.requested(at: now)
            for _ in 0..<2 where mayRetry(at: now) { allowed += 1 }
        }
        // A fifth, and what the quietest service may take at the very start.
        #expect(allowed > 11_900)
        #expect(allowed <= 12_100)
    }

    @Test func requestsCountForTheWindowAndNoLonger() {
        request(5_000, at: .second(20))
        #expect(retriesLeft(at: .second(29)) == 1_000)
        // The requests are forgotten, the retries of second 29 are not.
        #expect(retriesLeft(at: .second(30)) == 0)
        #expect(retriesLeft(at: .second(38)) == 0)
        #expect(retriesLeft(at: .second(39)) == 100)
    }

    @Test func aRefusedRetryTakesNothing() {
        _ = retriesLeft(at: .second(1))
        for _ in 0..<1_000 { #expect(!mayRetry(at: .second(2))) }
        request(505, at: .second(2))
        #expect(retriesLeft(at: .second(2)) == 1)
    }

    @Test func aGrantIsTakenFromTheBudget() {
        request(1_000, at: .second(1))
        for _ in 0..<150 { #expect(mayRetry(at: .second(1))) }
        #expect(retriesLeft(at: .second(2)) == 50)
    }

    @Test func eachSecondLeavesTheWindowByItself() {
        for second in 1...10 { request(1_000, at: .second(Int64(second))) }
        #expect(retriesLeft(at: .second(10)) == 2_000)
        // All retries were in second 10; the requests leave first, so nothing is free until those do.
        for second in 11...19 { #expect(!mayRetry(at: .second(Int64(second)))) }
        #expect(retriesLeft(at: .second(20)) == 100)
    }

    @Test(arguments: [10, 11, 12, 19, 20, 25, 1_000_000_000] as [Int64])
    func aPauseOfAnyLengthForgetsEverything(pause: Int64) {
        request(5_000, at: .second(7))
        #expect(retriesLeft(at: .second(7)) == 1_000)
        #expect(retriesLeft(at: .second(7 + pause)) == 100)
    }

    @Test func anInstantThatLiesBackCountsAsNow() {
        request(600, at: .second(50))
        request(400, at: .second(3))
        #expect(retriesLeft(at: .second(2)) == 200)
        #expect(retriesLeft(at: .second(59)) == 0)
        #expect(retriesLeft(at: .second(60)) == 100)
    }

    @Test func itTellsHowMuchOfItIsUsed() {
        request(600, at: .second(50))
        #expect(standing(at: .second(50)) == [0, 120])
        #expect(mayRetry(at: .second(51)))
        #expect(standing(at: .second(51)) == [1, 120])
        #expect(standing(at: .second(60)) == [1, 100])
        #expect(standing(at: .second(61)) == [0, 100])
    }

    @Test func theEndOfTheClockIsAnInstantLikeAnother() {
        request(5_000, at: .never)
        #expect(retriesLeft(at: .never) == 1_000)
    }
}
