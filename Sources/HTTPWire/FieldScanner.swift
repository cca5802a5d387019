/// Reads field lines byte by byte (RFC 9112, section 5): those of a head and those of trailers.
///
/// It goes on where it stopped, never looks at a byte twice for its grammar, and throws at the first byte
/// that cannot stand where it is.
struct FieldScanner {
    private enum State: UInt8 {
        case lineStart, name, beforeValue, value, lineFeed, lastLineFeed, done
    }

    private var state = State.lineStart
    private var nameStart = 0
    private var nameEnd = 0
    private var valueStart = 0
    private var valueEnd = 0
    private var remaining: Int

    /// A scanner at the start of a section, which takes so many fields.
    init(limit: Int) {
        remaining = limit
    }

    /// Whether the empty line has been read that ends the section.
    var isDone: Bool { state == .done }

    /// Reads on from `position` to `end`. Gives a field when its line is complete; nil when the bytes or
    /// the section are at their end.
    mutating func next(
        _ bytes: Span<UInt8>, _ position: inout Int, _ end: Int
    ) throws(HTTPViolation) -> HeadField? {
        while position < end {
            switch state {
            case .lineStart: try beginLine(bytes[position], &position)
            case .name: try scanName(bytes, &position, end)
            case .beforeValue: skipSpace(bytes, &position, end)
            case .value: try scanValue(bytes, &position, end)
            case .lineFeed:
                try expectLineFeed(bytes[position], &position)
                state = .lineStart
                return field(bytes)
            case .lastLineFeed:
                try expectLineFeed(bytes[position], &position)
                state = .done
                return nil
            case .done: return nil
            }
        }
        return nil
    }

    private mutating func beginLine(_ byte: UInt8, _ position: inout Int) throws(HTTPViolation) {
        if ByteClass.isToken(byte) {
            guard remaining > 0 else { throw .tooManyFields }
            remaining -= 1
            nameStart = position
            state = .name
            return
        }
        switch byte {
        case ByteClass.carriageReturn: state = .lastLineFeed
        case ByteClass.lineFeed: throw .bareLineFeed
        case ByteClass.space, ByteClass.tab: throw .lineFolding
        case UInt8(ascii: ":"): throw .emptyFieldName
        default: throw .invalidFieldName
        }
        position &+= 1
    }

    private mutating func scanName(
        _ bytes: Span<UInt8>, _ position: inout Int, _ end: Int
    ) throws(HTTPViolation) {
        let stop = ByteScan.endOfName(bytes, position, end)
        position = stop
        guard stop < end else { return }
        switch bytes[stop] {
        case UInt8(ascii: ":"):
            nameEnd = stop
            position &+= 1
            state = .beforeValue
        case ByteClass.space, ByteClass.tab: throw .spaceBeforeColon
        case ByteClass.carriageReturn: throw .missingColon
        case ByteClass.lineFeed: throw .bareLineFeed
        default: throw .invalidFieldName
        }
    }

    private mutating func skipSpace(_ bytes: Span<UInt8>, _ position: inout Int, _ end: Int) {
        position = ByteScan.endOfSpace(bytes, position, end)
        guard position < end else { return }
        valueStart = position
        state = .value
    }

    private mutating func scanValue(
        _ bytes: Span<UInt8>, _ position: inout Int, _ end: Int
    ) throws(HTTPViolation) {
        let stop = ByteScan.endOfText(bytes, position, end)
        position = stop
        guard stop < end else { return }
        switch bytes[stop] {
        case ByteClass.carriageReturn:
            valueEnd = ByteScan.trimmedEnd(bytes, valueStart, stop)
            position &+= 1
            state = .lineFeed
        case ByteClass.lineFeed: throw .bareLineFeed
        default: throw .controlByteInField
        }
    }

    private func expectLineFeed(_ byte: UInt8, _ position: inout Int) throws(HTTPViolation) {
        guard byte == ByteClass.lineFeed else { throw .bareCarriageReturn }
        position &+= 1
    }

    private func field(_ bytes: Span<UInt8>) -> HeadField {
        let name = ByteRange(nameStart, nameEnd)
        return HeadField(
            name: name, value: ByteRange(valueStart, valueEnd),
            known: FieldNameTable.shared.name(PackedToken(bytes, name)))
    }
}
