import HTTPWire
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
    /// The header fields; length, framing and connection are the server's business.
    public var fields: [(name: String, value: String)]
    /// What follows the head; a HEAD request gets none of it (RFC 9110 section 9.3.2).
    public var body: Body

    /// Makes a response.
    public init(status: Int, fields: [(name: String, value: String)] = [], body: Body = .none) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}

/// How a request is answered, which is said when its head has come.
public enum HTTPServerReply {
    /// At once, without a look at its content: where it has some, the connection ends behind the answer.
    case now(HTTPServerResponse)
    /// After a span; the answer is made then, and never for a client that has left.
    case after(TimeSpan, () -> HTTPServerResponse)
    /// Once its content was read. What is over so many bytes is refused.
    case read(atMost: Int, then: ([UInt8]) -> HTTPServerReply)
    /// Once its content, however long, was read and forgotten.
    case skip(then: () -> HTTPServerReply)
}

/// Why an ``HTTPServer`` refuses a request by itself. The connection ends behind the answer.
public struct HTTPServerRefusal: Equatable, Sendable {
    /// The status that tells it.
    public let status: Int
    /// A stable word: that of a ``HTTPWire/HTTPViolation``, or one of those below.
    public let word: String
    /// What is wrong, in a sentence without a capital and a full stop.
    public let sentence: String

    private init(_ status: Int, _ word: String, _ sentence: String) {
        self.status = status
        self.word = word
        self.sentence = sentence
    }

    /// The request breaks a rule.
    public init(_ violation: HTTPViolation) {
        self.init(violation.status, violation.reason, violation.sentence)
    }

    /// The head was not whole within ``HTTPServer/Limits/request``.
    public static let headTimeout = HTTPServerRefusal(
        408, "request_head_timeout", "the request's head did not arrive in time")
    /// The content was not whole in time.
    public static let bodyTimeout = HTTPServerRefusal(
        408, "request_body_timeout", "the request's body did not arrive in time")
    /// The content is longer than ``HTTPServerReply/read(atMost:then:)`` allows.
    public static let bodyTooLarge = HTTPServerRefusal(
        413, "request_body_too_large", "the request's body is over the limit")
}

extension HTTPServerResponse {
    /// Whether the status rules content out (RFC 9110 sections 15.3.5 and 15.4.5).
    private var isBare: Bool { status == 204 || status == 304 }

    /// The head, with the fields that all answers have in common.
    func head(for asked: Asked, isLast: Bool, with common: [(name: String, value: String)]) -> [UInt8] {
        var writer = ByteWriter(capacity: 1024)
        writer.writeStatusLine(status, ReasonPhrase.text(status))
        for field in fields { writer.writeField(field.name, field.value) }
        for field in common { writer.writeField(field.name, field.value) }
        if !isBare { writer.writeFraming(framing(for: asked)) }
        if isLast {
            writer.writeField("Connection", "close")
        } else if asked.version == .http10 {
            writer.writeField("Connection", "keep-alive")
        }
        writer.endHead()
        return writer.finish()
    }

    private func framing(for asked: Asked) -> BodyFraming {
        switch body {
        case .none: .contentLength(0)
        case .bytes(let bytes): .contentLength(UInt64(bytes.count))
        case .content(let content): .contentLength(UInt64(content.bytes.count))
        // Where its content would be in chunks, an answer to HEAD need not say so (RFC 9112 section 6.1).
        case .stream: asked.isHead || asked.version == .http10 ? .none : .chunked
        }
    }

    /// The content that is sent behind the head at once.
    func content(for asked: Asked) -> [UInt8] {
        guard !asked.isHead, !isBare else { return [] }
        switch body {
        case .none, .stream: return []
        case .bytes(let bytes): return bytes
        case .content(let content): return content.bytes
        }
    }
}
