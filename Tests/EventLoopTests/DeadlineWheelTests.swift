import Testing
import Time

@testable import EventLoop

/// The wheel on a clock that a test moves, tick by tick.
@Suite struct DeadlineWheelTests {
    private let loop: EventLoop
    private let clock = ManualClock()
    private let handler = Recorder()
    private let tick = DeadlineWheel.tick

    init() throws {
        loop = try EventLoop()
        loop.clock = { [clock] in clock.now }
    }

    /// Lets time pass as it does for a loop that wakes at each tick.
    private func pass(_ span: TimeSpan) {
        let end = clock.now + span
        while clock.now < end {
            clock.advance(by: min(tick, end - clock.now))
            if loop.deadlines.isTicking { loop.deadlines.advance(on: loop) }
        }
    }

    /// Lets time pass tick by tick until the handler was called; answers how long that took.
    private func passUntilCalled(_ handler: Recorder, atMost limit: TimeSpan) -> TimeSpan? {
        let start = clock.now
        let before = handler.passed
        while clock.now - start < limit {
            pass(tick)
            if handler.passed > before { return clock.now - start }
        }
        return nil
    }

    @Test(arguments: [0, 1, 63, 64, 65, 1_000, 30_000, 65_000, 65_535, 65_536, 65_600, 131_072, 600_000])
    func aDeadlineIsNeverNoticedEarlyAndAtMostTwoTicksLate(milliseconds: Int) throws {
        let span = TimeSpan.milliseconds(milliseconds)
        for offset in [0, 1, 20, 63] {
            clock.advance(by: .milliseconds(offset))
            let handler = Recorder()
            loop.setDeadline(of: handler, to: clock.now + span)
            let taken = try #require(passUntilCalled(handler, atMost: span + tick * 4))
            #expect(taken >= span)
            #expect(taken <= span + tick * 2)
            #expect(handler.passed == 1)
        }
    }

    @Test func aDeadlinePassesOnce() {
        loop.setDeadline(of: handler, to: clock.now + .seconds(1))
        pass(.seconds(200))
        #expect(handler.passed == 1)
        #expect(handler.deadline == .never)
    }

    @Test func aDeadlineThatIsMovedLaterAllTheTimeDoesNotPass() {
        for _ in 0..<1_000 {
            loop.setDeadline(of: handler, to: clock.now + .seconds(30))
            pass(.milliseconds(500))
        }
        #expect(handler.passed == 0)
        pass(.seconds(29))
        #expect(handler.passed == 0)
        pass(.seconds(1))
        #expect(handler.passed == 1)
    }

    @Test func aDeadlineThatIsMovedEarlierPassesEarlier() throws {
        loop.setDeadline(of: handler, to: clock.now + .seconds(50))
        loop.setDeadline(of: handler, to: clock.now + .seconds(2))
        let taken = try #require(passUntilCalled(handler, atMost: .seconds(50)))
        #expect(taken >= .seconds(2))
        #expect(taken <= .seconds(2) + tick * 2)
        pass(.seconds(100))
        #expect(handler.passed == 1)
    }

    @Test func aDeadlineThatIsMovedLaterAndThenEarlierPassesAtTheLastOne() throws {
        loop.setDeadline(of: handler, to: clock.now + .seconds(5))
        loop.setDeadline(of: handler, to: clock.now + .seconds(500))
        loop.setDeadline(of: handler, to: clock.now + .seconds(10))
        let taken = try #require(passUntilCalled(handler, atMost: .seconds(600)))
        #expect(taken >= .seconds(10))
        #expect(taken <= .seconds(10) + tick * 2)
    }

    @Test func aClearedDeadlineDoesNotPass() {
        loop.setDeadline(of: handler, to: clock.now + .seconds(1))
        loop.clearDeadline(of: handler)
        pass(.seconds(100))
        #expect(handler.passed == 0)
        loop.clearDeadline(of: handler)
        loop.setDeadline(of: handler, to: clock.now + .seconds(1))
        pass(.seconds(2))
        #expect(handler.passed == 1)
    }

    @Test func aDeadlineOfNeverNeverPasses() {
        loop.setDeadline(of: handler, to: .never)
        pass(.seconds(300))
        #expect(handler.passed == 0)
    }

