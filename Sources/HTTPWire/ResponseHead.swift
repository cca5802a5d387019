/// A response's head as it was understood. The ranges point into the bytes that were parsed.
public struct ResponseHead: Sendable {
    /// The status: 100 to 999.
    public internal(set) var status = 0
    /// The reason phrase, which may be empty and means nothing (RFC 9112, section 4).
    public internal(set) var reasonPhrase = ByteRange.empty
    /// The version that the server speaks.
    public internal(set) var version = HTTPVersion.http11
    /// The fields, in the order in which they came.
    public internal(set) var fields: [HeadField] = []
    /// How the body's end is known, seeing what the request was (RFC 9112, section 6.3).
    public internal(set) var framing = BodyFraming.none
    /// The declared length. Without a body (HEAD, 304) it describes the one that there would be, and is
    /// worth passing on.
    public internal(set) var contentLength: UInt64?
    /// Whether the connection may carry another exchange after this response. False when the body ends
    /// with the connection, and after a 101.
    public internal(set) var keepAlive = false
    /// The value of the first `Upgrade` field, when `Connection` names it and the version is 1.1.
    public internal(set) var upgrade: ByteRange?

    /// Whether a field's value has control bytes, which were accepted and must not go on.
    public internal(set) var hasControlBytes = false

    /// Whether another response follows for the same request (RFC 9110, section 15.2). 101 is the last
    /// word of HTTP on its connection, and therefore none of these.
    public var isInterim: Bool { status < 200 && status != 101 }

    /// Whether `Connection` names something else than `close`, `keep-alive` and `upgrade`.
    var namesOthers = false

    /// The names of fields, in lower case, that `Connection` says are for this connection alone, wherever in the message
    /// they stand (RFC 9110, section 7.6.1); none where it names but `close`, `keep-alive` and `upgrade`.
    public func namesOfConnection(in bytes: Span<UInt8>) -> [String] {
        namesOthers ? fields.members(of: .connection, in: bytes).map { $0.lowercased() } : []
    }

    /// The protocols that the message offers or chooses in its `Upgrade` fields (RFC 9110, section 7.8), as they are
    /// written; none where ``upgrade`` is nil.
    public func protocols(in bytes: Span<UInt8>) -> [String] {
        upgrade == nil ? [] : fields.members(of: .upgrade, in: bytes)
    }

    mutating func reset(_ keepingMemory: Bool) {
        fields.removeAll(keepingCapacity: keepingMemory)
        framing = .none
        contentLength = nil
        keepAlive = false
        upgrade = nil
        namesOthers = false
    }
}
