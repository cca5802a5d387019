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

    /// What a handler is told; libevent's report has the trigger's bit as well.
    static let reported: SocketEvents = [.readable, .writable, .closed]

    /// Report changes, not states: one registration for a socket's life.
    static let edgeTriggered = SocketEvents(rawValue: Int16(EV_ET))
    /// Stay registered after an event.
    static let persistent = SocketEvents(rawValue: Int16(EV_PERSIST))
}
