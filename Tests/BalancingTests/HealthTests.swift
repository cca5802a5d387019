import Testing
import Time

@testable import Balancing

/// The state machine with `rise` 2 and `fall` 3, unless said otherwise.
@Suite struct HealthTests {
    /// A place in the machine: a state and how far its streak has come.
    enum Place: CaseIterable {
        case checking, up, upAfterTwoFailures, down, downAfterOnePass

        var health: Health {
            var health = Health(thresholds: HealthThresholds(rise: 2, fall: 3), at: .second(1))
            let history: [HealthEvent] =
                switch self {
                case .checking: []
                case .up: [.checkPassed]
                case .upAfterTwoFailures:
                    [.checkPassed, .checkFailed(reason: "old"), .checkFailed(reason: "old")]
                case .down: [.checkFailed(reason: "old")]
                case .downAfterOnePass: [.checkFailed(reason: "old"), .checkPassed]
                }
            for event in history { _ = health.handle(event, at: .second(2)) }
            return health
        }
    }

    /// One line of the table: what an event does at a place.
    struct Line {
        let place: Place
        let event: HealthEvent
        let state: HealthState
        let streak: Int
        let lastFailure: String?
        /// The reason of the flip, if there is one.
        let flip: String?
    }

    private static let failed = HealthEvent.checkFailed(reason: "new")
    private static let refused = HealthEvent.trafficFailed(reason: "new")

    private static func line(
        _ place: Place, _ event: HealthEvent, _ state: HealthState, _ streak: Int, _ failure: String?,
        flip: String? = nil
    ) -> Line {
        Line(place: place, event: event, state: state, streak: streak, lastFailure: failure, flip: flip)
    }

    static let table = [
        line(.checking, .checkPassed, .up, 0, nil, flip: "the first check passed"),
        line(.checking, failed, .down, 0, "new", flip: "new"),
        line(.checking, .trafficPassed, .checking, 0, nil),
        line(.checking, refused, .down, 0, "new", flip: "new"),

        line(.up, .checkPassed, .up, 0, nil),
        line(.up, failed, .up, 1, "new"),
        line(.up, .trafficPassed, .up, 0, nil),
        line(.up, refused, .up, 1, "new"),

        line(.upAfterTwoFailures, .checkPassed, .up, 0, nil),
        line(.upAfterTwoFailures, failed, .down, 0, "new", flip: "new (3 failures in a row)"),
        line(.upAfterTwoFailures, .trafficPassed, .up, 0, nil),
        line(.upAfterTwoFailures, refused, .down, 0, "new", flip: "new (3 failures in a row)"),

        line(.down, .checkPassed, .down, 1, nil),
        line(.down, failed, .down, 0, "new"),
        line(.down, .trafficPassed, .down, 0, "old"),
        line(.down, refused, .down, 0, "old"),

        line(.downAfterOnePass, .checkPassed, .up, 0, nil, flip: "the check passed (2 times in a row)"),
        line(.downAfterOnePass, failed, .down, 0, "new"),
        line(.downAfterOnePass, .trafficPassed, .down, 1, nil),
        line(.downAfterOnePass, refused, .down, 1, nil),
    ]

    @Test func theTableHasEveryPlaceWithEveryEvent() {
        let events = [HealthEvent.checkPassed, Self.failed, .trafficPassed, Self.refused]
        for place in Place.allCases {
            for event in events {
                #expect(Self.table.filter { $0.place == place && $0.event == event }.count == 1)
            }
        }
        #expect(Self.table.count == Place.allCases.count * events.count)
    }

    @Test(arguments: table)
    func everyEventAtEveryPlaceDoesWhatTheTableSays(line: Line) {
        var health = line.place.health
        let before = health
        let flip = health.handle(line.event, at: .second(3))
        #expect(health.state == line.state)
        #expect(health.streak == line.streak)
        #expect(health.lastFailure == line.lastFailure)
        #expect(flip == line.flip.map { HealthFlip(from: before.state, to: line.state, reason: $0) })
        #expect(health.since == (flip == nil ? before.since : .second(3)))
    }

