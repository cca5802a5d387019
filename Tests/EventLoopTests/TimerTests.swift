import Glibc
import TestSupport
import Testing
import Time

@testable import EventLoop

@Suite struct TimerTests {
    /// Timers of a loop, kept where their actions can reach them.
    private final class Timers {
        var one: Timer?
        var fired: [String] = []
    }

    @Test func timersFireInTheOrderOfTheirTimesAndOnce() throws {
        let loop = try EventLoop()
        let timers = Timers()
        let third = try Timer(on: loop) { timers.fired.append("third") }
        let first = try Timer(on: loop) { timers.fired.append("first") }
        let second = try Timer(on: loop) { timers.fired.append("second") }
        let last = try Timer(on: loop) { loop.stop() }
        third.schedule(after: .milliseconds(30))
        first.schedule(after: .milliseconds(10))
        second.schedule(after: .milliseconds(20))
        last.schedule(after: .milliseconds(80))
        try loop.runToTheStop()
        #expect(timers.fired == ["first", "second", "third"])
    }

    /// The clock that libevent goes by is coarse, so a timer may ring too early by it. How coarse it is depends on the
    /// machine; beside a clock that goes half as fast, each timer rings too early.
    @Test(arguments: [true, false])
    func aTimerIsNeverEarly(isPrecise: Bool) throws {
        let loop = try EventLoop(precise: isPrecise)
        let (clock, origin) = (loop.clock, loop.now)
        loop.clock = { origin + (clock() - origin) / 2 }
        let timers = Timers()
        for round in 1...10 {
            let span = TimeSpan.microseconds(1500 + round * 111) + .nanoseconds(1)
            let start = loop.now
            timers.one = try Timer(on: loop) { loop.stop() }
            if round % 2 == 0 {
                timers.one?.schedule(after: span)
            } else {
                timers.one?.schedule(at: start + span)
            }
            loop.run()
            #expect(loop.now - start >= span)
        }
    }

    @Test func aTimerOfAPreciseLoopIsNotLateByMilliseconds() throws {
        let loop = try EventLoop(precise: true)
        let timers = Timers()
        var rounds = 0
        timers.one = try Timer(on: loop) {
            rounds += 1
            if rounds % 50 == 0 { loop.stop() } else { timers.one?.schedule(after: .microseconds(100)) }
        }
        // epoll_wait(2) waits for a whole millisecond at least, so that no other loop is ever as fast. The machine may be
        // busy now and then.
        let isFast = (0..<20).contains { _ in
            let start = loop.now
            timers.one?.schedule(after: .microseconds(100))
            loop.run()
            return loop.now - start < .milliseconds(40)
        }
        #expect(isFast)
        timers.one = nil
    }

    @Test func aTimerForAnInstantComesThoughTheLoopWasAway() throws {
        let loop = try EventLoop()
        let stopped = Recorder()
        // A loop that waits for something ticks.
        loop.setDeadline(of: stopped, to: loop.now + patience)
        let (start, due) = (loop.deadlineNow, loop.now + .milliseconds(300))
        var gone = TimeSpan.zero
        let timer = try Timer(on: loop) {
            #expect(loop.now >= due)
            gone = loop.deadlineNow - start
            loop.stop()
        }
        timer.schedule(at: due)
        stopped.onResumed = { usleep(800_000) }
        loop.resumeNextTurn(stopped)
        try loop.runToTheStop()
        #expect(gone < .milliseconds(300), "for the deadlines it is not yet time")
    }

