import Testing

@testable import Time

@Suite struct InstantTests {
    @Test func instantsAreOrderedByTime() {
        let times = [Instant.never, Instant(nanoseconds: 5), .origin]
        #expect(times.sorted() == [.origin, Instant(nanoseconds: 5), .never])
    }

    @Test func addingASpanMovesAnInstantByIt() {
        #expect(Instant.origin + .seconds(2) == Instant(nanoseconds: 2_000_000_000))
        #expect(Instant(nanoseconds: 10) + .nanoseconds(-4) == Instant(nanoseconds: 6))
    }

    @Test func addingSaturatesAtNever() {
        #expect(Instant.never + .nanoseconds(1) == .never)
        #expect(Instant(nanoseconds: 1) + .seconds(Int64.max) == .never)
        #expect(Instant.never + .seconds(1_000_000_000) == .never)
    }

    @Test func subtractingGivesTheSpanWithItsSign() {
        let (early, late) = (Instant(nanoseconds: 1_000), Instant(nanoseconds: 2_500))
        #expect(late - early == .nanoseconds(1_500))
        #expect(early - late == .nanoseconds(-1_500))
        #expect(Instant.never - .origin == .nanoseconds(Int64.max))
    }
}
