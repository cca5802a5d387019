import CLibevent

/// What can happen on a watched socket.
public struct SocketEvents: OptionSet, Sendable {
    /// libevent's bits (`EV_READ` and so on).
    public let rawValue: Int16

    /// Wraps libevent's bits.
    public init(rawValue: Int16) {
        self.rawValue = rawValue
    }

    /// There is something to read: bytes, the stream's end, or an error.
    public static let readable = SocketEvents(rawValue: Int16(EV_READ))
    /// There is room to write, a connection was made, or an error is to be learned by writing.
    public static let writable = SocketEvents(rawValue: Int16(EV_WRITE))
    /// The peer will send no more (EPOLLRDHUP); what it sent before may still wait to be read.
    public static let closed = SocketEvents(rawValue: Int16(EV_CLOSED))
    /// The connection is broken (EPOLLERR): a reset, or an attempt to connect that failed. Reported together with all of
    /// the above, where ``closed`` is watched. What the peer sent before can still be read; then the read fails, or
    /// tells the end where that had come before the reset.
    public static let failed = SocketEvents(rawValue: 0x100)

    /// What libevent reports beside the trigger's bit.
    private static let conditions: SocketEvents = [.readable, .writable, .closed]

    /// What a handler is told of libevent's report.
    ///
    /// The peer's end always comes with something to read (`tcp_poll`, `unix_poll`). Where it comes without, the
    /// `epoll_wait` of CSystem has put it in an error's place.
    static func reported(_ bits: Int16) -> SocketEvents {
        let events = SocketEvents(rawValue: bits).intersection(conditions)
        guard events.contains(.closed), !events.contains(.readable) else { return events }
        return [.readable, .writable, .closed, .failed]
    }

    /// Report changes, not states: one registration for a socket's life.
    static let edgeTriggered = SocketEvents(rawValue: Int16(EV_ET))
    /// Stay registered after an event.
    static let persistent = SocketEvents(rawValue: Int16(EV_PERSIST))
}
