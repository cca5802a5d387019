import HTTPWire
import Sockets

/// A request whose head was read by an ``HTTPServer``.
public struct HTTPServerRequest: Sendable {
    /// The head as it was understood; its ranges count in bytes that are kept with it.
    public let head: RequestHead
    /// Where the client is.
    public let peer: SocketAddress?
    private let bytes: [UInt8]

    init(_ head: RequestHead, bytes: [UInt8], peer: SocketAddress?) {
        self.head = head
        self.bytes = bytes
        self.peer = peer
    }

    /// Reads a head from a text, for tests of what answers requests; nil for one that the server refuses by itself.
    public init?(_ text: String) {
        var parser = RequestParser()
        let bytes = Array(text.utf8)
        guard case .complete = parser.parse(bytes.span) else { return nil }
        self.init(parser.head, bytes: bytes, peer: nil)
    }

    /// `GET` and so on, as it was sent.
    public var method: String { text(head.methodName) }

    /// The request's target as it was sent: mostly a path with a query.
    public var target: String { text(head.target.text) }

    /// The target's path and query, also of a target with a scheme and a host.
    public var path: String { text(head.target.path) }

    /// The host that the request is for: the target's, or else the Host field's (RFC 9112 section 3.2.2).
    public var host: String? { head.host.map(text) }

    /// How many bytes of content are announced; nil where chunks will tell.
    public var contentLength: UInt64? {
        switch head.framing {
        case .none: 0
        case .contentLength(let length): length
        case .chunked, .untilClose: nil
        }
    }

    /// All values of a field, in their order; names are compared without regard to case
    /// (RFC 9110 section 5.1).
    public func values(of name: String) -> [String] {
        head.fields.filter { $0.name.matches(name, in: bytes.span) }.map { text($0.value) }
    }

    /// The value of a field that is there once; nil when it is absent or repeated.
    public func value(of name: String) -> String? {
        let values = values(of: name)
        return values.count == 1 ? values[0] : nil
    }

    private func text(_ range: ByteRange) -> String { range.text(in: bytes.span) }
}
