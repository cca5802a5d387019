/// Reads a status line (RFC 9112, section 4). The reason phrase may be absent, with or
/// without the space before it: servers exist that leave both out. A line that ends in LF alone, and a status of 600 to 999, are taken too (``Sender``).
struct StatusLineScanner {
    private enum State: UInt8 {
        case version, space, status, reasonSpace, reason, lineFeed, done
    }

    private var state = State.version
    private var version = VersionScanner()
    private var digits = 0
    private var reasonStart = 0

    var isDone: Bool { state == .done }

    /// Reads on from `position`.
    mutating func scan(
        _ bytes: Span<UInt8>, _ position: inout Int, _ head: inout ResponseHead
    ) throws(HTTPViolation) {
        while position < bytes.count {
            switch state {
            case .version:
                if version.takeUsual(bytes, position) {
                    position &+= VersionScanner.length
                    try endVersion(&head)
                    continue
                }
                try takeVersion(bytes[position], &head)
            case .space:
                guard bytes[position] == ByteClass.space else { throw .invalidStatusLine }
                state = .status
            case .status: try takeDigit(bytes[position], &head)
            case .reasonSpace: try takeSpace(bytes[position], position, &head)
            case .reason:
                try scanReason(bytes, &position, &head)
                continue
            case .lineFeed:
                guard bytes[position] == ByteClass.lineFeed else { throw .bareCarriageReturn }
                state = .done
            case .done: return
            }
            position &+= 1
        }
    }

    private mutating func takeVersion(_ byte: UInt8, _ head: inout ResponseHead) throws(HTTPViolation) {
        guard version.take(byte) else { throw .invalidStatusLine }
        guard version.isComplete else { return }
        try endVersion(&head)
    }

    private mutating func endVersion(_ head: inout ResponseHead) throws(HTTPViolation) {
        head.version = try version.version()
        head.status = 0
        state = .space
    }

    private mutating func takeDigit(_ byte: UInt8, _ head: inout ResponseHead) throws(HTTPViolation) {
        guard ByteClass.isDigit(byte) else { throw .invalidStatusCode }
        head.status = head.status * 10 + Int(byte - UInt8(ascii: "0"))
        digits += 1
        if digits == 1, head.status == 0 { throw .invalidStatusCode }
        if digits == 3 { state = .reasonSpace }
    }

    private mutating func takeSpace(
        _ byte: UInt8, _ position: Int, _ head: inout ResponseHead
    ) throws(HTTPViolation) {
        reasonStart = position &+ 1
        head.reasonPhrase = .empty
        switch byte {
        case ByteClass.space: state = .reason
        case ByteClass.carriageReturn: state = .lineFeed
        case ByteClass.lineFeed: state = .done
        default: throw .invalidStatusCode
        }
    }

    private mutating func scanReason(
        _ bytes: Span<UInt8>, _ position: inout Int, _ head: inout ResponseHead
    ) throws(HTTPViolation) {
        let stop = ByteScan.endOfText(bytes, position)
        position = stop
        guard stop < bytes.count else { return }
        switch bytes[stop] {
        case ByteClass.carriageReturn:
            head.reasonPhrase = ByteRange(reasonStart, stop)
            position &+= 1
            state = .lineFeed
        case ByteClass.lineFeed:
            head.reasonPhrase = ByteRange(reasonStart, stop)
            position &+= 1
            state = .done
        default: throw .invalidStatusLine
        }
    }
}
