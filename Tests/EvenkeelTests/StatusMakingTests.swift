import Dashboard
import EventLoop
import Metrics
import Testing
import Time

@testable import evenkeel

@Suite("Figures for the dashboard")
struct StatusMakingTests {
    @Test("have milliseconds, to the microsecond")
    func haveMilliseconds() {
        #expect(UInt64(1500).milliseconds == 1.5)
        #expect(TimeSpan.nanoseconds(1_234_567).inMillisecondsRounded == 1.235)
        #expect(TimeSpan.zero.inMillisecondsRounded == 0)
    }

    @Test("are rounded to the parts that mean something")
    func areRounded() {
        #expect((2.0 / 3).rounded(to: 10_000) == 0.6667)
        #expect(0.0004.rounded(to: 1000) == 0)
        #expect(Double(-0.6).rounded(to: 1) == -1)
    }

    @Test("have the latencies of a histogram in milliseconds")
    func haveLatencies() throws {
        var histogram = LatencyHistogram()
        for value in [1000, 2000, 3000] { histogram.record(microseconds: UInt64(value)) }
        let status = LatencyStatus(try #require(histogram.figures))
        #expect(status.count == 3)
        #expect(status.min == 1)
        #expect(status.mean == 2)
        #expect(abs(status.p50 - 2) < 0.02)
        #expect(status.max == 3)
    }

    @Test("have times by the wall clock, of instants before and after now")
    func haveTimes() throws {
        let clock = AdminClock(try EventLoop(), origin: 1000)
        #expect(abs(clock.unixNow - 1000 - Double(clock.now.nanoseconds) / 1e9) < 0.001)
        #expect(abs(clock.unixTime(of: clock.now + .seconds(2)) - clock.unixNow - 2) < 0.002)
        #expect(clock.seconds(until: clock.now + .milliseconds(1500)) == 1.5)
        #expect(clock.seconds(until: clock.now) == 0)
        #expect(clock.seconds(since: clock.now + .seconds(1)) == 0)
    }

    @Test("call what is empty nothing")
    func haveNothing() {
        #expect("".nonEmpty == nil)
        #expect("a".nonEmpty == "a")
    }
}
