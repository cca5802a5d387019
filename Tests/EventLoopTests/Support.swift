import Glibc
import Sockets
import Testing
import Time

@testable import EventLoop

/// A clock that stands still until a test moves it.
final class ManualClock {
    private(set) var now = Instant(nanoseconds: 1_000_000_000_000)

    func advance(by span: Duration) {
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
    /// Runs one turn, which does not wait.
    func runOneTurn() {
        let stopper = Recorder()
        stopper.onResumed = { [unowned self] in stop() }
        resumeNextTurn(stopper)
        run()
    }

    /// Runs until something stops the loop; a test that would never end fails after five seconds.
    func runToTheStop(_ location: SourceLocation = #_sourceLocation) throws {
        let guardian = try Timer(on: self) { [unowned self] in
            Issue.record("nothing stopped the loop", sourceLocation: location)
            stop()
        }
        guardian.schedule(after: .seconds(5))
        run()
    }
}

/// Two connected Unix stream sockets that do not block: what one end writes can be read at once.
struct SocketPair: ~Copyable {
    let near: FileDescriptor
    let far: FileDescriptor

    init() throws {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
        near = FileDescriptor(owning: ends[0])
        far = FileDescriptor(owning: ends[1])
    }
}

/// Writes so many bytes, or as many as fit.
@discardableResult
func send(_ count: Int, to number: Int32) -> Int {
    let bytes = [UInt8](repeating: 7, count: count)
    return Glibc.send(number, bytes, count, Int32(MSG_NOSIGNAL))
}

/// Takes everything that can be read.
@discardableResult
func drain(_ number: Int32) -> Int {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    var total = 0
    while true {
        let count = recv(number, &bytes, bytes.count, 0)
        guard count > 0 else { return total }
        total += count
    }
}

/// Writes until the kernel takes no more.
func fill(_ number: Int32) {
    while send(65_536, to: number) > 0 {}
}
