import Time

/// What a loop calls back: the base class of connections, sessions and listeners.
///
/// It is a class and not a protocol, because a C callback's context must be a plain object, and the
/// call must cost no existential. Watches and the deadline wheel point to it without owning it:
/// whoever owns the handler hands it to ``EventLoop/retire(_:)`` when it lets go of it inside a turn.
open class EventHandler {
    /// When ``deadlinePassed()`` is due; the wheel's business.
    final var deadline = Instant.never
    final var wheelLinks = DeadlineWheel.Links()
    /// Whether it waits for ``resumed()``; the loop's business.
    final var isToBeResumed = false

    /// Makes a handler that watches nothing.
    public init() {}

    deinit {
        wheelLinks.unlink()
    }

    /// A watched socket can be read, written, or was closed by its peer.
    open func socketReady(_ number: Int32, _ events: SocketEvents) {}

    /// The deadline set by ``EventLoop/setDeadline(of:to:)`` has passed; it is no longer set.
    open func deadlinePassed() {}

    /// The turn asked for by ``EventLoop/resumeNextTurn(_:)`` has come.
    open func resumed() {}
}
