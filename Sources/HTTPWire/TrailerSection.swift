/// The fields after the last chunk (RFC 9112, section 7.1.2), with the empty line that ends the body.
///
/// A field that must be known before the body is dropped, and the message goes on (RFC 9110, section 6.5.1: a recipient
/// must not take it for one of the head). That is every field that somebody here acts on, and those of RFC 9110 that
/// frame, route, authenticate or modify a message, control a response, or say how to read content. One that the head's
/// `Connection` names is dropped as it would be in the head (section 7.6.1).
struct TrailerSection {
    /// The fields so far; their ranges count from the section's first byte.
    private(set) var fields: [HeadField] = []
    private let sender: Sender
    /// The names, in lower case, that the head's `Connection` fields say are for one connection alone.
    private var connectionNames: [String] = []
    private var scanner: FieldScanner
    private var position = 0

    init(of sender: Sender) {
        self.sender = sender
        scanner = FieldScanner(limit: HeadLimits.trailers.fields, of: sender)
    }

    mutating func reset(dropping names: [String]) {
        connectionNames = names
        fields.removeAll(keepingCapacity: true)
        scanner = FieldScanner(limit: HeadLimits.trailers.fields, of: sender)
        position = 0
    }

    /// Reads on in a section that begins at `start` of the bytes, and gives the index behind it when it
    /// is whole.
    mutating func read(_ bytes: Span<UInt8>, _ start: Int) throws(HTTPViolation) -> Int? {
        let section = bytes.extracting(start..<min(bytes.count, start + HeadLimits.trailers.headBytes))
        let names = FieldNameTable.shared
        while let field = try scanner.next(section, &position, names) {
            if passes(section, field) { fields.append(field) }
        }
        guard scanner.isDone || position < HeadLimits.trailers.headBytes else { throw .trailersTooLarge }
        return scanner.isDone ? start + position : nil
    }

    private func passes(_ section: Span<UInt8>, _ field: HeadField) -> Bool {
        guard field.known == .other else { return false }
        if !connectionNames.isEmpty,
            connectionNames.contains(field.name.text(in: section).lowercased())
        {
            return false
        }
        let name = PackedToken(section, field.name)
        return !Self.isExcluded(name) && !Self.isExcluded(name.hyphenated)
    }

    private static func isExcluded(_ name: PackedToken) -> Bool {
        excluded.contains(name) || excludedBeginnings.contains { name.begins(with: $0) }
    }

    /// How names begin of which all are excluded: those of Fetch, and `Strict-Transport-Security`, which is longer than a
    /// packed token.
    private static let excludedBeginnings: [PackedToken] = [
        "Access-Control-", "Sec-", "Strict-Transport-",
    ].map { PackedToken($0) }

    /// Of the fields that nobody here acts on: modifiers of a request, controls of a response, credentials, and what
    /// says how to read content.
    private static let excluded: [PackedToken] = [
        "Cache-Control", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since",
        "Max-Forwards", "Pragma", "Range",
        "Accept-Charset", "Accept-Encoding", "Accept-Language", "From", "Origin", "Referer",
        "Age", "Allow", "Expires", "Set-Cookie", "Vary", "Warning", "WWW-Authenticate",
        "Content-Encoding", "Content-Language", "Content-Location", "Content-Range", "Content-Disposition",
        "Content-Security-Policy", "Refresh",
        "Location", "Set-Cookie2", "Clear-Site-Data", "Alt-Svc", "Link", "X-Accel-Redirect", "Prefer",
        "Priority", "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override", "X-Original-URL",
        "X-Rewrite-URL",
    ].map { PackedToken($0) }
}
