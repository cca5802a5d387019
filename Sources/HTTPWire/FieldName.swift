/// The names of fields that somebody here acts on, told apart once, when the head is read.
public enum FieldName: UInt8, CaseIterable, Sendable {
    /// Any other name.
    case other
    /// A name that would be a known one if its underscores were hyphens, such as `X_Forwarded_For`. CGI
    /// and its heirs read both as one name, so that such a field could pass for one that we set: it is
    /// not to be forwarded.
    case alias

    case accept
    case authorization
    case cdnLoop
    /// No field of any RFC; but the option of `Connection` would name it.
    case close
    case connection
    case contentLength
    case contentType
    case cookie
    case date
    case expect
    case forwarded
    case host
    case http2Settings
    case keepAlive
    case proxyAuthenticate
    case proxyAuthorization
    case proxyConnection
    case retryAfter
    case server
    case te
    case trailer
    case transferEncoding
    case upgrade
    case userAgent
    case via
    case xForwardedFor
    case xForwardedHost
    case xForwardedPort
    case xForwardedProto
    case xRealIP
    case xRequestID

    /// The name as it is usually written; empty for `other` and `alias`.
    public var text: String {
        switch self {
        case .other, .alias: ""
        case .accept: "Accept"
        case .authorization: "Authorization"
        case .cdnLoop: "CDN-Loop"
        case .close: "Close"
        case .connection: "Connection"
        case .contentLength: "Content-Length"
        case .contentType: "Content-Type"
        case .cookie: "Cookie"
        case .date: "Date"
        case .expect: "Expect"
        case .forwarded: "Forwarded"
        case .host: "Host"
        case .http2Settings: "HTTP2-Settings"
        case .keepAlive: "Keep-Alive"
        case .proxyAuthenticate: "Proxy-Authenticate"
        case .proxyAuthorization: "Proxy-Authorization"
        case .proxyConnection: "Proxy-Connection"
        case .retryAfter: "Retry-After"
        case .server: "Server"
        case .te: "TE"
        case .trailer: "Trailer"
        case .transferEncoding: "Transfer-Encoding"
        case .upgrade: "Upgrade"
        case .userAgent: "User-Agent"
        case .via: "Via"
        case .xForwardedFor: "X-Forwarded-For"
        case .xForwardedHost: "X-Forwarded-Host"
        case .xForwardedPort: "X-Forwarded-Port"
        case .xForwardedProto: "X-Forwarded-Proto"
        case .xRealIP: "X-Real-IP"
        case .xRequestID: "X-Request-ID"
        }
    }

    /// Whether the field speaks of one connection alone, so that a proxy never passes it on (RFC 9110,
    /// section 7.6.1), or describes the framing, which a proxy writes anew.
    public var isHopByHop: Bool {
        switch self {
        case .connection, .contentLength, .http2Settings, .keepAlive, .proxyAuthenticate,
            .proxyAuthorization, .proxyConnection, .te, .trailer, .transferEncoding, .upgrade:
            true
        default: false
        }
    }
}

/// Finds a `FieldName` by a perfect hash: every known name has a slot of its own, so that a name is compared with
/// one known name, or with none.
struct FieldNameTable {
    /// A power of two.
    private static let slotCount = 128
    /// The names by slot; `other` in an empty one.
    private var slots: [(name: FieldName, token: PackedToken)]

    static let shared = FieldNameTable()

    private init() {
        slots = Array(repeating: (.other, PackedToken()), count: Self.slotCount)
        for name in FieldName.allCases where !name.text.isEmpty {
            let text = name.text.utf8.span
            let range = ByteRange(0, text.count)
            let slot = Self.slot(text, range)
            precondition(slots[slot].name == .other, "two names of fields have the same hash")
            slots[slot] = (name, PackedToken(text, range))
        }
    }

    /// The name in a piece of a message, told apart without regard to case.
    func name(_ bytes: Span<UInt8>, _ range: ByteRange) -> FieldName {
        guard range.count > 1 else { return .other }
        let slot = Self.slot(bytes, range)
        guard slots[slot].token.count == range.count else { return .other }
        if slots[slot].token.matches(wordsOf: bytes, range) { return slots[slot].name }
        return judge(bytes, range, slot)
    }

    /// The same for a name at the end of the bytes, and for one that is not a known name or only looks like it.
    private func judge(_ bytes: Span<UInt8>, _ range: ByteRange, _ slot: Int) -> FieldName {
        let token = PackedToken(bytes, range)
        if token == slots[slot].token { return slots[slot].name }
        return token.hyphenated == slots[slot].token ? .alias : .other
    }

    /// Made of a name's length and its last letter but one, which is a hyphen in no known name and so the same in its
    /// aliases.
    @inline(__always) private static func slot(_ bytes: Span<UInt8>, _ range: ByteRange) -> Int {
        (range.count &+ Int(bytes[Int(range.end) &- 2] | 0x20) &* 5) & (slotCount &- 1)
    }
}
