/// Reads the chunked coding (RFC 9112, section 7.1) and says which bytes are content.
///
/// Everything is read as strictly as a head: a size is one to sixteen hexadecimal digits, an extension
/// is passed over when it follows its grammar, every line ends in CRLF. Of a server (``Sender``) blanks around a size
/// and lines that end in LF alone are taken too. The trailers are held back until
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
    private let isLenient: Bool
    private var extensions = ChunkExtensions()
    private var digits = 0
    private var remaining: UInt64 = 0
    private var extensionBytes = 0
    private var violation: HTTPViolation?
    private var trailerSection: TrailerSection

    /// The most digits that a size may have; sixteen hold any number of 64 bits.
    static let sizeDigits = 16
    /// The longest extension of one chunk, with the whitespace before it. The longest in use, a signature
    /// of AWS, has 81 bytes; without a bound a body could be all extensions, which costs and carries nothing.
    static let extensionBytesLimit = 256

    /// A decoder at the start of a body.
    public init(of sender: Sender = .client) {
        isLenient = sender == .server
        trailerSection = TrailerSection(of: sender)
    }

    /// Whether the body is over.
    public var isDone: Bool { state == .done }

    /// How many bytes of the present chunk are still to come: so many can be moved without being read.
    public var remainingInChunk: UInt64 { state == .payload ? remaining : 0 }

    /// The trailers, once the body is over. Their ranges count from `trailersStart`.
    public var trailers: [HeadField] { trailerSection.fields }
    /// Where the trailers began in the span that was given with the event `end`.
    public private(set) var trailersStart = 0

    /// Makes ready for the next body, keeping the memory.
    ///
    /// - Parameter names: of trailers, in lower case, that are not given.
    public mutating func reset(dropping names: [String] = []) {
        state = .size
        digits = 0
        remaining = 0
        extensionBytes = 0
        violation = nil
        trailerSection.reset(dropping: names)
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
        guard state == .payload else { return }
        consume(min(count, remaining))
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
            guard byte == ByteClass.lineFeed else { throw .bareCarriageReturn }
            endSize()
        case .payloadReturn:
            if isLenient, byte == ByteClass.lineFeed { return beginSize() }
            guard byte == ByteClass.carriageReturn else { throw .invalidChunkEnd }
            state = .payloadLineFeed
        case .payloadLineFeed:
            guard byte == ByteClass.lineFeed else { throw .invalidChunkEnd }
            beginSize()
        case .payload, .trailers, .done: break
        }
    }

    private mutating func beginSize() {
        digits = 0
        extensionBytes = 0
        state = .size
    }

    private mutating func endSize() {
        state = remaining == 0 ? .trailers : .payload
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
        if isLenient, state == .size, ByteClass.isSpace(byte) { return try countExtension() }
        guard state == .moreSize else { throw .invalidChunkSize }
        switch byte {
        case ByteClass.carriageReturn: state = .sizeLineFeed
        case ByteClass.lineFeed: try endLineEarly()
        case UInt8(ascii: ";"): beginExtensions()
        case ByteClass.space, ByteClass.tab:
            try countExtension()
            state = .space
        default: throw .invalidChunkSize
        }
    }

    private mutating func beginExtensions() {
        extensions = ChunkExtensions()
        state = .extensions
    }

    /// A line that ends in LF alone.
    private mutating func endLineEarly() throws(HTTPViolation) {
        guard isLenient else { throw .bareLineFeed }
        endSize()
    }

    /// Whitespace after a size is allowed before an extension (RFC 9112, section 7.1.1), and to servers alone.
    private mutating func takeSpace(_ byte: UInt8) throws(HTTPViolation) {
        switch byte {
        case UInt8(ascii: ";"): beginExtensions()
        case ByteClass.space, ByteClass.tab: try countExtension()
        case ByteClass.carriageReturn where isLenient: state = .sizeLineFeed
        case ByteClass.lineFeed where isLenient: endSize()
        default: throw .invalidChunkSize
        }
    }

    private mutating func takeExtension(_ byte: UInt8) throws(HTTPViolation) {
        guard byte == ByteClass.carriageReturn || byte == ByteClass.lineFeed else {
            guard extensions.take(byte) else { throw .invalidChunkExtension }
            return try countExtension()
        }
        if byte == ByteClass.lineFeed, !isLenient { throw .bareLineFeed }
        guard extensions.mayEnd || (isLenient && extensions.endsWithBlanks) else {
            throw .invalidChunkExtension
        }
        if byte == ByteClass.lineFeed { endSize() } else { state = .sizeLineFeed }
    }

    private mutating func countExtension() throws(HTTPViolation) {
        extensionBytes += 1
        guard extensionBytes <= Self.extensionBytesLimit else { throw .chunkExtensionTooLong }
    }
}
