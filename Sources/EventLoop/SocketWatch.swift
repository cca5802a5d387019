import CSystem

/// Watches one socket for one handler until it is destroyed.
///
/// Destroy it before the socket's descriptor is closed, or together with it. While a watch lives on a
/// closed number, libevent takes the next socket of that number, which may be accepted in the same
/// turn, for one that it watches already, and nothing is ever reported of it.
public struct SocketWatch: ~Copyable {
    private let event: Event

    /// How a watch reports.
    public enum Trigger {
        /// Each change once: the handler reads and writes until it would block. One registration
        /// serves both directions for the connection's life.
        case edge
        /// Each turn as long as the state holds: for listeners, which may leave clients waiting.
        case level
    }

    /// Begins to watch.
    ///
    /// The handler is not retained; see ``EventHandler``.
    ///
    /// - Precondition: whoever watches for ``SocketEvents/closed`` watches for ``SocketEvents/readable`` too.
    /// - Throws: ``EventLoopError`` when the kernel refuses the descriptor.
    public init(
        _ number: Int32, for events: SocketEvents, trigger: Trigger, on loop: EventLoop,
        handler: EventHandler
    ) throws(EventLoopError) {
        assert(!events.contains(.closed) || events.contains(.readable), "an end would look like an error")
        var flags = events.union(.persistent)
        if trigger == .edge { flags.formUnion(.edgeTriggered) }
        let event = try Event(
            on: loop, number: number, flags: flags.rawValue, context: handler, callback: socketTrampoline)
        try event.add()
        self.event = event
    }

    /// Ends the watch of a socket whose descriptor is closed next, which takes it out of the kernel's set by
    /// itself: so the end costs no call.
    ///
    /// - Precondition: the descriptor has no duplicate, which would stay in the set with nobody to tell. (A worker
    ///   thread that parts with the table has some for microseconds: a spurious event at the worst.)
    public consuming func endWithSocket() {
        evenkeel_begin_leaving_by_close()
        // Ends the event's life, and nothing else.
        _ = consume self
        evenkeel_end_leaving_by_close()
    }

    /// Stops reports until ``resume()``; what happens meanwhile is reported then.
    public func pause() {
        event.remove()
    }

    /// Goes on after ``pause()``.
    ///
    /// - Throws: ``EventLoopError`` when the kernel has no memory for it.
    public func resume() throws(EventLoopError) {
        try event.add()
    }
}
