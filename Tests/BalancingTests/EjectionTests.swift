import Testing
import Time

@testable import Balancing

/// The state machine with three failures in a row and 10 s, unless said otherwise.
@Suite struct EjectionTests {
    private static let rule = EjectionRule(consecutiveFailures: 3, shortest: .seconds(10))
    private static let failed = EjectionEvent.exchangeFailed(reason: "new", wasAnswered: true, .byRow)
    private static let failedForNothing = EjectionEvent.exchangeFailed(
        reason: "new", wasAnswered: true, .none)
    private static let failedFarWorse = EjectionEvent.exchangeFailed(
        reason: "new", wasAnswered: true, .atOnce)

    /// A place in the machine. What made it happened up to second 100; an ejection there ends at 110.
    enum Place: CaseIterable {
        case fresh, afterTwoFailures, overdue, ejected, onTrial

        var ejection: Ejection {
            var ejection = Ejection()
            let history: [EjectionEvent] =
                switch self {
                case .fresh: []
                case .afterTwoFailures: [failed, failed]
                case .overdue: [failedForNothing, failedForNothing, failedForNothing, failedForNothing]
                case .ejected, .onTrial: [failed, failed, failed]
                }
            for event in history { _ = ejection.handle(event, by: rule, at: .second(100)) }
            if self == .onTrial { _ = ejection.handle(.timePassed, by: rule, at: .second(110)) }
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

    private static func ejected(failures: Int) -> PoolChange {
        .ejected(for: .seconds(10), reason: "new (\(failures) failures in a row)")
    }

    static let table = [
        line(.fresh, .exchangeSucceeded),
        line(.fresh, .answerBegan),
        line(.fresh, failed, streak: 1),
        line(.fresh, failedForNothing, streak: 1),
        line(
            .fresh, failedFarWorse, until: 119, times: 1, change: .ejected(for: .seconds(10), reason: "new")
        ),
        line(.fresh, .checkPassed),
        line(.fresh, .timePassed),
        line(.fresh, .beganAnew),

        line(.afterTwoFailures, .exchangeSucceeded),
        line(.afterTwoFailures, .answerBegan, streak: 2),
        line(.afterTwoFailures, failed, until: 119, times: 1, change: ejected(failures: 3)),
        line(.afterTwoFailures, failedForNothing, streak: 3),
        line(
            .afterTwoFailures, failedFarWorse, until: 119, times: 1, change: ejected(failures: 3)),
        line(.afterTwoFailures, .checkPassed, streak: 2),
        line(.afterTwoFailures, .timePassed, streak: 2),
        line(.afterTwoFailures, .beganAnew),

        line(.overdue, .exchangeSucceeded),
        line(.overdue, .answerBegan, streak: 4),
        line(.overdue, failed, until: 119, times: 1, change: ejected(failures: 5)),
        line(.overdue, failedForNothing, streak: 5),
        line(.overdue, failedFarWorse, until: 119, times: 1, change: ejected(failures: 5)),
        line(.overdue, .checkPassed, streak: 4),
        line(.overdue, .timePassed, streak: 4),
        line(.overdue, .beganAnew),

        line(.ejected, .exchangeSucceeded, until: 110, times: 1),
        line(.ejected, .answerBegan, until: 110, times: 1),
        line(.ejected, failed, until: 110, times: 1),
        line(.ejected, failedForNothing, until: 110, times: 1),
        line(.ejected, failedFarWorse, until: 110, times: 1),
        // It is the shortest ejection already.
        line(.ejected, .checkPassed, until: 110, times: 1),
        line(.ejected, .timePassed, until: 110, times: 1),
        // Its time is over, but nobody has said so yet.
        line(.ejected, .exchangeSucceeded, at: 110, until: 110, times: 1),
        line(.ejected, .answerBegan, at: 110, until: 110, times: 1),
        line(.ejected, failed, at: 110, until: 110, times: 1),
        line(.ejected, failedForNothing, at: 110, until: 110, times: 1),
        line(.ejected, failedFarWorse, at: 110, until: 110, times: 1),
        line(.ejected, .checkPassed, at: 110, until: 110, times: 1),
        line(.ejected, .timePassed, at: 110, times: 1, change: .readmitted),
        line(.ejected, .beganAnew, times: 1, change: .readmitted),
        line(.ejected, .beganAnew, at: 110, times: 1, change: .readmitted),

        line(.onTrial, .exchangeSucceeded, at: 110, times: 1, change: .passedTrial),
        line(.onTrial, .answerBegan, at: 110, times: 1, change: .passedTrial),
        line(
            .onTrial, failed, at: 110, until: 130, times: 2,
            change: .ejected(for: .seconds(20), reason: "new")),
        // The pool needs it, or the others are no better.
        line(.onTrial, failedForNothing, at: 110, streak: 1, times: 1, change: .passedTrial),
        line(
            .onTrial, failedFarWorse, at: 110, until: 130, times: 2,
            change: .ejected(for: .seconds(20), reason: "new")),
        line(.onTrial, .checkPassed, at: 110, times: 1),
        line(.onTrial, .timePassed, at: 110, times: 1),
        line(.onTrial, .beganAnew, at: 110, times: 1, change: .passedTrial),
    ]

    @Test func theTableHasEveryPlaceWithEveryEvent() {
        for place in Place.allCases {
            let events = [
                EjectionEvent.exchangeSucceeded, .answerBegan, Self.failed, Self.failedForNothing,
                Self.failedFarWorse, .checkPassed, .timePassed, .beganAnew,
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

    @Test func eachPassedCheckHalvesWhatIsLeftOfALongEjectionDownToTheShortest() {
        var ejection = Ejection()
        var now = Instant.second(1_000)
        while now == .second(1_000) || ejection.until.map({ $0 - now }) ?? .zero < .seconds(80) {
            if let until = ejection.until {
                now = until
                _ = ejection.handle(.timePassed, by: Self.rule, at: now)
            }
            _ = ejection.handle(Self.failedFarWorse, by: Self.rule, at: now)
        }
        let start = now
        func left(at second: Int64) -> TimeSpan? {
            let now = start + .seconds(second)
            _ = ejection.handle(.checkPassed, by: Self.rule, at: now)
            return ejection.until.map { $0 - now }
        }
        #expect([2, 4, 6, 8, 9].map(left(at:)) == [39, 18.5, 8.25, 3.125, 1.0625].map { .seconds($0) })
    }

    /// What other servers answer says nothing for one that does not answer at all.
    @Test func aServerThatAnswersNothingIsEjectedThoughTheOthersFailToo() {
        var ejection = Ejection()
        func fail(wasAnswered: Bool) -> PoolChange? {
            let event = EjectionEvent.exchangeFailed(reason: "reset", wasAnswered: wasAnswered, .whenSilent)
            return ejection.handle(event, by: Self.rule, at: .second(1))
        }
        for wasAnswered in [false, false, true, true, true, false, false] {
            #expect(fail(wasAnswered: wasAnswered) == nil)
        }
        #expect(
            fail(wasAnswered: false) == .ejected(for: .seconds(10), reason: "reset (8 failures in a row)"))
    }

    @Test func aRuleOfOneFailureNeedsNoRow() {
        var ejection = Ejection()
        let rule = EjectionRule(consecutiveFailures: 1, shortest: .seconds(10))
        let change = ejection.handle(Self.failed, by: rule, at: .second(1))
        #expect(change == .ejected(for: .seconds(10), reason: "new"))
    }
}

/// How long ejections last that follow one another.
@Suite struct EjectionLengthTests {
    /// One server that is ejected and readmitted by a rule of one failure.
    private final class Server {
        let rule: EjectionRule
        private var ejection = Ejection()
        private var now = Instant.second(1_000)

        init(shortest: TimeSpan) {
            rule = EjectionRule(consecutiveFailures: 1, shortest: shortest)
        }

        /// Stays in service for a while, fails, and waits its ejection out; the answer is its length.
        func ejected(after calm: TimeSpan) -> TimeSpan? {
            now = now + calm
            _ = ejection.handle(.exchangeFailed(reason: "bad", wasAnswered: true, .byRow), by: rule, at: now)
            guard let until = ejection.until else { return nil }
            defer { now = until }
            _ = ejection.handle(.timePassed, by: rule, at: until)
            return until - now
        }
    }

    private static func seconds(_ lengths: [Int]) -> [TimeSpan?] {
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