    /// As for a process that is stopped: the sockets are read before a timer may judge anybody by its time.
    @Test func aTimerDoesNotGoOnWhileTheLoopIsAway() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        let timers = Timers()
        let reader = Recorder()
        reader.onSocket = { _ in timers.fired.append("socket") }
        let watch = try SocketWatch(
            pair.near.number, for: .readable, trigger: .edge, on: loop, handler: reader)
        let stopped = Recorder()
        // A loop that waits for something ticks.
        loop.setDeadline(of: stopped, to: loop.now + patience)
        let timer = try Timer(on: loop) {
            timers.fired.append("timer")
            loop.stop()
        }
        timer.schedule(after: .milliseconds(300))
        stopped.onResumed = {
            usleep(800_000)
            send(1, to: pair.far.number)
        }
        loop.resumeNextTurn(stopped)
        let start = ContinuousClock.now
        try loop.runToTheStop()
        #expect(timers.fired == ["socket", "timer"])
        #expect(ContinuousClock.now - start >= .milliseconds(800 + 200), "it had some time left")
        withExtendedLifetime(watch) {}
    }

    /// Also where the loop had nothing to wait for but its timers.
    @Test func aTimerThatIsTooLateLetsTheSocketsBeReadFirst() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        let timers = Timers()
        let timer = try Timer(on: loop) {
            timers.fired.append("timer")
            loop.stop()
        }
        // What a socket leads to in a later turn comes before the timer, too.
        let reader = Recorder()
        reader.onResumed = { timers.fired.append("resumed") }
        reader.onSocket = { [unowned reader] _ in
            timers.fired.append("socket")
            loop.resumeNextTurn(reader)
        }
        let watch = try SocketWatch(
            pair.near.number, for: .readable, trigger: .edge, on: loop, handler: reader)
        timer.schedule(after: .milliseconds(10))
        usleep(500_000)
        send(1, to: pair.far.number)
        try loop.runToTheStop()
        #expect(timers.fired == ["socket", "resumed", "timer"])
        withExtendedLifetime(watch) {}
    }

    @Test func aCancelledTimerDoesNotFire() throws {
        let loop = try EventLoop()
        let timer = try Timer(on: loop) { Issue.record("it was cancelled") }
        timer.schedule(after: .milliseconds(5))
        timer.cancel()
        let last = try Timer(on: loop) { loop.stop() }
        last.schedule(after: .milliseconds(40))
        try loop.runToTheStop()
    }

    @Test func cancellingWhatIsNotScheduledDoesNothing() throws {
        let loop = try EventLoop()
        let timer = try Timer(on: loop) { loop.stop() }
        timer.cancel()
        timer.schedule(after: .zero)
        try loop.runToTheStop()
    }

    @Test func aNewScheduleTakesThePlaceOfTheOldOne() throws {
        let loop = try EventLoop()
        let timers = Timers()
        let moved = try Timer(on: loop) { timers.fired.append("moved") }
        let marker = try Timer(on: loop) { timers.fired.append("marker") }
        let last = try Timer(on: loop) { loop.stop() }
        moved.schedule(after: .milliseconds(5))
        marker.schedule(after: .milliseconds(25))
        moved.schedule(after: .milliseconds(50))
        last.schedule(after: .milliseconds(90))
        try loop.runToTheStop()
        #expect(timers.fired == ["marker", "moved"])
    }

    @Test func aTimerMayScheduleItselfAgainInItsAction() throws {
        let loop = try EventLoop()
        let timers = Timers()
        timers.one = try Timer(on: loop) {
            timers.fired.append("again")
            if timers.fired.count == 3 { loop.stop() } else { timers.one?.schedule(after: .milliseconds(1)) }
        }
        timers.one?.schedule(after: .milliseconds(1))
        try loop.runToTheStop()
        #expect(timers.fired.count == 3)
        timers.one = nil
    }

    @Test func aTimerMayBeDestroyedInItsOwnAction() throws {
        let loop = try EventLoop()
        let timers = Timers()
        let token = Token()
        timers.one = try Timer(on: loop) { [token] in
            timers.one = nil
            // What the action holds must outlive the timer, for as long as the action runs.
            timers.fired.append(token.name)
            loop.stop()
        }
        timers.one?.schedule(after: .zero)
        try loop.runToTheStop()
        #expect(timers.fired == ["token"])
        let isDestroyed = timers.one == nil
        #expect(isDestroyed)
    }

    @Test func aDestroyedTimerNeverFiresAndFreesItsAction() throws {
        let loop = try EventLoop()
        weak var action: Token?
        do {
            let token = Token()
            action = token
            let timer = try Timer(on: loop) { Issue.record("\(token.name) fired") }
            timer.schedule(after: .zero)
        }
        #expect(action == nil)
        loop.runOneTurn()
    }

    @Test func oneTimerMayDestroyAnotherThatIsDueInTheSameTurn() throws {
        let loop = try EventLoop()
        let timers = Timers()
        timers.one = try Timer(on: loop) { Issue.record("it was destroyed before its turn") }
        let killer = try Timer(on: loop) {
            timers.one = nil
            loop.stop()
        }
        killer.schedule(after: .milliseconds(1))
        timers.one?.schedule(after: .milliseconds(1) + .microseconds(1))
        try loop.runToTheStop()
        loop.runOneTurn()
    }

    @Test(arguments: [TimeSpan.zero, .nanoseconds(1), .seconds(-5), .seconds(Int64.min)])
    func aSpanThatIsOverFiresInTheNextTurn(span: TimeSpan) throws {
        let loop = try EventLoop()
        let timer = try Timer(on: loop) { loop.stop() }
        timer.schedule(after: span)
        try loop.runToTheStop()
    }

    @Test func aSpanOfCenturiesDoesNotFire() throws {
        let loop = try EventLoop()
        let timer = try Timer(on: loop) { Issue.record("centuries are not over") }
        timer.schedule(after: .seconds(Int64.max))
        loop.runOneTurn()
    }

    /// Something that an action holds.
    private final class Token {
        let name = "token"
    }
}
