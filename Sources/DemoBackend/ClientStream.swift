import EventLoop
import Sockets

/// A client's socket with the bytes on their way in and out.
///
/// Both buffers exist only while there is something in them, so that ten thousand idle or delayed
/// connections hold no memory for bytes.
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

    private let socket: Socket
    private var input: Buffer?
    private var output: Buffer?
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

    /// Takes in what the watch reports.
    mutating func note(_ events: SocketEvents) {
        if events.contains(.readable) { mayRead = true }
        if events.contains(.writable) { mayWrite = true }
        if events.contains(.closed) { endIsKnown = true }
        if events.contains(.failed) { isBroken = true }
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
        var buffer = input.take() ?? Buffer(capacity: BackendLimits.input)
        buffer.compact()
        let room = buffer.room
        guard room > 0, mayRead else {
            input = buffer.isEmpty ? nil : consume buffer
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

    /// Whether bytes wait to be sent.
    var hasOutput: Bool { output != nil }

    /// Puts bytes behind those that wait to be sent, all or none; answers whether there was room.
    mutating func append(_ bytes: [UInt8]) -> Bool {
        var buffer = output.take() ?? Buffer(capacity: max(bytes.count, BackendLimits.output))
        let fits = buffer.room >= bytes.count
        if fits { buffer.append(bytes) }
        output = consume buffer
        return fits
    }

    /// Sends what the kernel takes; answers whether the connection is whole.
    mutating func flush() -> Bool {
        while mayWrite, var buffer = output.take() {
            let result = socket.write(from: &buffer)
            output = buffer.isEmpty ? nil : consume buffer
            switch result {
            case .moved: continue
            case .wouldBlock: mayWrite = false
            case .ended, .failed: return false
            }
        }
        return true
    }

    /// Ends our stream; the client's goes on.
    func finishWriting() {
        socket.finishWriting()
    }
}
