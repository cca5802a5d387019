import Testing
import Time

@testable import LoadTesting

/// How a plan is divided among workers: nothing of it depends on how many there are.
@Suite struct ShareTests {
    private static let start = Instant(nanoseconds: 5_000_000_000)

    /// Every combination of connections and threads up to some more than any divisor of interest, and the extremes.
    private static let divisions: [(concurrency: Int, threads: Int)] =
        (1...13).flatMap { concurrency in (1...9).map { (concurrency, $0) } }
        + [(9000, 1), (9000, 7), (9000, 64), (63, 64), (65, 64), (1, 64)]

    private static func shares(
        _ amount: LoadPlan.Amount, _ concurrency: Int, _ threads: Int, rate: Double? = nil
    ) throws -> [Share] {
        let plan = try LoadPlan(
            target: anywhere(), host: "test", amount: amount, concurrency: concurrency, ratePerSecond: rate,
            limits: .command)
        return Share.all(of: plan, threads: threads)
    }

    @Test(arguments: [0, 1, 2, 3, 5, 12, 13, 14, 40, 999, 1_000_000])
    func eachRequestFallsToOneWorkerAndThereAreAsManyAsWereAskedFor(count: Int) throws {
        for (concurrency, threads) in Self.divisions {
            let shares = try Self.shares(count == 0 ? .unlimited : .requests(count), concurrency, threads)
            #expect(shares.count == min(concurrency, threads))
            #expect(shares.reduce(0) { $0 + $1.concurrency } == concurrency)
            #expect(shares.allSatisfy { $0.concurrency > 0 })
            #expect(shares.reduce(0) { $0 + ($1.requests ?? 0) } == count)
            #expect(shares.allSatisfy { $0.count(below: count) == $0.requests ?? 0 })
            guard count <= 999 else { continue }
            let numbers = shares.flatMap { share in (0..<(share.requests ?? 0)).map(share.number) }
            #expect(numbers.sorted() == Array(0..<count), "\(concurrency) connections, \(threads) threads")
        }
    }

    @Test func aWorkerGetsNoMoreOfARoundThanItHasConnections() throws {
        for (concurrency, threads) in Self.divisions {
            for share in try Self.shares(.unlimited, concurrency, threads) {
                #expect(share.count(below: concurrency) == share.concurrency)
                #expect(share.count(below: 3 * concurrency) == 3 * share.concurrency)
            }
        }
    }

    /// When the requests of all workers are meant to begin, in order; each worker takes what it may as late as that.
    private static func begins(_ shares: [Share], rate: Double, end: Instant, until now: Instant) -> [Instant]
    {
        let schedule = Schedule(start: start, ratePerSecond: rate)
        var begins: [Instant] = []
        for share in shares {
            var pace = Pace(share, end: end, schedule: schedule)
            while let begin = pace.take(at: now) { begins.append(begin) }
            pace.finish(at: now)
            #expect(pace.overdue == 0)
        }
        return begins.sorted()
    }

    private static let rates = [0.5, 1, 3, 7, 100, 333, 1_000_000]

    @Test(arguments: rates)
    func aRequestIsMeantToBeginAsManyIntervalsAfterTheStartAsItsNumberSays(rate: Double) throws {
        for count in [1, 2, 3, 5, 8, 21] {
            let wanted = (0..<count).map {
                Self.start + .nanoseconds(Int64((Double($0) * 1e9 / rate).rounded()))
            }
            for (concurrency, threads) in Self.divisions {
                let shares = try Self.shares(.requests(count), concurrency, threads, rate: rate)
                let begins = Self.begins(shares, rate: rate, end: .never, until: Self.start + .seconds(3600))
                #expect(begins == wanted, "\(count) requests, \(concurrency) connections, \(threads) threads")
            }
        }
    }

    @Test(arguments: rates.dropLast())
    func aDurationHoldsTheRequestsThatAreMeantToBeginInIt(rate: Double) throws {
        for milliseconds in [100, 999, 1000, 1001, 2500] {
            let end = Self.start + .milliseconds(milliseconds)
            let count = Int((Double(milliseconds) * rate / 1000).rounded(.up))
            for (concurrency, threads) in Self.divisions {
                let shares = try Self.shares(
                    .duration(.milliseconds(milliseconds)), concurrency, threads, rate: rate)
                let begins = Self.begins(shares, rate: rate, end: end, until: end + .seconds(60))
                #expect(
                    begins.count == count,
                    "\(milliseconds) ms, \(concurrency) connections, \(threads) threads")
                #expect(begins.allSatisfy { $0 < end })
            }
        }
    }

    @Test func whatNoConnectionWasFreeForIsCountedByOneWorkerAlone() throws {
        let end = Self.start + .seconds(1)
        for (concurrency, threads) in Self.divisions {
            let shares = try Self.shares(.duration(.seconds(1)), concurrency, threads, rate: 100)
            var sent = 0
            var unsent = 0
            for (index, share) in shares.enumerated() {
                var pace = Pace(share, end: end, schedule: Schedule(start: Self.start, ratePerSecond: 100))
                for _ in 0..<index where pace.take(at: end) != nil { sent += 1 }
                pace.finish(at: end)
                unsent += pace.overdue
            }
            #expect(sent + unsent == 100)
        }
    }
}

/// The times of a fixed rate.
@Suite struct ScheduleTests {
    @Test(arguments: [0.01, 0.3, 1, 3, 7, 97, 1000, 99_999, 1_000_000])
    func asManyAreDueBeforeARequestAsItsNumberSays(rate: Double) {
        let schedule = Schedule(start: Instant(nanoseconds: 77), ratePerSecond: rate)
        let numbers = [0, 1, 2, 3, 10, 999, 1_000_000, 123_456_789, 999_999_999]
        // Within a century.
        for number in numbers where Double(number) < 3e9 * rate {
            #expect(schedule.count(before: schedule.due(number)) == number)
            #expect(schedule.count(before: schedule.due(number) + .nanoseconds(1)) == number + 1)
        }
    }

    @Test(arguments: [1.0, 3, 7, 97, 1000, 1_000_000])
    func aWholeNumberOfSecondsHoldsAsManyTimesTheRate(rate: Double) {
        let schedule = Schedule(start: .origin, ratePerSecond: rate)
        for seconds in [1, 2, 60, 3600, 7 * 24 * 3600] {
            #expect(schedule.count(before: .origin + .seconds(seconds)) == seconds * Int(rate))
            #expect(schedule.due(seconds * Int(rate)) == .origin + .seconds(seconds))
        }
    }

    @Test func aTimeBeyondAllTimesIsNever() {
        let schedule = Schedule(start: .origin, ratePerSecond: 0.01)
        #expect(schedule.due(.max) > .origin + .seconds(100 * 365 * 24 * 3600))
        _ = schedule.count(before: .never)
    }
}
