import Testing

@testable import Metrics

@Suite struct MetersTests {
    private func ended(
        _ outcome: Outcome = .succeeded, at server: Int? = 0, milliseconds: Int64 = 1, bytes: UInt64 = 0,
        status: Int = 200, retries: Int = 0
    ) -> Measurement {
        Measurement(
            outcome: outcome, server: server, nanoseconds: milliseconds * 1_000_000, bytesToClient: bytes,
            bytesToServer: bytes * 2, status: status, retries: retries)
    }

    private func requests(_ history: [SecondFigures]) -> [UInt32] { history.map(\.requests) }

    @Test func eachOutcomeIsCountedAtItsServerAndInTheTotal() {
        let meters = Meters(servers: 2, at: 100)
        meters.count(ended(bytes: 5), at: 100)
        meters.count(ended(.failed, at: 1, status: 502, retries: 2), at: 100)
        meters.count(ended(.refused, at: nil, status: 400), at: 100)
        meters.count(ended(.aborted, at: 1, status: 0), at: 101)
        #expect(meters.servers[0].totals.succeeded == 1 && meters.servers[0].totals.requests == 1)
        #expect(meters.servers[1].totals.failed == 1 && meters.servers[1].totals.aborted == 1)
        #expect(meters.unserved.totals.refused == 1)
        let totals = meters.totals
        #expect([totals.succeeded, totals.failed, totals.refused, totals.aborted] == [1, 1, 1, 1])
        #expect(totals.requests == 4 && totals.bytesToClients == 5 && totals.bytesToServers == 10)
        #expect(totals.successRatio == 0.5)
        #expect(meters.retries == 2)
        #expect(meters.statuses.all.map(\.count) == [0, 1, 0, 1, 1, 1])
    }

    @Test func thereIsNoRatioBeforeTheFirst() {
        let meters = Meters(servers: 1, at: 0)
        meters.count(ended(.aborted), at: 0)
        #expect(meters.totals.successRatio == nil)
    }

    @Test func onlyWhatAServerDidIsTimed() {
        let meters = Meters(servers: 1, at: 0)
        meters.count(ended(.failed, at: nil), at: 0)
        meters.count(ended(.aborted), at: 0)
        meters.count(ended(.refused), at: 0)
        meters.count(ended(status: 101), at: 0)
        #expect(meters.latency.count == 0)
        meters.count(ended(.failed, milliseconds: 4), at: 0)
        #expect(meters.latency.figures?.max == 4_000)
    }

    @Test func theSecondThatLastsCountsInTotalsAndNotYetInRecentOnes() {
        let meters = Meters(servers: 1, at: 7)
        meters.count(ended(), at: 7)
        #expect(meters.totals.requests == 1 && meters.latency.count == 1)
        #expect(meters.recent.seconds == 0 && meters.recent.tally.requests == 0)
        #expect(meters.history.isEmpty && meters.lastSecond.requests == 0)
        meters.turn(to: 8)
        #expect(meters.totals.requests == 1 && meters.latency.count == 1)
        #expect(meters.recent.seconds == 1 && meters.recent.tally.requests == 1)
        #expect(meters.recent.requestsPerSecond == 1)
        #expect(requests(meters.history) == [1] && meters.lastSecond.requests == 1)
    }

    @Test func quietSecondsAreZerosAndNotMissing() {
        let meters = Meters(servers: 2, at: 0)
        meters.count(ended(at: 1), at: 0)
        meters.count(ended(.failed, at: 1, milliseconds: 20), at: 3)
        meters.turn(to: 5)
        #expect(requests(meters.servers[1].history) == [1, 0, 0, 1, 0])
        #expect(meters.servers[1].history.map(\.failed) == [0, 0, 0, 1, 0])
        #expect(requests(meters.servers[0].history) == [0, 0, 0, 0, 0])
        #expect(requests(meters.history) == [1, 0, 0, 1, 0])
        #expect(meters.servers[1].history[3].p99 == 20_000 && meters.servers[1].history[4].p99 == nil)
        #expect(meters.lastSecond == .quiet)
    }

