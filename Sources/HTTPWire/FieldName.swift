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
    case location
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
        case .location: "Location"
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

    /// Whether a field of that name may not follow a body as a trailer: it frames or routes a message,
    /// or authenticates it, and must be known before the body (RFC 9110, section 6.5.1).
    var isForbiddenInTrailers: Bool {
        switch self {
        case .authorization, .cookie, .expect, .forwarded, .host, .xForwardedFor, .xForwardedHost,
            .xForwardedPort, .xForwardedProto, .xRealIP, .alias:
            true
        default: isHopByHop
        }
    }
}

/// Finds a `FieldName` by a hash of the packed name, with open addressing.
struct FieldNameTable {
    /// A power of two that leaves four fifths of the slots empty, so that an unknown name is mostly
    /// known to be unknown after one look.
    private static let slotBits: UInt64 = 7
    /// The names by slot; `other` in an empty one.
    private var slots: [(name: FieldName, token: PackedToken)]

    static let shared = FieldNameTable()

    private init() {
        slots = Array(repeating: (.other, PackedToken()), count: 1 << Int(Self.slotBits))
        for name in FieldName.allCases where !name.text.isEmpty {
            let token = PackedToken(name.text)
            var slot = Self.slot(token)
            while slots[slot].name != .other { slot = Self.next(slot) }
            slots[slot] = (name, token)
        }
    }

    /// The field's name, told apart without regard to case.
    func name(_ token: PackedToken) -> FieldName {
        let found = find(token)
        guard found == .other, let hyphenated = token.hyphenated else { return found }
        return find(hyphenated) == .other ? .other : .alias
    }

    private func find(_ token: PackedToken) -> FieldName {
        var slot = Self.slot(token)
        while slots[slot].name != .other {
            if slots[slot].token == token { return slots[slot].name }
            slot = Self.next(slot)
        }
        return .other
    }

    /// Multiplicative hashing (Knuth, volume 3, section 6.4): the upper bits of the product are used.
    private static func slot(_ token: PackedToken) -> Int {
        let mixed = (token.low ^ token.middle &+ UInt64(token.count)) &* 0x9e37_79b9_7f4a_7c15
        return Int(mixed &>> (64 - slotBits))
    }

    private static func next(_ slot: Int) -> Int { (slot + 1) & ((1 << Int(slotBits)) - 1) }
}