    @Test func aDeadlineInThePastPassesAtTheNextTick() {
        loop.setDeadline(of: handler, to: .origin)
        #expect(handler.passed == 0)
        pass(tick)
        #expect(handler.passed == 1)
    }

    @Test func aDeadlineThatIsSetLateInAQuietRoundPasses() {
        let first = Recorder()
        loop.setDeadline(of: first, to: clock.now + .milliseconds(1))
        pass(.seconds(60))
        #expect(first.passed == 1)
        // The wheel has turned for 60 s with nothing in it and would rest in 5 s.
        loop.setDeadline(of: handler, to: clock.now + .seconds(30))
        pass(.seconds(31))
        #expect(handler.passed == 1)
    }

    @Test func theWheelRestsAfterAnEmptyRoundAndStartsAgain() {
        loop.setDeadline(of: handler, to: clock.now + .seconds(1))
        #expect(loop.deadlines.isTicking)
        pass(.seconds(70))
        #expect(!loop.deadlines.isTicking)
        pass(.seconds(1_000))
        loop.setDeadline(of: handler, to: clock.now + .seconds(10))
        #expect(loop.deadlines.isTicking)
        pass(.seconds(11))
        #expect(handler.passed == 2)
    }

    /// As for a process that is stopped, or a machine that is suspended.
    @Test(arguments: [DeadlineWheel.longestDelay + .milliseconds(100), .seconds(1), .seconds(3_600)])
    func noDeadlineGoesOnWhileTheLoopIsAway(span: TimeSpan) throws {
        let handlers = (1...100).map { second in
            let handler = Recorder()
            loop.setDeadline(of: handler, to: clock.now + .seconds(second))
            return handler
        }
        pass(.milliseconds(9_900))
        #expect(handlers.count { $0.passed > 0 } == 9)
        clock.advance(by: span)
        loop.deadlines.advance(on: loop)
        #expect(handlers.count { $0.passed > 0 } == 9, "what came meanwhile was not read yet")
        let taken = try #require(passUntilCalled(handlers[9], atMost: .seconds(1)))
        // From the tick before to its deadline there was some time left.
        #expect(taken >= tick)
        for handler in handlers[10...] {
            let taken = try #require(passUntilCalled(handler, atMost: .seconds(2)))
            #expect(taken >= .seconds(1) - tick * 2 && taken <= .seconds(1) + tick * 2)
        }
    }

    @Test func aDeadlineThatIsSetAfterTheLoopWasAwayIsAsExactAsAny() throws {
        loop.setDeadline(of: Recorder(), to: clock.now + .seconds(1))
        clock.advance(by: .seconds(3_600))
        loop.deadlines.advance(on: loop)
        loop.setDeadline(of: handler, to: clock.now + .seconds(5))
        let taken = try #require(passUntilCalled(handler, atMost: .seconds(6)))
        #expect(taken >= .seconds(5) && taken <= .seconds(5) + tick * 2)
    }

    @Test func aBusyTurnIsNoAbsence() {
        loop.setDeadline(of: handler, to: clock.now + .milliseconds(200))
        clock.advance(by: tick + DeadlineWheel.longestDelay)
        loop.deadlines.advance(on: loop)
        #expect(handler.passed == 1)
        #expect(loop.deadlineNow == loop.now)
    }

    /// However busy it is, a loop comes to its deadlines.
    @Test func deadlinesPassWhereEveryTurnIsTooLong() {
        loop.setDeadline(of: handler, to: clock.now + .seconds(1))
        for _ in 0..<100 {
            clock.advance(by: .seconds(1))
            loop.deadlines.advance(on: loop)
        }
        #expect(handler.passed == 1)
    }

    @Test func aHandlerMayBeFreedWhileItsDeadlineIsSet() {
        let neighbours = (0..<3).map { _ in Recorder() }
        let deadline = clock.now + .seconds(1)
        weak var gone: Recorder?
        do {
            let doomed = Recorder()
            gone = doomed
            loop.setDeadline(of: neighbours[0], to: deadline)
            loop.setDeadline(of: doomed, to: deadline)
            loop.setDeadline(of: neighbours[1], to: deadline)
            loop.setDeadline(of: neighbours[2], to: deadline)
        }
        #expect(gone == nil)
        pass(.seconds(2))
        #expect(neighbours.map(\.passed) == [1, 1, 1])
    }

