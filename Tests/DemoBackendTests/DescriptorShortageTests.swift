import EventLoop
import struct EventLoop.Timer
import Glibc
import Sockets
import Synchronization
import TestSupport
import Testing

@testable import DemoBackend

@Suite("A demo backend without descriptors")
struct DescriptorShortageTests {
    /// What the test and the backend's thread tell each other, by polling: a mailbox's descriptor would
    /// not be there, see ``runWithoutDescriptors``.
    private final class Signals: Sendable {
        let port = Atomic<Int>(0)
        let pauses = Atomic<Int>(0)
        let isShort = Atomic<Bool>(true)
        let isOver = Atomic<Bool>(false)
    }

    @Test("Accepting pauses when descriptors run out, does not spin, and resumes by itself")
    func pausesAndResumes() throws {
        let signals = Signals()
        let outcome = OwnDescriptors.begin { try Self.runWithoutDescriptors(signals) }
        defer {
            signals.isOver.store(true, ordering: .relaxed)
            #expect(throws: Never.self) { try outcome.take().get() }
        }
        #expect(poll { signals.port.load(ordering: .relaxed) != 0 })
        let start = ContinuousClock.now
        let client = try ScriptedClient(port: UInt16(signals.port.load(ordering: .relaxed)))
        try client.request()
        #expect(poll { signals.pauses.load(ordering: .relaxed) >= 3 })
        let pauses = signals.pauses.load(ordering: .relaxed)
        // Half of the pause, because the loop's clock is coarse.
        #expect(ContinuousClock.now - start >= .milliseconds(10) * (pauses - 1))
        signals.isShort.store(false, ordering: .relaxed)
        #expect(try client.response().status == 200)
    }

    /// Runs a backend, and takes all descriptors once it listens.
    private static func runWithoutDescriptors(_ signals: Signals) throws {
        let loop = try EventLoop()
        var limits = DemoBackend.limits
        limits.acceptPause = .milliseconds(20)
        let backend = try DemoBackend(
            on: loop, listen: Endpoint("0").resolve(), name: "S", baseDelay: 0...0, limits: limits)
        backend.acceptingPaused = { error in
            #expect(error.isOutOfDescriptors)
            signals.pauses.add(1, ordering: .relaxed)
        }
        var fillers = OwnDescriptors.takeAll()
        let poller = Poller(loop) {
            if !signals.isShort.load(ordering: .relaxed), let last = fillers.popLast() { close(last) }
            if signals.isOver.load(ordering: .relaxed) { loop.stop() }
        }
        try poller.start()
        signals.port.store(Int(backend.application.port ?? 0), ordering: .relaxed)
        loop.run()
    }
}

/// Does something every few milliseconds.
private final class Poller {
    private var timer: Timer?
    private let loop: EventLoop
    private let action: () -> Void

    init(_ loop: EventLoop, action: @escaping () -> Void) {
        self.loop = loop
        self.action = action
    }

    func start() throws {
        timer = try Timer(on: loop) { [unowned self] in
            action()
            timer?.schedule(after: .milliseconds(5))
        }
        timer?.schedule(after: .milliseconds(5))
    }
}
