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

    /// The wheel's own timer: it goes by libevent's clock alone, for it is what tells that the loop was away. Tests look at
    /// their conditions by such a timer, as they may have the loop's clock stand still.
    package init(tickingOn loop: EventLoop, action: @escaping () -> Void) throws(EventLoopError) {
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

    /// Calls the action once after `span` from the loop's `now`, in place of any earlier schedule, and later by what the
    /// loop is away until then. Never earlier; later by some milliseconds, or microseconds on a precise loop.
    public func schedule(after span: TimeSpan) {
        alarm.schedule(after: span)
    }

    /// Calls the action once the loop's `now` has come to an instant, whether or not the loop was away: for what is to
    /// keep a pace, and judges no peer by its time. Otherwise as ``schedule(after:)``.
    public func schedule(at instant: Instant) {
        alarm.schedule(at: instant)
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
    /// Whether `due` leaves out what the loop was away.
    private var leavesAbsenceOut = true
    /// The action was put off already, so that sockets are read first.
    private var givesWay = false

    init(goingBy clock: LoopClock?, _ action: @escaping () -> Void) {
        self.clock = clock
        self.action = action
    }

    func schedule(after span: TimeSpan) {
        let span = max(.zero, span)
        if let clock { due = clock.deadlineNow + span }
        leavesAbsenceOut = true
        givesWay = false
        add(after: span)
    }

    func schedule(at instant: Instant) {
        guard let clock else { return }
        due = instant
        leavesAbsenceOut = false
        add(after: max(.zero, instant - clock.now))
    }

    private func add(after span: TimeSpan) {
        let (whole, rest) = span.inNanoseconds.quotientAndRemainder(dividingBy: 1_000)
        let microseconds = rest > 0 ? whole + 1 : whole
        let time = timeval(tv_sec: Int(microseconds / 1_000_000), tv_usec: Int(microseconds % 1_000_000))
        // Adding a timer allocates at most the heap's growth; there is no kernel to refuse it.
        try? event?.add(timeout: time)
    }

    /// libevent's clock is coarse and may be too early. It goes on while the loop is away, and afterwards its timers come
    /// before the sockets: the wait of a process that was stopped ends with EINTR, and without a look at them.
    func ring() {
        guard let clock else { return action() }
        let rest = due - (leavesAbsenceOut ? clock.deadlineNow : clock.now)
        if rest > .zero { return add(after: rest) }
        if leavesAbsenceOut, !givesWay, rest < .zero - DeadlineWheel.longestDelay {
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