    @Test func aHandlerMayBeFreedInItsOwnCallback() {
        weak var gone: Recorder?
        let owner = Owner()
        do {
            let doomed = Recorder()
            gone = doomed
            owner.handler = doomed
            doomed.onDeadline = { owner.handler = nil }
            loop.setDeadline(of: doomed, to: clock.now + .seconds(1))
        }
        pass(.seconds(2))
        #expect(gone == nil)
    }

    @Test func aHandlerMayFreeAnotherOfTheSameTick() {
        let owner = Owner()
        let deadline = clock.now + .seconds(1)
        handler.onDeadline = { owner.handler = nil }
        owner.handler = Recorder()
        owner.handler?.onDeadline = { Issue.record("it was freed before its time came") }
        loop.setDeadline(of: handler, to: deadline)
        if let doomed = owner.handler { loop.setDeadline(of: doomed, to: deadline) }
        pass(.seconds(2))
        #expect(handler.passed == 1)
        #expect(owner.handler == nil)
    }

    @Test func aHandlerMaySetItsDeadlineAgainWhenItHasPassed() {
        handler.onDeadline = { [unowned handler, clock, loop] in
            if handler.passed < 10 { loop.setDeadline(of: handler, to: clock.now + .seconds(1)) }
        }
        loop.setDeadline(of: handler, to: clock.now + .seconds(1))
        pass(.seconds(20))
        #expect(handler.passed == 10)
    }

    @Test func aHandlerThatSetsADeadlineInThePastCannotHoldTheLoop() {
        handler.onDeadline = { [unowned handler, loop] in loop.setDeadline(of: handler, to: .origin) }
        loop.setDeadline(of: handler, to: .origin)
        pass(tick * 10)
        #expect((1...10).contains(handler.passed))
    }

    @Test func aHandlerMayMoveOrClearTheDeadlineOfAnotherOfTheSameTick() {
        let (cleared, moved) = (Recorder(), Recorder())
        let deadline = clock.now + .seconds(1)
        handler.onDeadline = { [clock, loop] in
            loop.clearDeadline(of: cleared)
            loop.setDeadline(of: moved, to: clock.now + .seconds(10))
        }
        for each in [handler, cleared, moved] { loop.setDeadline(of: each, to: deadline) }
        pass(.seconds(9))
        #expect([handler.passed, cleared.passed, moved.passed] == [1, 0, 0])
        pass(.seconds(3))
        #expect([handler.passed, cleared.passed, moved.passed] == [1, 0, 1])
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func manyHandlersPassEachAtItsLastDeadline(seed: UInt64) {
        var random = SystemLikeRandom(seed: seed)
        let handlers = (0..<200).map { _ in Recorder() }
        var due = [Instant?](repeating: nil, count: handlers.count)
        for (index, handler) in handlers.enumerated() {
            handler.onDeadline = { [clock, tick] in
                guard let deadline = due[index] else {
                    Issue.record("no deadline was set")
                    return
                }
                #expect(clock.now >= deadline)
                #expect(clock.now - deadline <= tick * 2)
                due[index] = nil
            }
        }
        for _ in 0..<20_000 {
            let index = Int.random(in: 0..<handlers.count, using: &random)
            if Int.random(in: 0..<10, using: &random) == 0 {
                loop.clearDeadline(of: handlers[index])
                due[index] = nil
            } else {
                let deadline = clock.now + .milliseconds(Int.random(in: -100...150_000, using: &random))
                loop.setDeadline(of: handlers[index], to: deadline)
                due[index] = max(deadline, clock.now)
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                pass(tick * Int.random(in: 1...40, using: &random))
            }
        }
        pass(.seconds(151))
        #expect(due.allSatisfy { $0 == nil })
    }

    @Test func onARunningLoopADeadlinePassesInTime() throws {
        let loop = try EventLoop()
        let start = loop.now
        handler.onDeadline = { [loop] in loop.stop() }
        loop.setDeadline(of: handler, to: start + .milliseconds(100))
        try loop.runToTheStop()
        #expect(handler.passed == 1)
        #expect(loop.now - start >= .milliseconds(100))
    }

    private final class Owner {
        var handler: Recorder?
    }

    /// A seeded generator (Knuth's MMIX constants), so that a failure can be run again.
    private struct SystemLikeRandom: RandomNumberGenerator {
        private var state: UInt64

        init(seed: UInt64) {
            state = seed
        }

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 32) | (state << 32)
        }
    }
}
