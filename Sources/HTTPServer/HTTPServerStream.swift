/// A response whose content is sent by and by, for as long as the client stays. What is sent, ended or cut when the
/// client has left is forgotten.
public final class HTTPServerStream {
    /// Nil when the content has ended or the client is gone.
    private var connection: ServerConnection?
    private let isChunked: Bool
    /// Called once, when the client is gone or the server closes; not after ``end()``.
    public var onClose: (() -> Void)?
    /// Whether the connection is to be broken off in the next turn.
    private(set) var isCut = false

    init(over connection: ServerConnection, isChunked: Bool) {
        self.connection = connection
        self.isChunked = isChunked
    }

    /// Whether there is still somebody to send to.
    public var isOpen: Bool { connection != nil }

    /// Bytes that the client has not taken yet. They are in memory: the application bounds them.
    public var waitingBytes: Int { connection?.waitingBytes ?? 0 }

    /// Sends a piece.
    public func send(_ text: String) {
        send(Array(text.utf8))
    }

    /// Sends content that is whole.
    public func send(_ content: HTTPServerContent) {
        send(content.bytes)
    }

    private func send(_ bytes: [UInt8]) {
        // An empty chunk would be the last one.
        guard let connection, !bytes.isEmpty else { return }
        if isChunked { connection.send(Array("\(String(bytes.count, radix: 16))\r\n".utf8)) }
        connection.send(bytes)
        if isChunked { connection.send(Array("\r\n".utf8)) }
    }

    /// Ends the content in order.
    public func end() {
        guard let connection else { return }
        self.connection = nil
        if isChunked { connection.send(Array("0\r\n\r\n".utf8)) }
        connection.streamEnded()
    }

    /// Breaks the connection off, whatever waits; ``onClose`` tells when it is done.
    public func cut() {
        isCut = true
        connection?.resume()
    }

    /// The connection is gone.
    func closed() {
        guard connection != nil else { return }
        connection = nil
        onClose?()
    }
}
