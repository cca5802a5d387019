import Glibc
import TestSupport
import Testing

@testable import EventLoop

/// One after the other: one loop of a process alone may watch signals.
@Suite(.serialized) struct SignalWatchTests {
    @Test func eachSignalCallsItsActionOnTheLoop() throws {
        let loop = try EventLoop()
        var seen: [Int32] = []
        let first = try SignalWatch(SIGUSR1, on: loop) { seen.append(SIGUSR1) }
        let second = try SignalWatch(SIGUSR2, on: loop) {
            seen.append(SIGUSR2)
            loop.stop()
        }
        kill(getpid(), SIGUSR1)
        try waitUntilDelivered(to: loop) { seen == [SIGUSR1] }
        kill(getpid(), SIGUSR2)
        try loop.runToTheStop()
        #expect(seen == [SIGUSR1, SIGUSR2])
        discard(first)
        discard(second)
    }

    @Test func aSignalThatComesAgainIsReportedAgain() throws {
        let loop = try EventLoop()
        var count = 0
        let watch = try SignalWatch(SIGUSR1, on: loop) {
            count += 1
            if count == 3 { loop.stop() } else { kill(getpid(), SIGUSR1) }
        }
        kill(getpid(), SIGUSR1)
        try loop.runToTheStop()
        #expect(count == 3)
        discard(watch)
    }

    @Test func aWatchMayBeDestroyedInItsOwnAction() throws {
        let loop = try EventLoop()
        let owner = Owner()
        owner.watch = try SignalWatch(SIGUSR1, on: loop) {
            owner.watch = nil
            loop.stop()
        }
        kill(getpid(), SIGUSR1)
        try loop.runToTheStop()
        let isDestroyed = owner.watch == nil
        #expect(isDestroyed)
    }

    @Test func writingToAClosedPeerIsAnErrorAndNoSignal() throws {
        SignalWatch.ignoreBrokenPipes()
        let pair = try SocketPair()
        shutdown(pair.near.number, Int32(SHUT_WR))
        #expect(write(pair.near.number, "x", 1) == -1)
        #expect(errno == EPIPE)
    }

    /// Runs turns until the condition holds; the kernel may deliver to any of the process's threads.
    private func waitUntilDelivered(to loop: EventLoop, _ condition: @escaping () -> Bool) throws {
        let end = loop.now.nanoseconds + 5_000_000_000
        while !condition() && loop.now.nanoseconds < end { loop.runOneTurn() }
        try #require(condition())
    }

    private func discard(_ watch: consuming SignalWatch) {}

    private final class Owner {
        var watch: SignalWatch?
    }
}
