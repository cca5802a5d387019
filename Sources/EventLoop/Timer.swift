import CLibevent
import Time

/// Calls an action once after a span, as often as it is scheduled.
///
/// For the few timers that want to be on time, such as health checks; connections, which are many and
/// nearly never late, use ``EventLoop/setDeadline(of:to:)``.
public struct Timer: ~Copyable {
    private let event: Event
    private let callback: Callback

    /// Makes a timer that is not scheduled yet. The action is kept until the timer is destroyed;
    /// destroying it, also inside its own action, cancels it.
    ///
    /// - Throws: ``EventLoopError`` when no memory is left.
    public init(on loop: EventLoop, action: @escaping () -> Void) throws(EventLoopError) {
        callback = Callback(action)
        event = try Event(on: loop, number: -1, flags: 0, context: callback, callback: callbackTrampoline)
    }

    /// Calls the action once after `span`, in place of any earlier schedule. The loop's clock has a
    /// resolution of about 4 ms.
    public func schedule(after span: Duration) {
        let microseconds = max(0, span.inNanoseconds / 1_000)
        let seconds = Int(microseconds / 1_000_000)
        // Adding a timer allocates at most the heap's growth; there is no kernel to refuse it.
        try? event.add(timeout: timeval(tv_sec: seconds, tv_usec: Int(microseconds % 1_000_000)))
    }

    /// Takes the schedule back.
    public func cancel() {
        event.remove()
    }
}
