import Sockets
import TestSupport
import Testing
import Time

@testable import EventLoop

@Suite struct TurnTests {
    @Test func theTimeStandsStillWithinATurn() throws {
        let loop = try EventLoop()
        let clock = ManualClock()
        loop.clock = { clock.now }
        var times: [Instant] = []
        let timer = try Timer(on: loop) {
            times.append(loop.now)
            clock.advance(by: .seconds(1))
            times.append(loop.now)
            loop.stop()
        }
        timer.schedule(after: .zero)
        try loop.runToTheStop()
        let start = clock.now + .seconds(-1)
        #expect(times == [start, start])
        #expect(loop.now == clock.now)
    }

    @Test func theTimeOfSettingUpIsNotTheTimeOfTheFirstTurn() throws {
        let loop = try EventLoop()
        let clock = ManualClock()
        loop.clock = { clock.now }
        let setUp = loop.now
        var first: Instant?
        // The clock moves while the loop waits: before its first callback has asked for the time.
        let timer = try Timer(on: loop) {
            first = loop.now
            loop.stop()
        }
        timer.schedule(after: .zero)
        clock.advance(by: .seconds(10))
        #expect(loop.now == setUp + .seconds(10))
        clock.advance(by: .seconds(10))
        try loop.runToTheStop()
        #expect(first == setUp + .seconds(20))
    }

    @Test func handlersAreResumedInTheOrderTheyAsked() throws {
        let loop = try EventLoop()
        var order: [String] = []
        let handlers = ["first", "second", "third"].map { name in
            let handler = Recorder()
            handler.onResumed = { order.append(name) }
            return handler
        }
        for handler in handlers { loop.resumeNextTurn(handler) }
        loop.runOneTurn()
        #expect(order == ["first", "second", "third"])
        loop.runOneTurn()
        #expect(order.count == 3)
    }

    @Test func aHandlerThatAsksTwiceIsResumedOnce() throws {
        let loop = try EventLoop()
        let handler = Recorder()
        loop.resumeNextTurn(handler)
        loop.resumeNextTurn(handler)
        loop.runOneTurn()
        #expect(handler.resumptions == 1)
        loop.resumeNextTurn(handler)
        loop.runOneTurn()
        #expect(handler.resumptions == 2)
    }

    @Test func whoAsksInASocketsCallbackIsResumedAfterTheSocketsOfTheNextTurn() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        let handler = Recorder()
        handler.onSocket = { [unowned handler] _ in loop.resumeNextTurn(handler) }
        let watch = try SocketWatch(
            pair.near.number, for: .readable, trigger: .edge, on: loop, handler: handler)
        send(1, to: pair.far.number)
        loop.runOneTurn()
        #expect(handler.events.count == 1)
        #expect(handler.resumptions == 0)
        loop.runOneTurn()
        #expect(handler.resumptions == 1)
        withExtendedLifetime(watch) {}
    }

    @Test func socketsGetTheirTurnWhileAHandlerKeepsAskingToBeResumed() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        let busy = Recorder()
        busy.onResumed = { [unowned busy, unowned loop] in
            if busy.resumptions == 10 { send(1, to: pair.far.number) }
            if busy.resumptions > 1_000 { loop.stop() }
            loop.resumeNextTurn(busy)
        }
        var seenAt: Int?
        let reader = Recorder()
        reader.onSocket = { _ in
            seenAt = busy.resumptions
            loop.stop()
        }
        let watch = try SocketWatch(
            pair.near.number, for: .readable, trigger: .edge, on: loop, handler: reader)
        loop.resumeNextTurn(busy)
        try loop.runToTheStop()
        #expect(seenAt == 10)
        withExtendedLifetime(watch) {}
    }

    @Test func timersFireWhileAHandlerKeepsAskingToBeResumed() throws {
        let loop = try EventLoop()
        let busy = Recorder()
        busy.onResumed = { [unowned busy, unowned loop] in loop.resumeNextTurn(busy) }
        loop.resumeNextTurn(busy)
        let timer = try Timer(on: loop) { loop.stop() }
        timer.schedule(after: .milliseconds(5))
        try loop.runToTheStop()
    }

    @Test func aRetiredObjectLivesUntilTheTurnEnds() throws {
        let loop = try EventLoop()
        weak var retired: Recorder?
        var wasAlive = false
        do {
            let handler = Recorder()
            retired = handler
            loop.retire(handler)
        }
        let witness = Recorder()
        witness.onResumed = { wasAlive = retired != nil }
        loop.resumeNextTurn(witness)
        #expect(retired != nil)
        loop.runOneTurn()
        #expect(wasAlive)
        #expect(retired == nil)
    }

    @Test func aHandlerMayRetireItselfInItsOwnCallback() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        let session = Session()
        weak var handler: Recorder?
        do {
            let owned = Recorder()
            handler = owned
            session.handler = owned
            session.watch = try SocketWatch(
                pair.near.number, for: .readable, trigger: .edge, on: loop, handler: owned)
        }
        var wasAliveAfterwards = false
        handler?.onSocket = { _ in
            session.watch = nil
            if let own = session.handler { loop.retire(own) }
            session.handler = nil
            wasAliveAfterwards = handler != nil
        }
        send(1, to: pair.far.number)
        loop.runOneTurn()
        #expect(wasAliveAfterwards)
        #expect(handler == nil)
    }

    @Test func anObjectMayRetireAnotherAsItDies() throws {
        let loop = try EventLoop()
        weak var inner: Recorder?
        do {
            let outer = Recorder()
            let kept = Recorder()
            inner = kept
            outer.onDeinit = { [unowned loop] in loop.retire(kept) }
            loop.retire(outer)
        }
        loop.runOneTurn()
        // The object dies, and with it the closure that kept the other.
        #expect(inner == nil)
    }

    @Test func aDyingObjectMayAskForAnotherToBeResumed() throws {
        let loop = try EventLoop()
        let next = Recorder()
        do {
            let dying = Recorder()
            dying.onDeinit = { [unowned loop] in loop.resumeNextTurn(next) }
            loop.retire(dying)
        }
        loop.runOneTurn()
        #expect(next.resumptions == 0)
        loop.runOneTurn()
        #expect(next.resumptions == 1)
    }

    @Test func aLoopCanBeRunAgainAfterAStop() throws {
        let loop = try EventLoop()
        for _ in 0..<3 {
            let timer = try Timer(on: loop) { loop.stop() }
            timer.schedule(after: .zero)
            try loop.runToTheStop()
        }
    }

    /// What owns a handler and its watch.
    private final class Session {
        var handler: Recorder?
        var watch: SocketWatch?
    }
}
