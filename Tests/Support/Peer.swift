import Sockets
import Testing

/// One end of a connection, which does what a test says and never waits: a client, or what a scripted
/// server accepted. The loop under test runs between its steps, on the same thread.
package final class Peer {
    private var socket: Socket
    private var bytes: [UInt8] = []
    private var hasEnded = false
    private var error: SystemError?

    package init(_ socket: consuming Socket) {
        self.socket = socket
    }

    /// Begins to connect; what is sent before the connection is made gets lost.
    package convenience init(connectingTo address: SocketAddress) throws {
        self.init(try Socket.connect(to: address))
    }

    // MARK: Sending

    /// Sends a text, which must fit into the kernel's buffer.
    package func send(_ text: String, _ location: SourceLocation = #_sourceLocation) {
        let count = sendWhatFits(text)
        #expect(count == text.utf8.count, "a peer cannot send", sourceLocation: location)
    }

    /// Sends as much as the kernel takes; answers how much.
    @discardableResult
    package func sendWhatFits(_ text: String) -> Int {
        var buffer = Buffer(capacity: max(text.utf8.count, 1))
        buffer.append(text.utf8)
        var total = 0
        while !buffer.isEmpty, case .moved(let count) = socket.write(from: &buffer) { total += count }
        return total
    }

    package func finishSending() {
        socket.finishWriting()
    }

    /// Closes as a program that ends.
    package func close() {
        socket = .none
    }

    /// Closes with a reset, as a program that crashed or does not care.
    package func reset() {
        socket.resetOnClose()
        close()
    }

    // MARK: Receiving

    /// Reads what is there.
    private func receive() {
        var buffer = Buffer(capacity: 64 * 1024)
        while !hasEnded, error == nil {
            switch socket.read(into: &buffer) {
            case .moved: bytes += buffer.withSpan { span in span.indices.map { span[$0] } }
            case .wouldBlock: return
            case .ended: hasEnded = true
            case .failed(let failure): error = failure
            }
            buffer.removeAll()
        }
    }

    /// All that came so far.
    package var received: String {
        receive()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// How many bytes came so far.
    package var receivedCount: Int {
        receive()
        return bytes.count
    }

    /// Whether the other end finished its stream in order.
    package var isEnded: Bool {
        receive()
        return hasEnded
    }

    /// Why the connection broke; nil while it did not.
    package var failure: SystemError? {
        receive()
        return error
    }

    /// Whether nothing more comes, however that came about.
    package var isOver: Bool { isEnded || failure != nil }
}
