import Testing
import Time

@testable import Balancing

/// The state machine with three failures in a row and 10 s, unless said otherwise.
@Suite struct EjectionTests {
    private static let rule = EjectionRule(consecutiveFailures: 3, shortest: .seconds(10))
    private static let failed = EjectionEvent.exchangeFailed(reason: "new", mayEject: true)
    private static let failedForNothing = EjectionEvent.exchangeFailed(reason: "new", mayEject: false)

    /// A place in the machine. What made it happened up to second 100; an ejection there ends at 110.
    enum Place: CaseIterable {
        case fresh, afterTwoFailures, overdue, ejected, readmitted

        var ejection: Ejection {
            var ejection = Ejection()
            let history: [EjectionEvent] =
                switch self {
                case .fresh: []
                case .afterTwoFailures: [failed, failed]
                case .overdue: [failedForNothing, failedForNothing, failedForNothing, failedForNothing]
                case .ejected, .readmitted: [failed, failed, failed]
                }
            for event in history { _ = ejection.handle(event, by: rule, at: .second(100)) }
            if self == .readmitted { _ = ejection.handle(.timePassed, by: rule, at: .second(110)) }
            return ejection
        }
    }

    /// One line of the table: what an event at a second does at a place.
    struct Line {
        let place: Place
        let event: EjectionEvent
        let second: Int64
        let until: Instant?
        let streak: Int
        let timesInRow: Int
        let change: PoolChange?
    }

    private static func line(
        _ place: Place, _ event: EjectionEvent, at second: Int64 = 109, until: Int64? = nil, streak: Int = 0,
        times: Int = 0, change: PoolChange? = nil
    ) -> Line {
        Line(
            place: place, event: event, second: second, until: until.map { .second($0) }, streak: streak,
            timesInRow: times, change: change)
    }

    private static func ejected(until second: Int64, failures: Int) -> PoolChange {
        .ejected(until: .second(second), reason: "new (\(failures) failures in a row)")
    }

    static let table = [
        line(.fresh, .exchangeSucceeded),
        line(.fresh, failed, streak: 1),
        line(.fresh, failedForNothing, streak: 1),
        line(.fresh, .timePassed),
        line(.fresh, .cameUp),

        line(.afterTwoFailures, .exchangeSucceeded),
        line(.afterTwoFailures, failed, until: 119, times: 1, change: ejected(until: 119, failures: 3)),
        line(.afterTwoFailures, failedForNothing, streak: 3),
        line(.afterTwoFailures, .timePassed, streak: 2),
        line(.afterTwoFailures, .cameUp),

        line(.overdue, .exchangeSucceeded),
        line(.overdue, failed, until: 119, times: 1, change: ejected(until: 119, failures: 5)),
        line(.overdue, failedForNothing, streak: 5),
        line(.overdue, .timePassed, streak: 4),
        line(.overdue, .cameUp),

        line(.ejected, .exchangeSucceeded, until: 110, times: 1),
        line(.ejected, failed, until: 110, times: 1),
        line(.ejected, failedForNothing, until: 110, times: 1),
        line(.ejected, .timePassed, until: 110, times: 1),
        // Its time is over, but nobody has said so yet.
        line(.ejected, .exchangeSucceeded, at: 110, until: 110, times: 1),
        line(.ejected, failed, at: 110, until: 110, times: 1),
        line(.ejected, failedForNothing, at: 110, until: 110, times: 1),
        line(.ejected, .timePassed, at: 110, times: 1, change: .readmitted),
        line(.ejected, .cameUp, times: 1, change: .readmitted),
        line(.ejected, .cameUp, at: 110, times: 1, change: .readmitted),

        line(.readmitted, .exchangeSucceeded, at: 110, times: 1),
        line(.readmitted, failed, at: 110, streak: 1, times: 1),
        line(.readmitted, failedForNothing, at: 110, streak: 1, times: 1),
        line(.readmitted, .timePassed, at: 110, times: 1),
        line(.readmitted, .cameUp, at: 110, times: 1),
    ]

    @Test func theTableHasEveryPlaceWithEveryEvent() {
        for place in Place.allCases {
            let events = [
                EjectionEvent.exchangeSucceeded, Self.failed, Self.failedForNothing, .timePassed, .cameUp,
            ]
            for event in events {
                let count = Self.table.count { $0.place == place && $0.event == event }
                #expect(count == (place == .ejected ? 2 : 1))
            }
        }
    }

