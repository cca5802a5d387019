/// Reads a request line (RFC 9112, section 3): one space between its parts, nothing else.
///
/// One empty line may come before it (RFC 9112, section 2.2): some old clients end a body with a CRLF
/// that no length counts. A second one is refused, for it would be a way to make us read for ever.
struct RequestLineScanner {
    private enum State: UInt8 {
        case start, emptyLineFeed, secondStart, method, target, version, carriageReturn, lineFeed, done
    }

    private var state = State.start
    private var lineStart = 0
    private var targetStart = 0
    private var version = VersionScanner()

    /// The first byte of a TLS record that carries a handshake (RFC 8446, section 5.1).
    private static let tlsHandshake: UInt8 = 0x16

    var isDone: Bool { state == .done }

    /// Whether a byte of the line itself has been seen, so that a silence now is a slow head and not an
    /// idle connection.
    var hasBegun: Bool { state.rawValue >= State.method.rawValue }

    /// Whether the method and the space behind it have been read.
    var isMethodRead: Bool { state.rawValue >= State.target.rawValue }

    /// Reads on from `position`.
    mutating func scan(
        _ bytes: Span<UInt8>, _ position: inout Int, _ limit: Int, _ head: inout RequestHead
    ) throws(HTTPViolation) {
        while position < bytes.count {
            switch state {
            case .start, .secondStart: try begin(bytes[position], &position)
            case .emptyLineFeed: try endLine(bytes[position], &position, .secondStart)
            case .method: try scanMethod(bytes, &position, &head)
            case .target: try scanTarget(bytes, &position, limit, &head)
            case .version:
                if version.takeUsual(bytes, position) {
                    position &+= VersionScanner.length
                    try finishVersion(&head)
                } else {
                    try scanVersion(bytes[position], &position, &head)
                }
            case .carriageReturn: try endVersion(bytes[position], &position)
            case .lineFeed: try endLine(bytes[position], &position, .done)
            case .done: return
            }
        }
    }

    /// The method of a line that was refused, or did not go on, before its method was read: an error to HEAD has no content
    /// (RFC 9110, section 9.3.2), whatever stands before HEAD or right behind it.
    static func likelyMethod(_ bytes: Span<UInt8>) -> HTTPMethod {
        var start = 0
        skip: while start < bytes.count {
            switch bytes[start] {
            case ByteClass.space, ByteClass.tab, ByteClass.carriageReturn, ByteClass.lineFeed, 0: start &+= 1
            default: break skip
            }
        }
        let end = ByteScan.endOfToken(bytes, start, min(bytes.count, start &+ HeadLimits.methodBytes))
        return (try? HTTPMethod.read(bytes, ByteRange(start, end))) ?? .other
    }

    private mutating func begin(_ byte: UInt8, _ position: inout Int) throws(HTTPViolation) {
        if ByteClass.isToken(byte) {
            lineStart = position
            state = .method
            return
        }
        switch byte {
        case ByteClass.carriageReturn:
            guard state == .start else { throw .extraEmptyLine }
            state = .emptyLineFeed
        case ByteClass.lineFeed: throw .bareLineFeed
        case Self.tlsHandshake: throw .tlsHello
        default: throw .invalidMethod
        }
        position &+= 1
    }

    private mutating func scanMethod(
        _ bytes: Span<UInt8>, _ position: inout Int, _ head: inout RequestHead
    ) throws(HTTPViolation) {
        let bound = lineStart &+ HeadLimits.methodBytes
        let stop = ByteScan.endOfToken(bytes, position, min(bytes.count, bound))
        position = stop
        guard stop < bytes.count else { return }
        guard bytes[stop] == ByteClass.space else {
            throw ByteClass.isToken(bytes[stop]) ? .methodTooLong : .invalidMethod
        }
        head.methodName = ByteRange(lineStart, stop)
        head.method = try HTTPMethod.read(bytes, head.methodName)
        position &+= 1
        targetStart = position
        state = .target
    }

    /// The version and the space before it have a length of their own, so that the line's limit is known
    /// to be broken while the target is read.
    private mutating func scanTarget(
        _ bytes: Span<UInt8>, _ position: inout Int, _ limit: Int, _ head: inout RequestHead
    ) throws(HTTPViolation) {
        let bound = max(targetStart, lineStart &+ limit &- VersionScanner.length &- 1)
        let stop = ByteScan.endOfTarget(bytes.extracting(0..<min(bytes.count, bound)), position)
        position = stop
        guard stop < bytes.count else { return }
        switch bytes[stop] {
        case ByteClass.space:
            head.target = try RequestTarget(bytes, ByteRange(targetStart, stop))
            position &+= 1
            state = .version
        case ByteClass.carriageReturn: throw .missingVersion
        case ByteClass.lineFeed: throw .bareLineFeed
        case UInt8(ascii: "#"): throw .fragmentInTarget
        default: throw ByteClass.isVisible(bytes[stop]) ? .requestLineTooLong : .invalidTarget
        }
    }

    private mutating func scanVersion(
        _ byte: UInt8, _ position: inout Int, _ head: inout RequestHead
    ) throws(HTTPViolation) {
        guard version.take(byte) else { throw .invalidVersion }
        position &+= 1
        guard version.isComplete else { return }
        try finishVersion(&head)
    }

    private mutating func finishVersion(_ head: inout RequestHead) throws(HTTPViolation) {
        head.version = try version.version()
        if head.target.form == .asterisk, head.method != .options { throw .asteriskTarget }
        state = .carriageReturn
    }

    private mutating func endVersion(_ byte: UInt8, _ position: inout Int) throws(HTTPViolation) {
        switch byte {
        case ByteClass.carriageReturn: state = .lineFeed
        case ByteClass.lineFeed: throw .bareLineFeed
        default: throw .invalidVersion
        }
        position &+= 1
    }

    private mutating func endLine(
        _ byte: UInt8, _ position: inout Int, _ next: State
    ) throws(HTTPViolation) {
        guard byte == ByteClass.lineFeed else { throw .bareCarriageReturn }
        position &+= 1
        state = next
    }
}
