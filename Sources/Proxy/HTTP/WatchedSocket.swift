import EventLoop
import Sockets

/// A socket with its edge-triggered watch, and what the edges said that has not been used up yet.
struct WatchedSocket: ~Copyable {
    // The watch goes before the socket: a watch must not outlive its socket's number.
    private var watch: SocketWatch?
    private(set) var socket: Socket
    /// A read may bring something.
    private(set) var isReadable = false
    /// The peer has closed its end: reads go on until they say so.
    private(set) var isClosing = false
    /// The connection is broken: reads bring what came before that, and then say so.
    private(set) var isBroken = false
    /// A write has met the reset. The kernel tells it once: a read would take it for the stream's end.
    private var reset: SystemError?

    /// Takes over a socket that nobody watches yet.
    init(_ socket: consuming Socket) {
        self.socket = socket
    }

    var isWatched: Bool { watch != nil }

    mutating func watch(on loop: EventLoop, handler: EventHandler) throws(EventLoopError) {
        watch = try SocketWatch(
            socket.number, for: [.readable, .writable, .closed], trigger: .edge, on: loop, handler: handler)
    }

    /// A socket that was just accepted or connected may have bytes already.
    mutating func assumeReadable() {
        isReadable = true
    }

    /// Whether an idle connection stands and says nothing.
    mutating func isQuiet() -> Bool {
        guard isReadable else { return true }
        guard socket.isQuietlyOpen else { return false }
        isReadable = false
        return true
    }

    mutating func note(_ events: SocketEvents) {
        if events.contains(.closed) { isClosing = true }
        if events.contains(.failed) { isBroken = true }
        if events.contains(.readable) || events.contains(.closed) { isReadable = true }
    }

    /// A write has failed.
    mutating func noteWriting(failedWith error: SystemError) {
        // Behind the stream's end a reset is told as EPIPE, and the end is one.
        if error.isReset { reset = error }
    }

    /// Reads into a buffer with room, at most `limit` bytes.
    mutating func read(into buffer: inout Buffer, atMost limit: Int = .max) -> IOResult {
        let wanted = min(buffer.room, limit)
        let result = socket.read(into: &buffer, atMost: wanted)
        switch result {
        case .moved(let count) where count < wanted && !isClosing: isReadable = false
        case .ended: if let reset { return .failed(reset) }
        case .moved, .failed: break
        case .wouldBlock: isReadable = false
        }
        return result
    }

    /// Moves what came into an empty pipe, at most `limit` bytes. That less came than was wanted says nothing
    /// here: a pipe may be full of few bytes.
    mutating func fill(_ pipe: Pipe, atMost limit: Int) -> IOResult {
        let result = pipe.fill(from: socket, atMost: limit)
        if result == .wouldBlock { isReadable = false }
        return result
    }

    func write(from pipe: Pipe) -> IOResult {
        pipe.drain(into: socket)
    }

    func write(from buffer: inout Buffer) -> IOResult {
        socket.write(from: &buffer)
    }

    mutating func close() {
        watch.take()?.endWithSocket()
        socket = .none
    }
}
