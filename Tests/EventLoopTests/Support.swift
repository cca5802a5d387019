import Sockets
import Testing
import Time

@testable import EventLoop

/// A clock that stands still until a test moves it.
final class ManualClock {
    private(set) var now = Instant(nanoseconds: 1_000_000_000_000)

    func advance(by span: TimeSpan) {
        now = now + span
    }
}

/// A handler made of closures, which remembers what it was told.
final class Recorder: EventHandler {
    private(set) var events: [SocketEvents] = []
    private(set) var resumptions = 0
    private(set) var passed = 0
    var onSocket: (SocketEvents) -> Void = { _ in }
    var onResumed: () -> Void = {}
    var onDeadline: () -> Void = {}
    var onDeinit: () -> Void = {}

    deinit {
        onDeinit()
    }

    override func socketReady(_ number: Int32, _ events: SocketEvents) {
        self.events.append(events)
        onSocket(events)
    }

    override func resumed() {
        resumptions += 1
        onResumed()
    }

    override func deadlinePassed() {
        passed += 1
        onDeadline()
    }

    /// What was reported since the last time this was asked.
    func takeEvents() -> [SocketEvents] {
        defer { events = [] }
        return events
    }
}

extension EventLoop {
    /// Runs until something stops the loop; a test that would never end fails after five seconds.
    func runToTheStop(_ location: SourceLocation = #_sourceLocation) throws {
        let guardian = try Timer(tickingOn: self) { [unowned self] in
            Issue.record("nothing stopped the loop", sourceLocation: location)
            stop()
        }
        guardian.schedule(after: .seconds(5))
        run()
    }
}
