import CSystem
import Glibc

/// A connected (or connecting) stream socket that never blocks and closes itself.
public struct Socket: ~Copyable, Sendable {
    private let descriptor: FileDescriptor

    /// The descriptor's number, for event watches and logs.
    public var number: Int32 { descriptor.number }

    /// Takes over a connected, non-blocking descriptor.
    init(owning number: Int32) {
        descriptor = FileDescriptor(owning: number)
    }

    /// Stands where no connection is: reads and writes fail. Assigning it closes the socket before.
    public static var none: Socket { Socket(owning: -1) }

    /// Begins to connect; it has succeeded once the socket is writable and ``pendingError()`` is nil.
    ///
    /// - Parameter delayingSmallWrites: leaves Nagle's delay on, for whoever calls ``sendAtOnce()`` before the
    ///   second write: the first is never delayed, because nothing is on its way (tcp(7), `TCP_NODELAY`).
    /// - Parameter completingHandshake: false for a look whether somebody listens: see ``leaveHandshakeOpen()``.
    /// - Throws: what socket(2) or connect(2) said at once, such as a lack of descriptors, of local
    ///   ports, or a Unix socket that nobody listens on.
    public static func connect(
        to address: SocketAddress, delayingSmallWrites: Bool = false, completingHandshake: Bool = true
    ) throws(SystemError) -> Socket {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let number = socket(address.family, type, 0)
        guard number >= 0 else { throw .last }
        let connecting = Socket(owning: number)
        if !delayingSmallWrites, address.family != AF_UNIX { connecting.sendAtOnce() }
        if !completingHandshake, address.family != AF_UNIX { connecting.leaveHandshakeOpen() }
        let result = address.withPointer { Glibc.connect(number, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else { throw .last }
        return connecting
    }

    /// Turns off Nagle's delay: a relay passes on what it has, and the sender decided its size.
    /// It cannot fail for TCP; a Unix socket, which has no such delay, refuses it and that changes nothing.
    public func sendAtOnce() {
        var one: Int32 = 1
        setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Keeps the handshake's last packet back, and makes the close a reset in its place: to the peer's kernel the
    /// handshake failed, and its program's accept(2) knows nothing of it. So HAProxy checks without a request.
    ///
    /// Linux sends that packet by itself after 200 ms (`TCP_DELACK_MAX`). Whoever closes later than that, in a busy
    /// turn, was a client that reset its connection. A Unix socket has no handshake: connect(2) makes a whole
    /// connection.
    private func leaveHandshakeOpen() {
        var zero: Int32 = 0
        setsockopt(number, Int32(IPPROTO_TCP), TCP_QUICKACK, &zero, socklen_t(MemoryLayout<Int32>.size))
        resetOnClose()
    }

    /// The error of a connection attempt, taken (SO_ERROR); nil when it succeeded.
    public func pendingError() -> SystemError? {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else { return .last }
        return code == 0 ? nil : SystemError(code: code)
    }

    /// Whether the connection's two ends are this one socket: TCP's simultaneous open, which happens when
    /// nobody listens on a port of this machine that the kernel then picks as the local one.
    public var isConnectedToItself: Bool {
        guard let local = localAddress, let peerAddress,
            local.family != AF_UNIX
        else { return false }
        return local.description == peerAddress.description
    }

    /// Whether an idle connection still stands, as far as the kernel knows: nothing waits to be read, neither
    /// bytes nor the stream's end nor an error.
    public var isQuietlyOpen: Bool {
        var byte: UInt8 = 0
        return recv(number, &byte, 1, Int32(MSG_PEEK)) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
    }

    /// Reads what is there, as far as the buffer has room and at most `limit` bytes.
    ///
    /// - Precondition: the buffer has room, and the limit is not 0.
    public func read(into buffer: inout Buffer, atMost limit: Int = .max) -> IOResult {
        assert(buffer.room > 0 && limit > 0, "reading into a full buffer looks like the stream's end")
        while true {
            let count = buffer.appending(atMost: limit) { recv(number, $0, $1, 0) }
            if count > 0 { return .moved(count) }
            if count == 0 { return .ended }
            if errno != EINTR { return Self.failure() }
        }
    }

    /// Writes from the buffer's front, as far as the kernel takes it.
    ///
    /// - Precondition: the buffer is not empty.
    public func write(from buffer: inout Buffer) -> IOResult {
        while true {
            let count = buffer.removing { send(number, $0, $1, Int32(MSG_NOSIGNAL)) }
            if count >= 0 { return .moved(count) }
            if errno != EINTR { return Self.failure() }
        }
    }

    /// Writes the buffer's bytes from `offset` on, as far as the kernel takes them; they stay in the buffer.
    ///
    /// - Precondition: there are bytes behind the offset.
    public func write(keeping buffer: borrowing Buffer, from offset: Int) -> IOResult {
        while true {
            let count = buffer.peeking(from: offset) { send(number, $0, $1, Int32(MSG_NOSIGNAL)) }
            if count >= 0 { return .moved(count) }
            if errno != EINTR { return Self.failure() }
        }
    }

    /// Writes bytes, as far as the kernel takes them.
    ///
    /// - Precondition: there are some.
    public func write(_ bytes: Span<UInt8>) -> IOResult {
        while true {
            let count = bytes.withUnsafeBytes { send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count >= 0 { return .moved(count) }
            if errno != EINTR { return Self.failure() }
        }
    }

    private static func failure() -> IOResult {
        errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .failed(.last)
    }

    /// How many bytes that were written the peer's kernel has not acknowledged; nil when that is not known.
    public var unacknowledgedBytes: Int? {
        let count = evenkeel_unacknowledged(number)
        return count < 0 ? nil : Int(count)
    }

    /// Tells the peer that nothing more is sent; reading goes on (half-close). A connection that is
    /// broken already is found out by the next read.
    public func finishWriting() {
        shutdown(number, Int32(SHUT_WR))
    }

    /// Makes the close a reset: the peer learns that the stream was cut, and no TIME_WAIT is left.
    public func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(number, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Bounds what the kernel keeps for a peer that does not read, in bytes; it doubles the number (socket(7)).
    public func limitSendBuffer(to bytes: Int32) {
        var bytes = bytes
        setsockopt(number, SOL_SOCKET, SO_SNDBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Our own address, as the peer sees it; nil when there is no socket.
    public var localAddress: SocketAddress? {
        SocketAddress { getsockname(number, $0, $1) }
    }

    /// The peer's address; nil when the connection is gone.
    public var peerAddress: SocketAddress? {
        SocketAddress { getpeername(number, $0, $1) }
    }
}
