/// Reads the chunked coding (RFC 9112, section 7.1) and says which bytes are content.
///
/// Everything is read as strictly as a head: a size is one to sixteen hexadecimal digits, an extension
/// is passed over when its bytes are clean, every line ends in CRLF. The trailers are held back until
/// they are whole, so that they can be given as fields; they are then at `trailers`.
///
///     var position = 0
///     reading: while true {
///         switch decoder.next(input, from: position) {
///         case .payload(let range): pass on input[range]; position = range.upperBound
///         case .needMore(let consumed): drop `consumed` bytes, read more; break reading
///         case .end(let consumed): the next message begins at `consumed`; break reading
///         case .invalid(let violation): cut the connection; break reading
///         }
///     }
public struct ChunkedDecoder: Sendable {
    private enum State: UInt8 {
        case size, moreSize, space, extensions, sizeLineFeed
        case payload, payloadReturn, payloadLineFeed, trailers, done
    }

    private var state = State.size
    private var digits = 0
    private var remaining: UInt64 = 0
    private var extensionBytes = 0
    private var violation: HTTPViolation?
    private var trailerSection = TrailerSection()

    /// The most digits that a size may have; sixteen hold any number of 64 bits.
    static let sizeDigits = 16
    /// The longest extension of one chunk, with the whitespace before it. The longest in use, a signature
    /// of AWS, has 81 bytes; without a bound a body could be all extensions, which costs and carries nothing.
    static let extensionBytesLimit = 256

    /// A decoder at the start of a body.
    public init() {}

    /// Whether the body is over.
    public var isDone: Bool { state == .done }

    /// How many bytes of the present chunk are still to come: so many can be moved without being read.
    public var remainingInChunk: UInt64 { state == .payload ? remaining : 0 }

    /// The trailers, once the body is over. Their ranges count from `trailersStart`.
    public var trailers: [HeadField] { trailerSection.fields }
    /// Where the trailers began in the span that was given with the event `end`.
    public private(set) var trailersStart = 0

    /// Makes ready for the next body, keeping the memory.
    public mutating func reset() {
        state = .size
        digits = 0
        remaining = 0
        extensionBytes = 0
        violation = nil
        trailerSection.reset()
    }

    /// Reads on from `start`. After `end` or `invalid` there is nothing more to read until `reset()`.
    public mutating func next(_ bytes: Span<UInt8>, from start: Int) -> BodyEvent {
        if let violation { return .invalid(violation) }
        do throws(HTTPViolation) {
            return try read(bytes, start)
        } catch {
            violation = error
            return .invalid(error)
        }
    }

    /// Counts off content of the present chunk that was moved past this decoder, by splice(2) for one.
    /// At most `remainingInChunk` bytes.
    public mutating func skip(_ count: UInt64) {
        consume(min(count, remainingInChunk))
    }

    private mutating func consume(_ count: UInt64) {
        remaining -= count
        if remaining == 0 { state = .payloadReturn }
    }

    private mutating func read(_ bytes: Span<UInt8>, _ start: Int) throws(HTTPViolation) -> BodyEvent {
        var position = start
        while position < bytes.count {
            switch state {
            case .payload:
                let end = position + Int(min(UInt64(bytes.count - position), remaining))
                consume(UInt64(end - position))
                return .payload(position..<end)
            case .trailers:
                guard let end = try trailerSection.read(bytes, position) else {
                    return .needMore(consumed: position)
                }
                trailersStart = position
                state = .done
                return .end(consumed: end)
            case .done: return .end(consumed: position)
            default: try takeFraming(bytes[position])
            }
            position += 1
        }
        return state == .done ? .end(consumed: position) : .needMore(consumed: position)
    }

    /// Takes a byte that is no content.
    private mutating func takeFraming(_ byte: UInt8) throws(HTTPViolation) {
        switch state {
        case .size, .moreSize: try takeSize(byte)
        case .space: try takeSpace(byte)
        case .extensions: try takeExtension(byte)
        case .sizeLineFeed:
            try expectLineFeed(byte)
            state = remaining == 0 ? .trailers : .payload
        case .payloadReturn:
            guard byte == ByteClass.carriageReturn else { throw .invalidChunkEnd }
            state = .payloadLineFeed
        case .payloadLineFeed:
            guard byte == ByteClass.lineFeed else { throw .invalidChunkEnd }
            digits = 0
            extensionBytes = 0
            state = .size
        case .payload, .trailers, .done: break
        }
    }

    private mutating func takeSize(_ byte: UInt8) throws(HTTPViolation) {
        if let digit = ByteClass.hexadecimal(byte) {
            guard digits < Self.sizeDigits else { throw .chunkSizeTooLarge }
            digits += 1
            remaining = remaining &<< 4 | UInt64(digit)
            guard remaining <= UInt64(Int64.max) else { throw .chunkSizeTooLarge }
            state = .moreSize
            return
        }
        guard state == .moreSize else { throw .invalidChunkSize }
        switch byte {
        case ByteClass.carriageReturn: state = .sizeLineFeed
        case ByteClass.lineFeed: throw .bareLineFeed
        case UInt8(ascii: ";"): state = .extensions
        case ByteClass.space, ByteClass.tab:
            extensionBytes = 1
            state = .space
        default: throw .invalidChunkSize
        }
    }

    /// Whitespace after a size is allowed before an extension (RFC 9112, section 7.1.1), not alone.
    private mutating func takeSpace(_ byte: UInt8) throws(HTTPViolation) {
        if byte == UInt8(ascii: ";") {
            state = .extensions
            return
        }
        guard ByteClass.isSpace(byte) else { throw .invalidChunkSize }
        try countExtension()
    }

    private mutating func takeExtension(_ byte: UInt8) throws(HTTPViolation) {
        switch byte {
        case ByteClass.carriageReturn: state = .sizeLineFeed
        case ByteClass.lineFeed: throw .bareLineFeed
        default:
            guard ByteClass.isText(byte) else { throw .invalidChunkExtension }
            try countExtension()
        }
    }

    private mutating func countExtension() throws(HTTPViolation) {
        extensionBytes += 1
        guard extensionBytes <= Self.extensionBytesLimit else { throw .chunkExtensionTooLong }
    }

    private func expectLineFeed(_ byte: UInt8) throws(HTTPViolation) {
        guard byte == ByteClass.lineFeed else { throw .bareCarriageReturn }
    }
}
