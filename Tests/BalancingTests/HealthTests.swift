import Testing
import Time

@testable import Balancing

/// The state machine with `rise` 2 and `fall` 3, unless said otherwise.
@Suite struct HealthTests {
    /// A place in the machine: a state and how far its streak has come.
    enum Place: CaseIterable {
        case checking, up, upAfterTwoFailures, unreached, unreachedAfterTwoFailures, unreachedAndDown, down,
            downAfterOnePass

        var health: Health {
            var health = Health(thresholds: HealthThresholds(rise: 2, fall: 3), at: .second(1))
            let oldFailure = HealthEvent.checkFailed(reason: "old")
            let history: [HealthEvent] =
                switch self {
                case .checking: []
                case .up: [.checkPassed]
                case .upAfterTwoFailures: [.checkPassed, oldFailure, oldFailure]
                case .unreached: [.checkPassed, .trafficFailed(reason: "old")]
                case .unreachedAfterTwoFailures:
                    [.checkPassed, oldFailure, .trafficFailed(reason: "old"), oldFailure]
                case .unreachedAndDown:
                    [.checkPassed, .trafficFailed(reason: "old"), oldFailure, oldFailure, oldFailure]
                case .down: [oldFailure]
                case .downAfterOnePass: [oldFailure, .checkPassed]
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
        /// Who made the flip and why, if there is one.
        let flip: (HealthFlip.Witness, String)?
    }

    private static let failed = HealthEvent.checkFailed(reason: "new")
    private static let refused = HealthEvent.trafficFailed(reason: "new")

    private static func line(
        _ place: Place, _ event: HealthEvent, _ state: HealthState, _ streak: Int, _ failure: String?,
        flip: (HealthFlip.Witness, String)? = nil
    ) -> Line {
        Line(place: place, event: event, state: state, streak: streak, lastFailure: failure, flip: flip)
    }

    private static let seenByTraffic = (HealthFlip.Witness.traffic, "new (seen by traffic)")
    private static let asked = (HealthFlip.Witness.person, "a check has to pass first")
    private static let backByTraffic = (HealthFlip.Witness.traffic, "traffic reaches it again")
    private static let backByCheck = (HealthFlip.Witness.checks, "the check passed")

    static let table = [
        line(.checking, .checkPassed, .up, 0, nil, flip: (.checks, "the first check passed")),
        line(.checking, failed, .down, 0, "new", flip: (.checks, "new")),
        line(.checking, .trafficPassed, .checking, 0, nil),
        line(.checking, refused, .down, 0, "new", flip: seenByTraffic),
        line(.checking, .enabled, .checking, 0, nil),

        line(.up, .checkPassed, .up, 0, nil),
        line(.up, failed, .up, 1, "new"),
        line(.up, .trafficPassed, .up, 0, nil),
        line(.up, refused, .down, 0, "new", flip: seenByTraffic),
        line(.up, .enabled, .checking, 0, nil, flip: asked),

        line(.upAfterTwoFailures, .checkPassed, .up, 0, nil),
        line(.upAfterTwoFailures, failed, .down, 0, "new", flip: (.checks, "new (3 failures in a row)")),
        line(.upAfterTwoFailures, .trafficPassed, .up, 2, "old"),
        line(.upAfterTwoFailures, refused, .down, 2, "new", flip: seenByTraffic),
        line(.upAfterTwoFailures, .enabled, .checking, 0, nil, flip: asked),

        line(.unreached, .checkPassed, .up, 0, nil, flip: backByCheck),
        line(.unreached, failed, .down, 1, "new"),
        line(.unreached, .trafficPassed, .up, 0, nil, flip: backByTraffic),
        line(.unreached, refused, .down, 0, "old"),
        line(.unreached, .enabled, .checking, 0, nil, flip: asked),

        line(.unreachedAfterTwoFailures, .checkPassed, .up, 0, nil, flip: backByCheck),
        line(.unreachedAfterTwoFailures, failed, .down, 0, "new"),
        line(.unreachedAfterTwoFailures, .trafficPassed, .up, 2, "old", flip: backByTraffic),
        line(.unreachedAfterTwoFailures, refused, .down, 2, "old"),
        line(.unreachedAfterTwoFailures, .enabled, .checking, 0, nil, flip: asked),

        // Checks have taken it down by themselves: they decide.
        line(.unreachedAndDown, .checkPassed, .down, 1, nil),
        line(.unreachedAndDown, failed, .down, 0, "new"),
        line(.unreachedAndDown, .trafficPassed, .down, 0, nil),
        line(.unreachedAndDown, refused, .down, 0, "old"),
        line(.unreachedAndDown, .enabled, .checking, 0, nil, flip: asked),

        line(.down, .checkPassed, .down, 1, nil),
        line(.down, failed, .down, 0, "new"),
        line(.down, .trafficPassed, .down, 0, "old"),
        line(.down, refused, .down, 0, "old"),
        line(.down, .enabled, .checking, 0, nil, flip: asked),

        line(
            .downAfterOnePass, .checkPassed, .up, 0, nil,
            flip: (.checks, "the check passed (2 times in a row)")),
        line(.downAfterOnePass, failed, .down, 0, "new"),
        line(.downAfterOnePass, .trafficPassed, .down, 1, nil),
        line(.downAfterOnePass, refused, .down, 1, nil),
        line(.downAfterOnePass, .enabled, .checking, 0, nil, flip: asked),
    ]

    @Test func theTableHasEveryPlaceWithEveryEvent() {
        let events = [HealthEvent.checkPassed, Self.failed, .trafficPassed, Self.refused, .enabled]
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
        #expect(
            flip
                == line.flip.map {
                    HealthFlip(from: before.state, to: line.state, witness: $0, reason: $1)
                })
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

    /// In the kind of sequence that no table lists: traffic that succeeds between any two events changes
    /// nothing of what checks decide, while traffic has not failed.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func trafficThatSucceedsChangesNothingOfWhatChecksDecide(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var alone = Place.checking.health
        var amongTraffic = alone
        for second in 1...1_000 as ClosedRange<Int64> {
            let event = Bool.random(using: &random) ? HealthEvent.checkPassed : Self.failed
            #expect(
                alone.handle(event, at: .second(second)) == amongTraffic.handle(event, at: .second(second)))
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                #expect(amongTraffic.handle(.trafficPassed, at: .second(second)) == nil)
            }
            #expect(alone == amongTraffic)
        }
    }

    @Test func trafficThatFailsAndSucceedsLeavesTheRowOfFailedChecksAsItWas() {
        var health = Place.upAfterTwoFailures.health
        _ = health.handle(Self.refused, at: .origin)
        _ = health.handle(.trafficPassed, at: .origin)
        #expect(health.state == .up && health.streak == 2)
        #expect(health.handle(Self.failed, at: .origin)?.to == .down)
    }

    @Test func aServerThatTrafficDidNotReachIsBackAfterOneCheckUnlessChecksTookItDownToo() {
        for failures in 0..<3 {
            var health = Place.unreached.health
            for _ in 0..<failures { _ = health.handle(Self.failed, at: .origin) }
            #expect(health.handle(.checkPassed, at: .origin)?.to == .up)
        }
        var health = Place.unreached.health
        for _ in 0..<3 { _ = health.handle(Self.failed, at: .origin) }
        #expect(health.handle(.checkPassed, at: .origin) == nil)
        #expect(health.handle(.checkPassed, at: .origin)?.to == .up)
    }

    @Test func theNextCheckIsWantedSoonerTheMoreItMayTell() {
        #expect(Place.checking.health.pace == .changing)
        #expect(Place.up.health.pace == .settled)
        #expect(Place.upAfterTwoFailures.health.pace == .changing)
        #expect(Place.unreached.health.pace == .close(relapse: 1))
        #expect(Place.down.health.pace == .settled)
        #expect(Place.downAfterOnePass.health.pace == .changing)
    }

    @Test func theClosePaceLastsUntilTheServerIsUpOrNoShortRestartIsLikely() {
        var health = Place.unreached.health
        for _ in 1..<Health.closeLooks {
            _ = health.handle(Self.failed, at: .origin)
            #expect(health.pace == .close(relapse: 1))
        }
        var back = health
        _ = health.handle(Self.failed, at: .origin)
        #expect(health.pace == .settled)
        for _ in 0..<2 { _ = back.handle(.checkPassed, at: .origin) }
        #expect(back.state == .up && back.pace == .settled)
    }

    @Test func eachTimeThatTrafficDoesNotReachAServerWhoseChecksPassIsARelapseUntilItIsReached() {
        var health = Place.up.health
        for relapse in 1...3 {
            _ = health.handle(Self.refused, at: .origin)
            #expect(health.pace == .close(relapse: relapse))
            _ = health.handle(.checkPassed, at: .origin)
        }
        _ = health.handle(.trafficPassed, at: .origin)
        _ = health.handle(Self.refused, at: .origin)
        #expect(health.pace == .close(relapse: 1))
    }

    @Test func theClosePaceGoesOnWhereTrafficReachesAServerThatChecksHaveTakenDown() {
        var health = Place.unreached.health
        for _ in 0..<3 { _ = health.handle(Self.failed, at: .origin) }
        #expect(health.handle(.trafficPassed, at: .origin) == nil)
        #expect(health.state == .down && health.pace == .close(relapse: 0))
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

    @Test func aServerWithoutChecksIsUpWhateverHappens() {
        var health = Health.unchecked(at: .second(1))
        for event in [Self.failed, Self.refused, .checkPassed, .trafficPassed, .enabled, Self.refused] {
            #expect(health.handle(event, at: .second(2)) == nil)
        }
        #expect(health.state == .up)
        #expect(health.since == .second(1))
    }
}
