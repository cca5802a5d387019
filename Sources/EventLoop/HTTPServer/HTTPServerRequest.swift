/// A request that an ``HTTPServer`` has read to its end.
public struct HTTPServerRequest: Sendable {
    /// `GET` and so on, in capitals; empty for one that is not among the usual nine.
    public let method: String
    /// The request's target as it was sent: mostly a path with a query.
    public let target: String
    /// The header fields in their order, as they were sent.
    public let fields: [(name: String, value: String)]
    /// The content; at most ``HTTPServer/Limits/bodyBytes``.
    public let body: [UInt8]
    /// Whether the content was longer than that; `body` is empty then.
    public let isBodyTooLarge: Bool
    /// The client's address without its port; empty for a Unix socket.
    public let peer: String

    /// Makes a request, for tests of what answers it.
    public init(
        method: String, target: String, fields: [(name: String, value: String)] = [], body: [UInt8] = [],
        isBodyTooLarge: Bool = false, peer: String = ""
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
        self.isBodyTooLarge = isBodyTooLarge
        self.peer = peer
    }

    /// All values of a field, in their order; names are compared without regard to case
    /// (RFC 9110 section 5.1).
    public func values(of name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    /// The value of a field that is there once; nil when it is absent or repeated.
    public func value(of name: String) -> String? {
        let values = values(of: name)
        return values.count == 1 ? values[0] : nil
    }
}
