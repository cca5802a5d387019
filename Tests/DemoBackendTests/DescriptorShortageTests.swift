import EventLoop
import struct EventLoop.Timer
import class Foundation.Thread
import Glibc
import Sockets
import Synchronization
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
        let failure = Handover<String?>()
        Thread.detachNewThread {
            do {
                try Self.runWithoutDescriptors(signals)
                failure.give(nil)
            } catch { failure.give("\(error)") }
        }
        defer {
            signals.isOver.store(true, ordering: .relaxed)
            #expect(failure.take() == nil)
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

    /// Runs a backend in a thread with a table of descriptors of its own (unshare(2)), so that no other
    /// test runs out of them, and fills the table once the backend listens.
    private static func runWithoutDescriptors(_ signals: Signals) throws {
        // Swift's Glibc does not offer unshare, and 0x400 is CLONE_FILES.
        typealias Unshare = @convention(c) (Int32) -> Int32
        let unshare = unsafeBitCast(try #require(dlsym(nil, "unshare")), to: Unshare.self)
        try #require(unshare(0x400) == 0)
        let limit = lowerLimit(to: 20_000)
        for number in 3..<limit { close(Int32(number)) }

        let loop = try EventLoop()
        var limits = BackendLimits()
        limits.acceptPause = .milliseconds(20)
        let backend = try DemoBackend(
            on: loop, listen: Endpoint("0").resolve(), name: "S", baseDelay: 0...0, limits: limits)
        backend.acceptingPaused = { error in
            #expect(error.isOutOfDescriptors)
            signals.pauses.add(1, ordering: .relaxed)
        }
        var fillers = fill()
        let poller = Poller(loop) {
            if !signals.isShort.load(ordering: .relaxed), let last = fillers.popLast() { close(last) }
            if signals.isOver.load(ordering: .relaxed) { loop.stop() }
        }
        try poller.start()
        signals.port.store(Int(backend.application.port ?? 0), ordering: .relaxed)
        loop.run()
    }

    /// Takes all descriptors that are left.
    private static func fill() -> [Int32] {
        var numbers: [Int32] = []
        while true {
            let number = dup(2)
            guard number >= 0 else { return numbers }
            numbers.append(number)
        }
    }

    /// Lowers the soft limit of descriptors if it is above, so that filling the table stays cheap;
    /// no test needs more. Answers what holds then.
    private static func lowerLimit(to most: UInt) -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        getrlimit(resource, &limit)
        if limit.rlim_cur > most {
            limit.rlim_cur = most
            setrlimit(resource, &limit)
        }
        return Int(limit.rlim_cur)
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
