import Testing
import Time

@testable import LoadTesting

/// What is counted holds for all workers together.
@Suite struct TallyTests {
    private static func note(_ name: String, in tally: inout ServerTally) {
        let value = Array("\(name):80".utf8)
        tally.count(tally.place(of: value.span))
    }

    @Test func allWorkersTogetherTellApartNoMoreThan256Names() {
        let names = ServerNames()
        var tallies = (0..<4).map { _ in ServerTally(naming: names) }
        // Each worker sees the names in an order of its own.
        for round in 0..<5 {
            for number in 0..<400 {
                for index in tallies.indices {
                    Self.note("name-\((number * (2 * index + 1) + round) % 400)", in: &tallies[index])
                }
            }
        }
        var counts: [String: Int] = [:]
        for tally in tallies { counts.merge(tally.counts, uniquingKeysWith: +) }
        let others = counts.removeValue(forKey: ServerCount.others)
        #expect(counts.count == 256)
        #expect(counts.values.allSatisfy { $0 == 20 }, "a name that is told has all its answers")
        #expect(others == 144 * 20)
    }

    @Test func aWorkerThatSawNoNameBeforeAllPlacesWereTakenCountsThoseThatHaveOne() {
        let names = ServerNames()
        var first = ServerTally(naming: names)
        var second = ServerTally(naming: names)
        for number in 0..<256 { Self.note("name-\(number)", in: &first) }
        for name in ["new", "name-255", "name-0", "new"] { Self.note(name, in: &second) }
        #expect(second.counts == ["name-0": 1, "name-255": 1, ServerCount.others: 2])
    }

    @Test func aLongNameIsToldInPart() {
        var tally = ServerTally()
        for end in ["a", "b"] { Self.note(String(repeating: "n", count: 5000) + end, in: &tally) }
        #expect(tally.counts == [String(repeating: "n", count: LoadLimits.longestServerName): 2])
    }

    @Test func eachStatusIsCountedByItselfAndByItsClass() {
        var one = StatusCounts()
        var other = StatusCounts()
        for status in [200, 200, 204, 503, 999, 100] { one.add(1, of: status) }
        other.add(3, of: 200)
        one.add(other)
        #expect(one.exact.map(\.status) == [100, 200, 204, 503, 999])
        #expect(one.exact.map(\.count) == [1, 5, 1, 1, 1])
        #expect((1...5).map { one[$0] } == [1, 6, 0, 0, 1])
    }

    // MARK: The rate

    private static let start = Instant(nanoseconds: 1_000_000_000)

    /// What a report says of the rate when so many were sent, the last at that time, and so many not.
    private static func rate(_ asked: Double?, sent: Int, last: Double, unsent: Int = 0) -> FixedRate? {
        var sum = TallySum()
        // Two workers, of which the second one was the last.
        for (count, last) in [(sent / 2, last / 2), (sent - sent / 2, last)] {
            var tally = LoadTally()
            for number in 0..<count {
                tally.began(at: start + .seconds(last * Double(number + 1) / Double(count)))
            }
            tally.unsent = count == sent / 2 ? 0 : unsent
            tally.endedAt = start + .seconds(last + 10)
            sum.add(tally)
        }
        return sum.report(since: start, askedFor: asked, wasCancelled: false).fixedRate
    }

    @Test func aRateIsReachedWhenAllBeganInTheirTimeHoweverLateTheAnswersWere() throws {
        let rate = try #require(Self.rate(10, sent: 20, last: 1.9))
        #expect(rate == FixedRate(asked: 10, reached: 10))
        #expect(rate.wasReached)
    }

    @Test func aRateIsNotReachedWhenTheLastBeganLate() throws {
        let rate = try #require(Self.rate(10, sent: 20, last: 3.9))
        #expect(abs(rate.reached - 5) < 0.001)
        #expect(!rate.wasReached)
    }

    @Test func aRateIsNotReachedWhenSomeCouldNotBeSent() throws {
        let rate = try #require(Self.rate(100, sent: 90, last: 0.99, unsent: 10))
        #expect(abs(rate.reached - 90) < 0.001)
        #expect(!rate.wasReached)
    }

    @Test func withoutARateOrARequestThereIsNoneToReach() {
        #expect(Self.rate(nil, sent: 20, last: 1) == nil)
        #expect(Self.rate(10, sent: 0, last: 0) == nil)
    }
}
