/// The methods that a proxy or a server treats in a way of their own (RFC 9110, section 9; PATCH is
/// RFC 5789). CONNECT and TRACE are refused while the request line is read.
public enum HTTPMethod: UInt8, CaseIterable, Sendable {
    case get, head, post, put, delete, options, patch
    /// Any other token. Methods are case-sensitive: `get` is one of these.
    case other

    /// The method's name; empty for `other`, whose name is in the message's bytes.
    public var text: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .patch: "PATCH"
        case .other: ""
        }
    }

    /// The names of all that are told apart, as a field `Allow` has them (RFC 9110, section 10.2.1).
    public static let known = allCases.map(\.text).filter { !$0.isEmpty }.joined(separator: ", ")

    /// Whether doing it twice is the same as doing it once (RFC 9110, section 9.2.2), so that a request
    /// may be sent again when its answer was lost.
    public var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options: true
        case .post, .patch, .other: false
        }
    }

    /// Reads the method in a piece of a message.
    static func read(_ bytes: Span<UInt8>, _ range: ByteRange) throws(HTTPViolation) -> HTTPMethod {
        guard range.count <= longest else { return .other }
        var word: UInt64 = 0
        for index in range.indices { word = word &<< 8 | UInt64(bytes[index]) }
        switch word {
        case words.get: return .get
        case words.post: return .post
        case words.head: return .head
        case words.put: return .put
        case words.delete: return .delete
        case words.options: return .options
        case words.patch: return .patch
        case words.connect: throw .connectRefused
        case words.trace: throw .traceRefused
        default: return .other
        }
    }

    /// The longest known name, which fits in a machine word.
    private static let longest = 7

    private static let words = (
        get: word("GET"), post: word("POST"), head: word("HEAD"), put: word("PUT"), delete: word("DELETE"),
        options: word("OPTIONS"), patch: word("PATCH"), connect: word("CONNECT"), trace: word("TRACE")
    )

    private static func word(_ text: String) -> UInt64 {
        text.utf8.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
