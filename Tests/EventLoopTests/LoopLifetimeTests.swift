import Sockets
import TestSupport
import Testing
import Time

@testable import EventLoop

@Suite struct LoopLifetimeTests {
    @Test func aLoopDiesWithItsBaseWhenNobodyHoldsIt() throws {
        weak var base: EventBase?
        weak var loop: EventLoop?
        do {
            let made = try EventLoop()
            base = made.base
            loop = made
            made.setDeadline(of: Recorder(), to: made.now + .seconds(1))
            made.runOneTurn()
        }
        #expect(loop == nil)
        #expect(base == nil)
    }

    @Test func eventsMayOutliveTheirLoopAndKeepNothingButTheBase() throws {
        weak var base: EventBase?
        weak var loop: EventLoop?
        let pair = try SocketPair()
        let handler = Recorder()
        do {
            let survivors: Survivors
            do {
                let made = try EventLoop()
                (base, loop) = (made.base, made)
                survivors = try Survivors(on: made, number: pair.near.number, handler: handler)
                made.runOneTurn()
            }
            #expect(loop == nil)
            #expect(base != nil)
            // Destroying, pausing and scheduling them is harmless.
            survivors.touch()
        }
        #expect(base == nil)
    }

    @Test func aHandlerWithADeadlineMayOutliveItsLoop() throws {
        weak var survivor: Recorder?
        do {
            let handlers = (0..<3).map { _ in Recorder() }
            survivor = handlers[0]
            do {
                let loop = try EventLoop()
                for handler in handlers { loop.setDeadline(of: handler, to: loop.now + .seconds(1)) }
            }
            // The wheel is gone; leaving it must touch nothing of it.
            #expect(handlers.allSatisfy { !$0.wheelLinks.isLinked })
        }
        #expect(survivor == nil)
    }

    @Test func aLoopDoesNotKeepTheHandlersItCalls() throws {
        let loop = try EventLoop()
        weak var gone: Recorder?
        do {
            let handler = Recorder()
            gone = handler
            loop.setDeadline(of: handler, to: loop.now + .seconds(1))
            loop.resumeNextTurn(handler)
            loop.runOneTurn()
            #expect(handler.resumptions == 1)
        }
        #expect(gone == nil)
    }

    @Test func manyLoopsLiveSideBySide() throws {
        let loops = try (0..<20).map { _ in try EventLoop() }
        for loop in loops {
            let timer = try Timer(on: loop) { loop.stop() }
            timer.schedule(after: .zero)
            try loop.runToTheStop()
        }
    }

    /// Events that live longer than the loop they were made on.
    private final class Survivors {
        let timer: Timer
        let watch: SocketWatch

        init(on loop: EventLoop, number: Int32, handler: EventHandler) throws {
            timer = try Timer(on: loop) {}
            watch = try SocketWatch(number, for: .readable, trigger: .edge, on: loop, handler: handler)
            timer.schedule(after: .seconds(1))
        }

        func touch() {
            timer.schedule(after: .seconds(2))
            watch.pause()
            timer.cancel()
        }
    }
}
