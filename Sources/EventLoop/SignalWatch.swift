import CLibevent
import Glibc

/// Calls an action on the loop's thread each time the process gets a signal.
///
/// One loop of a process alone may watch signals (a rule of libevent).
public struct SignalWatch: ~Copyable {
    private let event: Event
    private let callback: Callback

    /// Begins to watch a signal such as `SIGTERM`; its default action no longer happens.
    ///
    /// - Throws: ``EventLoopError`` when the kernel refuses.
    public init(_ signal: Int32, on loop: EventLoop, action: @escaping () -> Void) throws(EventLoopError) {
        callback = Callback(action)
        let event = try Event(
            on: loop, number: signal, flags: Int16(EV_SIGNAL | EV_PERSIST), context: callback,
            callback: callbackTrampoline)
        try event.add()
        self.event = event
    }

    /// Whether the process was started with a signal ignored, as by nohup(1) or in the background of a script.
    public static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// Ignores SIGPIPE for the whole process: writing to a closed peer is an error that the write
    /// reports, and must never end the process.
    public static func ignoreBrokenPipes() {
        ignore(SIGPIPE)
    }

    /// Ignores a signal for the whole process, and for those that it starts.
    public static func ignore(_ number: Int32) {
        signal(number, SIG_IGN)
    }
}
