import Testing
import Time

@testable import HTTPServer

@Suite("A share of the loop")
struct LoopShareTests {
    @Test("is used up by requests whose answers take no time at all, for reading and writing take some")
    func countsRequests() {
        let share = LoopShare()
        let now = Instant(nanoseconds: 1_000_000_000)
        var answered = 0
        while share.wait(at: now) == .zero, answered < 10_000 {
            share.worked(from: now, to: now, answers: 1, bytes: 0)
            answered += 1
        }
        // Ten milliseconds of work, 0.2 ms each, and one that goes beyond.
        #expect(answered == 51)
    }

    @Test("is a fifth of the time in the long run, after a burst")
    func isAFifth() {
        let share = LoopShare()
        let begin = Instant(nanoseconds: 1_000_000_000)
        var (now, answered) = (begin, 0)
        while now - begin < .seconds(10) {
            let end = now + .microseconds(800)
            share.worked(from: now, to: end, answers: 1, bytes: 0)
            answered += 1
            now = end + share.wait(at: end)
        }
        #expect((2_000...2_015).contains(answered))
    }

    @Test("is used up by what is to be sent, for that takes time in turns to come")
    func countsBytes() {
        let share = LoopShare()
        let now = Instant(nanoseconds: 1_000_000_000)
        share.worked(from: now, to: now, answers: 0, bytes: 64 << 20)
        // 4,096 times 30 µs, five times, less the burst.
        #expect(share.wait(at: now) == .microseconds(614_400 - 50_000))
    }
}
