import Time

/// What an ``HTTPServer`` answers.
public struct HTTPServerResponse {
    /// What follows the head.
    public enum Body {
        /// Nothing.
        case none
        /// The whole content.
        case bytes([UInt8])
        /// The whole content, made in pieces before any of it is sent.
        case content(HTTPServerContent)
        /// Content that comes by and by; the action gets the stream once the head is on its way.
        case stream((HTTPServerStream) -> Void)
    }

    /// The status code.
    public var status: Int
    /// The header fields; length, framing, date and connection are the server's business.
    public var fields: [(name: String, value: String)]
    /// What follows the head; a HEAD request gets none of it (RFC 9110 section 9.3.2).
    public var body: Body
    /// How long the answer is held back.
    public var delay = TimeSpan.zero

    /// Bytes of the content, without what comes by and by.
    var byteCount: Int {
        switch body {
        case .none, .stream: 0
        case .bytes(let bytes): bytes.count
        case .content(let content): content.count
        }
    }

    /// Makes a response.
    public init(status: Int, fields: [(name: String, value: String)] = [], body: Body = .none) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}