    @Test func theRecentSecondsAreTheLastTen() {
        let meters = Meters(servers: 1, at: 0)
        for second in 0..<25 as Range<Int64> {
            for _ in 0...second { meters.count(ended(milliseconds: second, bytes: 1), at: second) }
        }
        meters.turn(to: 25)
        let recent = meters.servers[0].recent
        #expect(recent.seconds == 10)
        #expect(recent.tally.requests == UInt64((16...25).reduce(0, +)))
        #expect(recent.bytesPerSecond == Double(recent.tally.requests) * 3 / 10)
        #expect(recent.latency?.min == 15_000 && recent.latency?.max == 24_000)
        #expect(recent == meters.recent)
        meters.turn(to: 34)
        #expect(meters.recent.tally.requests == 25)
        meters.turn(to: 35)
        #expect(meters.recent.tally.requests == 0 && meters.recent.latency == nil)
    }

    @Test(arguments: [299, 300, 301, 302, 1_000, 1_000_000] as [Int64])
    func theHistoryIsTheLastFiveMinutesHoweverLongTheSilence(silence: Int64) {
        let meters = Meters(servers: 1, at: 50)
        meters.count(ended(), at: 50)
        meters.turn(to: 50 + silence)
        meters.count(ended(), at: 50 + silence)
        meters.turn(to: 51 + silence)
        let expected = min(silence + 1, 300)
        #expect(meters.history.count == expected)
        #expect(meters.history.last?.requests == 1)
        #expect(meters.history.reduce(0) { $0 + $1.requests } == (silence < 300 ? 2 : 1))
        #expect(meters.totals.requests == 2 && meters.recent.tally.requests == 1)
    }

    @Test func theHistoryGoesRound() {
        let meters = Meters(servers: 1, at: 0)
        for second in 0..<701 as Range<Int64> {
            for _ in 0..<second % 3 { meters.count(ended(), at: second) }
        }
        meters.turn(to: 701)
        #expect(requests(meters.history) == (401..<701).map { UInt32($0 % 3) })
        #expect(meters.lastSecond.requests == 1)
    }

    @Test func aClockThatStepsBackChangesNothing() {
        let meters = Meters(servers: 1, at: 10)
        meters.count(ended(), at: 10)
        meters.turn(to: 9)
        meters.count(ended(), at: 9)
        #expect(meters.second == 10 && meters.totals.requests == 2 && meters.history.isEmpty)
    }

    @Test func aResetBeginsTotalsAnewAndKeepsTheRecentSecondsWhole() {
        let meters = Meters(servers: 1, at: 0)
        meters.count(ended(bytes: 9, retries: 1), at: 0)
        meters.count(ended(milliseconds: 3), at: 1)
        meters.reset()
        #expect(meters.totals == Tally() && meters.servers[0].totals == Tally())
        #expect(meters.latency.count == 0 && meters.servers[0].latency.count == 0)
        #expect(meters.retries == 0 && meters.statuses == StatusClasses())
        meters.count(ended(milliseconds: 7), at: 1)
        meters.turn(to: 2)
        #expect(meters.totals.requests == 1 && meters.servers[0].totals.requests == 1)
        #expect(meters.latency.figures?.min == 7_000)
        #expect(requests(meters.history) == [1, 2] && requests(meters.servers[0].history) == [1, 2])
        #expect(meters.recent.tally.requests == 3 && meters.recent.latency?.count == 3)
        meters.turn(to: 3)
        #expect(requests(meters.history) == [1, 2, 0])
    }

    @Test func theTotalOfManyIsTheSumOfItsParts() {
        let meters = Meters(servers: 3, at: 0)
        for number in 0..<600 as Range<Int64> {
            meters.count(
                ended(at: Int(number % 4) - 1 < 0 ? nil : Int(number % 4) - 1, milliseconds: number),
                at: number / 50)
        }
        let parts = meters.servers.map(\.totals.requests)
        #expect(parts == [150, 150, 150] && meters.unserved.totals.requests == 150)
        #expect(meters.totals.requests == 600 && meters.latency.count == 450)
        meters.turn(to: 12)
        #expect(meters.recent.tally.requests == 500)
        #expect(requests(meters.history) == [UInt32](repeating: 50, count: 12))
    }
}
