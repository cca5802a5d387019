/// A request's head as it was understood. The ranges point into the bytes that were parsed.
public struct RequestHead: Sendable {
    /// The method.
    public internal(set) var method = HTTPMethod.other
    /// The method's name, which matters for `other`.
    public internal(set) var methodName = ByteRange.empty
    /// The target.
    public internal(set) var target = RequestTarget()
    /// The version that the client speaks.
    public internal(set) var version = HTTPVersion.http11
    /// The fields, in the order in which they came.
    public internal(set) var fields: [HeadField] = []
    /// How the body's end is known. Never `untilClose`.
    public internal(set) var framing = BodyFraming.none
    /// Whether the client means to send another request on the connection (RFC 9112, section 9.3).
    public internal(set) var keepAlive = false
    /// The host that the request is for: the absolute target's, or else the Host field's (RFC 9112,
    /// section 3.2.2). Only HTTP/1.0 may have none; sent on as HTTP/1.1, such a request needs one of ours.
    public internal(set) var host: ByteRange?
    /// What the client wants to switch to: the value of the first `Upgrade` field, when `Connection` names
    /// it and the version is 1.1 (RFC 9110, section 7.8).
    public internal(set) var upgrade: ByteRange?
    /// Whether the client waits for a 100 before it sends the body (RFC 9110, section 10.1.1). Never so
    /// without a body, nor in HTTP/1.0.
    public internal(set) var expectsContinue = false
    /// Whether there is a `CDN-Loop` field: proxies that the request has passed have left their marks (RFC 8586).
    public internal(set) var hasLoopMarks = false

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
        method = .other
        fields.removeAll(keepingCapacity: keepingMemory)
        framing = .none
        keepAlive = false
        host = nil
        upgrade = nil
        namesOthers = false
        expectsContinue = false
        hasLoopMarks = false
    }

    /// The first field of that name.
    public func field(_ name: FieldName) -> HeadField? {
        for index in fields.indices where fields[index].known == name { return fields[index] }
        return nil
    }
}
