import Time

/// What a loop calls back: the base class of connections, sessions and listeners.
///
/// It is a class and not a protocol, because a C callback's context must be a plain object, and the
/// call must cost no existential. Watches and the deadline wheel point to it without owning it, and a
/// call from the loop does not count a reference either: whoever owns the handler hands it to
/// ``EventLoop/retire(_:)`` first, and then lets go of it.
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

    /// A watched socket can be read, written, was closed by its peer, or is broken.
    open func socketReady(_ number: Int32, _ events: SocketEvents) {}

    /// The deadline set by ``EventLoop/setDeadline(of:to:)`` has passed; it is no longer set.
    open func deadlinePassed() {}

    /// The turn asked for by ``EventLoop/resumeNextTurn(_:)`` has come.
    open func resumed() {}
}
