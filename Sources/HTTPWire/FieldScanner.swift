/// Reads field lines (RFC 9112, section 5): those of a head and those of trailers.
///
/// It goes on where it stopped, never looks at a byte twice for its grammar, and throws at the first byte
/// that cannot stand where it is.
struct FieldScanner {
    private enum State: UInt8 {
        case lineStart, name, value, lineFeed, lastLineFeed, done
    }

    private var state = State.lineStart
    private var nameStart = 0
    private var nameEnd = 0
    private var valueStart = 0
    private var valueEnd = 0
    private var remaining: Int
    /// Whether a line may end in LF alone.
    private let isLenient: Bool
    /// Whether a value may have control bytes.
    private let takesControlBytes: Bool
    /// Whether one had some.
    private(set) var metControlBytes = false

    /// A scanner at the start of a section, which takes so many fields.
    init(limit: Int, of sender: Sender, accepting faults: AcceptedFaults = []) {
        remaining = limit
        isLenient = sender == .server
        takesControlBytes = faults.contains(.controlBytes)
    }

    /// Whether the empty line has been read that ends the section.
    var isDone: Bool { state == .done }

    /// Reads on from `position`. Gives a field when its line is complete; nil when the bytes or the section are at
    /// their end.
    ///
    /// A line is read from top to bottom. Where the bytes end in between, the state says where to go on. The table of
    /// names is fetched by the caller, once for all fields.
    @inline(__always) mutating func next(
        _ bytes: Span<UInt8>, _ position: inout Int, _ names: borrowing FieldNameTable
    ) throws(HTTPViolation) -> HeadField? {
        var index = position
        defer { position = index }
        switch state {
        case .lineStart:
            guard index < bytes.count else { return nil }
            try beginLine(bytes[index], index)
            if state == .lastLineFeed {
                if bytes[index] == ByteClass.carriageReturn { index &+= 1 }
                return try endSection(bytes, &index)
            }
            fallthrough
        case .name:
            guard try scanName(bytes, &index) else { return nil }
            fallthrough
        case .value:
            guard try scanValue(bytes, &index) else { return nil }
            fallthrough
        case .lineFeed:
            guard index < bytes.count else { return nil }
            guard bytes[index] == ByteClass.lineFeed else { throw .bareCarriageReturn }
            index &+= 1
            state = .lineStart
            return field(bytes, names)
        case .lastLineFeed: return try endSection(bytes, &index)
        case .done: return nil
        }
    }

    @inline(__always) private mutating func beginLine(_ byte: UInt8, _ index: Int) throws(HTTPViolation) {
        if byte <= ByteClass.carriageReturn, isLineEnd(byte) {
            state = .lastLineFeed
            return
        }
        guard remaining > 0 || !ByteClass.isToken(byte) else { throw .tooManyFields }
        remaining &-= 1
        nameStart = index
        state = .name
    }

    private func isLineEnd(_ byte: UInt8) -> Bool {
        byte == ByteClass.carriageReturn || (isLenient && byte == ByteClass.lineFeed)
    }

    @inline(__always) private mutating func scanName(
        _ bytes: Span<UInt8>, _ index: inout Int
    ) throws(HTTPViolation) -> Bool {
        index = ByteScan.endOfName(bytes, index)
        guard index < bytes.count else { return false }
        let byte = bytes[index]
        guard byte == UInt8(ascii: ":"), index > nameStart else { throw violation(in: byte, index) }
        nameEnd = index
        index &+= 1
        state = .value
        return true
    }

    /// What is wrong with a byte at which a name ends, or could not begin.
    @inline(never) private func violation(in byte: UInt8, _ index: Int) -> HTTPViolation {
        let isFirst = index == nameStart
        switch byte {
        case UInt8(ascii: ":"): return .emptyFieldName
        case ByteClass.space, ByteClass.tab: return isFirst ? .lineFolding : .spaceBeforeColon
        case ByteClass.carriageReturn: return .missingColon
        case ByteClass.lineFeed: return .bareLineFeed
        default: return .invalidFieldName
        }
    }

    @inline(__always) private mutating func scanValue(
        _ bytes: Span<UInt8>, _ index: inout Int
    ) throws(HTTPViolation) -> Bool {
        index = ByteScan.endOfText(bytes, index)
        if takesControlBytes { passControlBytes(bytes, &index) }
        guard index < bytes.count else { return false }
        guard isLineEnd(bytes[index]) else {
            throw bytes[index] == ByteClass.lineFeed ? .bareLineFeed : .controlByteInField
        }
        valueStart = ByteScan.endOfSpace(bytes, nameEnd &+ 1, index)
        valueEnd = ByteScan.trimmedEnd(bytes, valueStart, index)
        if bytes[index] == ByteClass.carriageReturn { index &+= 1 }
        state = .lineFeed
        return true
    }

    private mutating func passControlBytes(_ bytes: Span<UInt8>, _ index: inout Int) {
        while index < bytes.count, !isLineEnd(bytes[index]) {
            metControlBytes = true
            index = ByteScan.endOfText(bytes, index &+ 1)
        }
    }

    private mutating func endSection(
        _ bytes: Span<UInt8>, _ index: inout Int
    ) throws(HTTPViolation) -> HeadField? {
        guard index < bytes.count else { return nil }
        guard bytes[index] == ByteClass.lineFeed else { throw .bareCarriageReturn }
        index &+= 1
        state = .done
        return nil
    }

    @inline(__always) private func field(
        _ bytes: Span<UInt8>, _ names: borrowing FieldNameTable
    ) -> HeadField {
        let name = ByteRange(nameStart, nameEnd)
        return HeadField(name: name, value: ByteRange(valueStart, valueEnd), known: names.name(bytes, name))
    }
}