    @Test(arguments: table)
    func everyEventAtEveryPlaceDoesWhatTheTableSays(line: Line) {
        var ejection = line.place.ejection
        let change = ejection.handle(line.event, by: Self.rule, at: .second(line.second))
        #expect(ejection.until == line.until)
        #expect(ejection.isEjected == (line.until != nil))
        #expect(ejection.streak == line.streak)
        #expect(ejection.timesInRow == line.timesInRow)
        #expect(change == line.change)
    }

    @Test func oneSuccessAmongTheFailuresStartsTheCountAgain() {
        var ejection = Ejection()
        for _ in 0..<100 {
            for event in [Self.failed, Self.failed, .exchangeSucceeded] {
                #expect(ejection.handle(event, by: Self.rule, at: .second(1)) == nil)
            }
        }
        #expect(!ejection.isEjected)
    }

    @Test func aRuleOfOneFailureNeedsNoRow() {
        var ejection = Ejection()
        let rule = EjectionRule(consecutiveFailures: 1, shortest: .seconds(10))
        let change = ejection.handle(Self.failed, by: rule, at: .second(1))
        #expect(change == .ejected(until: .second(11), reason: "new"))
    }
}

/// How long ejections last that follow one another.
@Suite struct EjectionLengthTests {
    /// One server that is ejected and readmitted by a rule of one failure.
    private final class Server {
        let rule: EjectionRule
        private var ejection = Ejection()
        private var now = Instant.second(1_000)

        init(shortest: Duration) {
            rule = EjectionRule(consecutiveFailures: 1, shortest: shortest)
        }

        /// Stays in service for a while, fails, and waits its ejection out; the answer is its length.
        func ejected(after calm: Duration) -> Duration? {
            now = now + calm
            _ = ejection.handle(.exchangeFailed(reason: "bad", mayEject: true), by: rule, at: now)
            guard let until = ejection.until else { return nil }
            defer { now = until }
            _ = ejection.handle(.timePassed, by: rule, at: until)
            return until - now
        }
    }

    private static func seconds(_ lengths: [Int]) -> [Duration?] {
        lengths.map { .seconds($0) }
    }

    @Test func eachEjectionInARowLastsTwiceAsLongAsTheOneBeforeUpToFiveMinutes() {
        let server = Server(shortest: .seconds(10))
        let lengths = (0..<9).map { _ in server.ejected(after: .zero) }
        #expect(lengths == Self.seconds([10, 20, 40, 80, 160, 300, 300, 300, 300]))
    }

    @Test func lessThanTheShortestInServiceForgetsNothing() {
        let server = Server(shortest: .seconds(10))
        let lengths = (0..<4).map { _ in server.ejected(after: .milliseconds(9_999)) }
        #expect(lengths == Self.seconds([10, 20, 40, 80]))
    }

    @Test func aServerThatStaysInServiceAsLongAsTheShortestIsNotEjectedForLonger() {
        let server = Server(shortest: .seconds(10))
        let lengths = (0..<4).map { _ in server.ejected(after: .seconds(10)) }
        #expect(lengths == Self.seconds([10, 10, 10, 10]))
    }

    @Test(arguments: [(0, 300), (9, 300), (10, 300), (20, 160), (30, 80), (59, 20), (60, 10), (3_600, 10)])
    func eachTenSecondsInServiceTakeOneTimeOffTheRow(calm: Int, length: Int) {
        let server = Server(shortest: .seconds(10))
        for _ in 0..<100 { _ = server.ejected(after: .zero) }
        #expect(server.ejected(after: .seconds(calm)) == .seconds(length))
    }

    @Test func theRowIsForgottenOnceAndNotAgainForTheSameTime() {
        let server = Server(shortest: .seconds(10))
        for _ in 0..<4 { _ = server.ejected(after: .zero) }
        #expect(server.ejected(after: .seconds(20)) == .seconds(40))
        #expect(server.ejected(after: .zero) == .seconds(80))
    }

    @Test func aShortestBeyondFiveMinutesIsTheLongestToo() {
        let server = Server(shortest: .seconds(86_400))
        let lengths = (0..<3).map { _ in server.ejected(after: .zero) }
        #expect(lengths == Self.seconds([86_400, 86_400, 86_400]))
    }

    @Test func theShortestLengthThereIsGrowsToFiveMinutesToo() {
        let server = Server(shortest: .nanoseconds(1))
        for _ in 0..<100 { _ = server.ejected(after: .zero) }
        #expect(server.ejected(after: .zero) == .seconds(300))
    }
}
