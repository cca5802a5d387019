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

    mutating func reset(_ keepingMemory: Bool) {
        fields.removeAll(keepingCapacity: keepingMemory)
        framing = .none
        contentLength = nil
        keepAlive = false
        upgrade = nil
    }
}
