import Testing

@testable import Time

@Suite struct TimeSpanTests {
    @Test(
        arguments: [
            (TimeSpan.zero, 0), (.nanoseconds(1), 1), (.nanoseconds(-1), -1), (.microseconds(3), 3_000),
            (.milliseconds(1_500), 1_500_000_000), (.milliseconds(-1_500), -1_500_000_000),
            (.seconds(3_600), 3_600_000_000_000), (.nanoseconds(Int64.max), .max),
            (.nanoseconds(Int64.min), .min),
        ] as [(TimeSpan, Int64)])
    func aSpanIsCountedInNanoseconds(span: TimeSpan, nanoseconds: Int64) {
        #expect(span.inNanoseconds == nanoseconds)
    }

    @Test func aNumberWithAFractionIsTakenToTheNearestNanosecond() {
        #expect(TimeSpan.seconds(4.35).inNanoseconds == 4_350_000_000)
        #expect(TimeSpan.seconds(-0.5).inNanoseconds == -500_000_000)
        #expect(TimeSpan.seconds(1e300).inNanoseconds == .max)
        #expect(TimeSpan.seconds(-1e300).inNanoseconds == .min)
        #expect(TimeSpan.seconds(2) * 1.25 == .milliseconds(2_500))
    }

    @Test func aSpanManyTimesSaturates() {
        #expect(TimeSpan.seconds(3) * 2 == .seconds(6) && TimeSpan.seconds(-3) * 2 == .seconds(-6))
        #expect((TimeSpan.seconds(3) * Int64.max).inNanoseconds == .max)
        #expect((TimeSpan.seconds(-3) * Int64.max).inNanoseconds == .min)
        #expect((TimeSpan.seconds(-3) * Int64.min).inNanoseconds == .max)
        #expect(TimeSpan.seconds(3) / 2 == .milliseconds(1_500))
    }

    @Test func aSpanBeyondNanosecondsSaturates() {
        #expect(TimeSpan.seconds(Int64.max).inNanoseconds == .max)
        #expect(TimeSpan.seconds(Int64.min).inNanoseconds == .min)
        #expect((TimeSpan.nanoseconds(Int64.max) + .nanoseconds(1)).inNanoseconds == .max)
        #expect((TimeSpan.nanoseconds(Int64.min) - .nanoseconds(1)).inNanoseconds == .min)
    }

    @Test func millisecondsAreCutOffTowardsZero() {
        #expect(TimeSpan.microseconds(1_999).inMilliseconds == 1)
        #expect(TimeSpan.microseconds(-1_999).inMilliseconds == -1)
    }

    @Test func secondsAreAFraction() {
        #expect(TimeSpan.milliseconds(1_500).inSeconds == 1.5)
        #expect(TimeSpan.milliseconds(-250).inSeconds == -0.25)
    }

    @Test(
        arguments: [
            (TimeSpan.zero, "0s"), (.seconds(10), "10s"), (.milliseconds(1_500), "1500ms"),
            (.seconds(120), "2m"),
            (.seconds(90), "90s"), (.seconds(7_200), "2h"), (.seconds(5_400), "90m"),
            (.microseconds(64), "64us"),
            (.milliseconds(1), "1ms"), (.nanoseconds(1_001), "1001ns"), (.seconds(86_400), "24h"),
            (.seconds(-2), "-2s"), (.seconds(Int64.max), "9223372036854775807ns"),
        ] as [(TimeSpan, String)])
    func aSpanIsWrittenInTheLargestUnitThatStaysExact(span: TimeSpan, text: String) {
        #expect(span.text == text)
    }

    @Test func theTextReadsBackAsTheSameSpan() throws {
        let spans: [TimeSpan] = [
            .nanoseconds(1), .nanoseconds(999), .microseconds(1), .milliseconds(2_001), .seconds(59),
            .seconds(60),
            .seconds(61), .seconds(3_599), .seconds(3_600), .seconds(360_000),
        ]
        for span in spans { #expect(try read(span.text) == span) }
    }

    /// Reads the text the slow and obvious way.
    private func read(_ text: String) throws -> TimeSpan {
        let number = try #require(Int64(text.prefix { $0.isNumber }))
        let factors: [String: Int64] = [
            "ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
            "h": 3_600_000_000_000,
        ]
        let factor = try #require(factors[String(text.drop { $0.isNumber })])
        return .nanoseconds(number * factor)
    }
}
