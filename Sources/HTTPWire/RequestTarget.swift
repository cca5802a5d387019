/// Which of the forms of RFC 9112, section 3.2, a request's target has. The authority form belongs to
/// CONNECT, which is refused.
public enum TargetForm: UInt8, Sendable {
    /// `/path?query`.
    case origin
    /// `http://host/path?query`, which a client sends to a proxy that it knows of.
    case absolute
    /// `*`, for OPTIONS alone.
    case asterisk
}

/// A request's target, taken apart.
public struct RequestTarget: Equatable, Sendable {
    /// The target as it was written.
    public internal(set) var text = ByteRange.empty
    /// Its form.
    public internal(set) var form = TargetForm.origin
    /// The path with its query, as the origin form has them: what a server is asked for. In an absolute
    /// target it may be empty or begin with `?`; `ByteWriter.writeTarget` then adds the slash.
    public internal(set) var path = ByteRange.empty
    /// The host and port of an absolute target, which take the place of the Host field (RFC 9112,
    /// section 3.2.2).
    public internal(set) var authority: ByteRange?

    init() {}

    /// Takes the target apart. Its bytes are known to be visible ASCII without `#`.
    init(_ bytes: Span<UInt8>, _ text: ByteRange) throws(HTTPViolation) {
        self.text = text
        guard !text.isEmpty else { throw .invalidTarget }
        if bytes[Int(text.start)] == UInt8(ascii: "/") {
            path = text
        } else if text.count == 1, bytes[Int(text.start)] == UInt8(ascii: "*") {
            form = .asterisk
            path = text
        } else {
            try readAbsolute(bytes)
        }
    }

    private mutating func readAbsolute(_ bytes: Span<UInt8>) throws(HTTPViolation) {
        let end = Int(text.end)
        let start = try Self.endOfScheme(bytes, text)
        var stop = start
        while stop < end, bytes[stop] != UInt8(ascii: "/"), bytes[stop] != UInt8(ascii: "?") { stop += 1 }
        let host = ByteRange(start, stop)
        guard Authority.isValid(bytes, host) else { throw .invalidTarget }
        form = .absolute
        path = ByteRange(stop, end)
        authority = host
    }

    /// One past `http://`. Another scheme is refused: `https` on a connection that is not secured must be
    /// (RFC 9110, section 4.3.3), and for the rest we are no gateway.
    private static func endOfScheme(_ bytes: Span<UInt8>, _ text: ByteRange) throws(HTTPViolation) -> Int {
        let end = Int(text.end)
        let name = ByteScan.endOfToken(bytes, Int(text.start), end)
        guard name > Int(text.start), name + 2 < end, bytes[name] == UInt8(ascii: ":"),
            bytes[name + 1] == UInt8(ascii: "/"), bytes[name + 2] == UInt8(ascii: "/")
        else { throw .invalidTarget }
        guard PackedToken(bytes, ByteRange(Int(text.start), name)) == .httpScheme else {
            throw .unsupportedScheme
        }
        return name + 3
    }
}
