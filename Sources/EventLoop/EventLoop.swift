import CLibevent
import Time

/// One thread's loop over sockets, timers and signals, on libevent.
///
/// Everything that hangs off a loop is confined to the thread that runs it; ``Mailbox`` alone crosses
/// threads. There is no global state, so a process can run one loop for each core.
///
/// A turn is one wait of the kernel with the callbacks that it led to. At its end come those that
/// asked for ``resumeNextTurn(_:)``, and then the objects die that were handed to ``retire(_:)``.
public final class EventLoop {
    let base: EventBase
    let deadlines: DeadlineWheel
    let time: LoopClock
    /// Reads the time; tests put a clock of their own here.
    var clock: () -> Instant {
        get { time.read }
        set { time.read = newValue }
    }
    private var isStopped = false
    private var resuming: [EventHandler] = []
    private var resumed: [EventHandler] = []
    private var retired: [AnyObject] = []
    private var dying: [AnyObject] = []

    /// Makes a loop.
    ///
    /// - Parameter precise: whether its timers are late by microseconds and not by up to 4 ms, for one more system call in
    ///   each turn and one more descriptor: for a pace of thousands a second.
    /// - Throws: ``EventLoopError`` when the kernel gives no epoll descriptor.
    public init(precise: Bool = false) throws(EventLoopError) {
        base = try EventBase(precise: precise)
        deadlines = DeadlineWheel()
        time = LoopClock(deadlines)
    }

    /// The time, read at most once a turn; between turns, such as while things are set up, read
    /// each time.
    public var now: Instant { time.now }

    /// The time that deadlines and timers go by: ``now`` less what the loop was away, because its process was
    /// stopped, its machine suspended, or neither given a processor for longer than ``DeadlineWheel/longestDelay``.
    /// What waits for a peer must not end before the peer's bytes of that time are read. HAProxy's clock leaves such
    /// times out, too.
    public var deadlineNow: Instant { time.deadlineNow }

    /// Runs turns until ``stop()``.
    public func run() {
        isStopped = false
        while !isStopped { turn() }
    }

    /// Ends ``run()`` after the current turn.
    public func stop() {
        isStopped = true
    }

    /// One turn; it waits for an event unless some handler asked to be resumed.
    private func turn() {
        // Taken before the sockets have their turn: who asks in a socket's callback comes next turn.
        swap(&resuming, &resumed)
        var flags = EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY
        if !resumed.isEmpty { flags |= EVLOOP_NONBLOCK }
        time.beginTurn()
        event_base_loop(base.pointer, flags)
        resumeHandlers()
        freeRetired()
        time.endTurn()
    }

    private func resumeHandlers() {
        guard !resumed.isEmpty else { return }
        for handler in resumed {
            handler.isToBeResumed = false
            handler.resumed()
        }
        resumed.removeAll(keepingCapacity: true)
    }

    /// In rounds, because an object that dies may retire others.
    private func freeRetired() {
        while !retired.isEmpty {
            swap(&retired, &dying)
            dying.removeAll(keepingCapacity: true)
        }
    }

    /// Calls the handler's ``EventHandler/resumed()`` once, after the sockets of the next turn had
    /// theirs: for one that has more to do than is fair in one go.
    public func resumeNextTurn(_ handler: EventHandler) {
        guard !handler.isToBeResumed else { return }
        handler.isToBeResumed = true
        resuming.append(handler)
    }

    /// Keeps an object alive until the turn ends, so that none is freed inside its own callback.
    public func retire(_ object: AnyObject) {
        retired.append(object)
    }

    /// Calls the handler's ``EventHandler/deadlinePassed()`` once that time has come, late by up to
    /// two of ``DeadlineWheel/tick``, and by what the loop is away until then. It replaces the handler's earlier deadline; moving one later, as each
    /// byte on a connection does, costs one store.
    public func setDeadline(of handler: EventHandler, to deadline: Instant) {
        deadlines.set(handler, to: deadline, on: self)
    }

    /// Takes the handler's deadline away.
    public func clearDeadline(of handler: EventHandler) {
        deadlines.clear(handler)
    }
}

/// Why a loop, a watch or a timer could not be made.
public enum EventLoopError: Error, CustomStringConvertible {
    /// The kernel refused, mostly because descriptors or memory have run out.
    case unavailable

    /// The whole message, in one line.
    public var description: String { "the event loop cannot watch more: descriptors or memory have run out" }
}
