import CLibevent
import Time

/// Calls an action once after a span, as often as it is scheduled.
///
/// For the few timers that want to be on time, such as health checks; connections, which are many and
/// nearly never late, use ``EventLoop/setDeadline(of:to:)``.
public struct Timer: ~Copyable {
    private let alarm: Alarm

    /// Makes a timer that is not scheduled yet. The action is kept until the timer is destroyed;
    /// destroying it, also inside its own action, cancels it.
    ///
    /// - Throws: ``EventLoopError`` when no memory is left.
    public init(on loop: EventLoop, action: @escaping () -> Void) throws(EventLoopError) {
        try self.init(on: loop, goingBy: loop.time, action: action)
    }

    /// The wheel's own timer: it goes by libevent's clock alone, for it is what tells that the loop was away.
    init(tickingOn loop: EventLoop, action: @escaping () -> Void) throws(EventLoopError) {
        try self.init(on: loop, goingBy: nil, action: action)
    }

    private init(
        on loop: EventLoop, goingBy clock: LoopClock?, action: @escaping () -> Void
    ) throws(EventLoopError) {
        alarm = Alarm(goingBy: clock, action)
        alarm.event = try Event(on: loop, number: -1, flags: 0, context: alarm, callback: alarmTrampoline)
    }

    deinit {
        alarm.event = nil
    }

    /// Calls the action once after `span`, in place of any earlier schedule, and later by what the loop is away
    /// until then. The loop's clock has a resolution of about 4 ms.
    public func schedule(after span: Duration) {
        alarm.schedule(after: span)
    }

    /// Takes the schedule back.
    public func cancel() {
        alarm.event?.remove()
    }
}

/// A timer's event with its action, in an object that a context pointer can name.
private final class Alarm {
    private let clock: LoopClock?
    private let action: () -> Void
    var event: Event?
    private var due = Instant.never
    /// The action was put off already, so that sockets are read first.
    private var givesWay = false

    init(goingBy clock: LoopClock?, _ action: @escaping () -> Void) {
        self.clock = clock
        self.action = action
    }

    func schedule(after span: Duration) {
        let span = max(.zero, span)
        if let clock { due = clock.deadlineNow + span }
        givesWay = false
        add(after: span)
    }

    private func add(after span: Duration) {
        let microseconds = span.inNanoseconds / 1_000
        let time = timeval(tv_sec: Int(microseconds / 1_000_000), tv_usec: Int(microseconds % 1_000_000))
        // Adding a timer allocates at most the heap's growth; there is no kernel to refuse it.
        try? event?.add(timeout: time)
    }

    /// libevent's clock goes on while the loop is away, and afterwards its timers come before the sockets: the wait of
    /// a process that was stopped ends with EINTR, and without a look at them.
    func ring() {
        guard let clock else { return action() }
        let rest = due - clock.deadlineNow
        // That clock is coarse, so a moment does not count.
        if rest > DeadlineWheel.tick { return add(after: rest) }
        if rest < .zero - DeadlineWheel.longestDelay, !givesWay {
            givesWay = true
            return add(after: DeadlineWheel.tick)
        }
        action()
    }
}

private func alarmTrampoline(_ number: Int32, _ events: Int16, _ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    // Counted: the action may destroy the timer that holds it.
    Unmanaged<Alarm>.fromOpaque(context).takeUnretainedValue().ring()
}