    @Test func aServerIsCheckingFromTheMomentItIsMade() {
        let health = Health(thresholds: HealthThresholds(rise: 2, fall: 3), at: .second(1))
        #expect(health.state == .checking)
        #expect(health.since == .second(1))
        #expect(health.streak == 0)
        #expect(health.lastFailure == nil)
    }

    @Test func theFirstCheckDecidesWhateverRiseAndFallAre() {
        let thresholds = HealthThresholds(rise: 100, fall: 100)
        var good = Health(thresholds: thresholds, at: .origin)
        var bad = good
        #expect(good.handle(.checkPassed, at: .origin)?.to == .up)
        #expect(bad.handle(.checkFailed(reason: "refused"), at: .origin)?.to == .down)
    }

    @Test func oneGoodCheckAmongTheFailuresStartsTheCountAgain() {
        var health = Place.up.health
        for _ in 0..<100 {
            #expect(health.handle(Self.failed, at: .origin) == nil)
            #expect(health.handle(Self.failed, at: .origin) == nil)
            #expect(health.handle(.checkPassed, at: .origin) == nil)
        }
        #expect(health.state == .up)
    }

    @Test func oneFailureAmongThePassesStartsTheCountAgain() {
        var health = Place.down.health
        for _ in 0..<100 {
            #expect(health.handle(.checkPassed, at: .origin) == nil)
            #expect(health.handle(Self.failed, at: .origin) == nil)
        }
        #expect(health.state == .down)
    }

    @Test func trafficAndChecksFailTogether() {
        var health = Place.up.health
        #expect(health.handle(Self.refused, at: .origin) == nil)
        #expect(health.handle(Self.failed, at: .origin) == nil)
        #expect(
            health.handle(.trafficFailed(reason: "timed out"), at: .second(9))?.reason
                == "timed out (3 failures in a row)")
        #expect(health.since == .second(9))
    }

    @Test func aConnectionThatWasMadeEndsARowOfFailures() {
        var health = Place.upAfterTwoFailures.health
        _ = health.handle(.trafficPassed, at: .origin)
        #expect(health.handle(Self.failed, at: .origin) == nil)
        #expect(health.state == .up)
    }

    @Test func checksAloneBringADownServerUp() {
        var health = Place.down.health
        for _ in 0..<100 { #expect(health.handle(.trafficPassed, at: .origin) == nil) }
        #expect(health.state == .down)
        _ = health.handle(.checkPassed, at: .origin)
        #expect(health.handle(.checkPassed, at: .origin)?.to == .up)
    }

    @Test func aFlipIsReportedOnce() {
        var health = Place.up.health
        let flips = (0..<100).compactMap { _ in health.handle(Self.failed, at: .origin) }
        #expect(flips.count == 1)
        let recoveries = (0..<100).compactMap { _ in health.handle(.checkPassed, at: .origin) }
        #expect(recoveries.count == 1)
    }

    @Test func aThresholdOfOneNeedsNoRow() {
        var health = Health(thresholds: HealthThresholds(rise: 1, fall: 1), at: .origin)
        _ = health.handle(.checkPassed, at: .origin)
        #expect(health.handle(Self.failed, at: .origin)?.reason == "new")
        #expect(health.handle(.checkPassed, at: .origin)?.reason == "the check passed")
    }

    @Test(arguments: Place.allCases)
    func healthIsChangingBeforeTheFirstCheckAndDuringARow(place: Place) {
        #expect(place.health.isChanging == (place != .up && place != .down))
    }

    @Test func aServerWithoutChecksIsUpWhateverHappens() {
        var health = Health.unchecked(at: .second(1))
        for event in [Self.failed, Self.refused, .checkPassed, .trafficPassed, Self.refused] {
            #expect(health.handle(event, at: .second(2)) == nil)
        }
        #expect(health.state == .up)
        #expect(health.since == .second(1))
    }
}
