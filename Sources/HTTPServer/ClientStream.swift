import EventLoop
import Sockets

/// A client's socket with its watch, and the bytes on their way in and out.
///
/// Buffers exist only while there is something in them, so that ten thousand idle or delayed connections hold no memory
/// for bytes.
struct ClientStream: ~Copyable {
    /// What came of reading.
    enum Filling {
        /// There are new bytes in the input.
        case filled
        /// The input has no room left.
        case full
        /// Nothing has come; the watch tells when.
        case wouldBlock
        /// The client has ended its stream.
        case ended
        /// The connection is broken.
        case failed
    }

    /// What came of writing.
    enum Flushing {
        /// Nothing waits any more, or the watch tells when the client takes more.
        case done
        /// There is more than a turn's share.
        case more
        /// The connection is broken.
        case failed
    }

    /// Bytes of a request, or of pipelined ones, that wait to be read: the longest head.
    static let inputSize = 16_384
    /// Bytes written in a turn, before others have theirs: as many as the kernel takes in some 30 µs.
    private static let writtenInTurn = 65_536
    /// Bytes that the kernel keeps for a client that may have stopped reading (it doubles this).
    private static let smallSendBuffer: Int32 = 16_384

    // The watch goes before the socket: a watch must not outlive its socket's number.
    private var watch: SocketWatch?
    private var socket: Socket
    private var input: Buffer?
    private var output = Output()
    /// What the edge-triggered watch told last, until a read or write finds otherwise.
    private var mayRead = false
    private var mayWrite = true
    private var hasEnded = false
    /// Whether the client has ended its stream, maybe behind bytes that were not read yet.
    private(set) var endIsKnown = false
    /// Whether the connection is known to be broken, without reading.
    private(set) var isBroken = false

    init(_ socket: consuming Socket) {
        self.socket = socket
    }

    mutating func watch(on loop: EventLoop, handler: EventHandler) throws(EventLoopError) {
        watch = try SocketWatch(
            socket.number, for: [.readable, .writable, .closed], trigger: .edge, on: loop, handler: handler)
    }

    /// Takes in what the watch reports.
    mutating func note(_ events: SocketEvents) {
        if events.contains(.readable) { mayRead = true }
        if events.contains(.writable) { mayWrite = true }
        if events.contains(.closed) { endIsKnown = true }
        if events.contains(.failed) { isBroken = true }
    }

    mutating func close() {
        watch.take()?.endWithSocket()
        socket = .none
        input = nil
        output = Output()
    }

    // MARK: In

    /// Whether bytes wait in the input.
    var hasInput: Bool { input != nil }

    /// Whether the client may have sent bytes that were not used.
    var mayHaveMore: Bool { hasInput || (mayRead && !hasEnded) }

    /// Hands over the bytes in the input; nil when there are none.
    func withInput<Result>(_ body: (Span<UInt8>) -> Result) -> Result? {
        input?.withSpan(body)
    }

    /// A copy of bytes in the input.
    func inputBytes(_ range: Range<Int>) -> [UInt8] {
        input?.bytes(range) ?? []
    }

    /// Drops bytes at the input's front.
    mutating func removeInput(_ count: Int) {
        guard var buffer = input.take() else { return }
        buffer.removeFirst(count)
        input = buffer.isEmpty ? nil : consume buffer
    }

    /// Drops all of the input.
    mutating func removeInput() {
        input = nil
    }

    /// Reads once into the input.
    mutating func fill() -> Filling {
        guard !hasEnded else { return .ended }
        guard mayRead || hasInput else { return .wouldBlock }
        var buffer = input.take() ?? Buffer(capacity: Self.inputSize)
        buffer.compact()
        let room = buffer.room
        guard room > 0, mayRead else {
            input = consume buffer
            return room > 0 ? .wouldBlock : .full
        }
        let result = socket.read(into: &buffer)
        input = buffer.isEmpty ? nil : consume buffer
        switch result {
        case .moved(let count):
            // A short read has emptied the socket, unless the end came with those bytes: that was
            // reported together with them and would not be again.
            mayRead = count == room || endIsKnown
            return .filled
        case .wouldBlock:
            mayRead = false
            return .wouldBlock
        case .ended:
            hasEnded = true
            endIsKnown = true
            return .ended
        case .failed: return .failed
        }
    }

    // MARK: Out

    /// Bytes that wait to be sent.
    var waitingBytes: Int { output.count }

    /// Puts bytes behind those that wait to be sent.
    mutating func append(_ bytes: [UInt8]) {
        output.append(bytes)
    }

    /// Sends what the kernel takes, and no more than a turn's share.
    mutating func flush() -> Flushing {
        var rest = Self.writtenInTurn
        while !output.isEmpty, mayWrite {
            guard rest > 0 else { return .more }
            switch output.write(to: socket, atMost: rest) {
            case .moved(let count): rest -= count
            case .wouldBlock: mayWrite = false
            case .ended, .failed: return .failed
            }
        }
        return .done
    }

    /// From now on the kernel keeps little for a client that does not read.
    func limitSendBuffer() {
        socket.limitSendBuffer(to: Self.smallSendBuffer)
    }

    /// Ends our stream; the client's goes on.
    func finishWriting() {
        socket.finishWriting()
    }
}
