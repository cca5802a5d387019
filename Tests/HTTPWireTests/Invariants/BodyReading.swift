@testable import HTTPWire

/// What the reading of a body came to.
struct BodyReading: Equatable {
    enum End: Equatable {
        case needMore
        /// The body is over; so many bytes of the message belong to it.
        case end(length: Int)
        case invalid(HTTPViolation)
    }

    var payload: [UInt8] = []
    var trailers: [PlainField] = []
    var end = End.needMore
}

/// Gives a body to a reader as a proxy would, which drops what was consumed and gives the rest again, and
/// holds the reader to what is true of any bytes.
struct BodyDriver {
    private let framing: BodyFraming
    private var reader: BodyReader
    private(set) var reading = BodyReading()
    /// What of the message has been consumed.
    private var base = 0
    /// Each event of a whole body takes a byte or ends a piece.
    private var remainingEvents = 0
    /// When set, now and then content is moved past the reader, as by splice(2).
    private var skipping: Randomness?

    init(_ framing: BodyFraming, _ reader: BodyReader, skipping: Randomness? = nil) {
        self.framing = framing
        self.reader = reader
        self.skipping = skipping
    }

    /// Gives the bytes up to each of the ends in turn, until there is an outcome.
    mutating func read(
        _ bytes: [UInt8], ends: some Sequence<Int>
    ) throws(BrokenInvariant) -> BodyReading {
        remainingEvents = bytes.count * 2 + 16
        for end in ends {
            remainingEvents += 2
            try readPiece(bytes.span.extracting(base..<end))
            guard reading.end == .needMore else { break }
        }
        return reading
    }

    private mutating func readPiece(_ input: Span<UInt8>) throws(BrokenInvariant) {
        var position = 0
        while true {
            remainingEvents -= 1
            try require(remainingEvents > 0, "goes on and on")
            skip(input, &position)
            let certain = reader.remainingPayload
            try require(certain <= UInt64(Int64.max), "certain of \(certain) bytes")
            let event = reader.next(input, from: position)
            switch event {
            case .payload(let range):
                try takePayload(range, input, position, certain)
                position = range.upperBound
            case .needMore(let consumed):
                try checkPause(position, consumed, input.count)
                base += consumed
                return
            case .end(let consumed):
                try require(position <= consumed && consumed <= input.count, "ended outside")
                return try takeEnd(input, consumed)
            case .invalid(let violation):
                try require(reader.next(input, from: position) == event, "took back \(violation)")
                try require(!reader.isDone && !reader.mayEndHere, "broken, and whole")
                reading.end = .invalid(violation)
                return
            }
        }
    }

    private mutating func skip(_ input: Span<UInt8>, _ position: inout Int) {
        let certain = reader.remainingPayload
        guard certain > 0, var random = skipping, position < input.count else { return }
        let most = Int(min(certain, UInt64(input.count - position)))
        let size = Int.random(in: 0...most, using: &random)
        skipping = random
        reader.skip(UInt64(size))
        for index in position..<position + size { reading.payload.append(input[index]) }
        position += size
    }

    private mutating func takePayload(
        _ range: Range<Int>, _ input: Span<UInt8>, _ position: Int, _ certain: UInt64
    ) throws(BrokenInvariant) {
        let isInside = position <= range.lowerBound && range.upperBound <= input.count
        try require(isInside && !range.isEmpty, "content at \(range) of \(input.count)")
        if certain > 0 {
            try require(range.lowerBound == position, "framing in \(certain) certain bytes of content")
            try require(UInt64(range.count) <= certain, "\(range.count) bytes of content, \(certain) certain")
            let left = framing == .untilClose ? certain : certain - UInt64(range.count)
            try require(reader.remainingPayload == left, "\(reader.remainingPayload) are left, not \(left)")
        }
        for index in range { reading.payload.append(input[index]) }
        try require(reader.payloadBytes == UInt64(reading.payload.count), "counted \(reader.payloadBytes)")
    }

    /// Trailers alone are held back, and no more of them than their limit.
    private func checkPause(_ position: Int, _ consumed: Int, _ count: Int) throws(BrokenInvariant) {
        try require(position <= consumed && consumed <= count, "consumed \(consumed) of \(count)")
        try require(count - consumed < HeadLimits.trailers.headBytes, "held \(count - consumed) bytes back")
        try require(count == consumed || framing == .chunked, "held bytes back")
        try require(!reader.isDone, "over, and needs more")
        try require(reader.mayEndHere == (framing == .untilClose), "may end: \(reader.mayEndHere)")
    }

    private mutating func takeEnd(_ input: Span<UInt8>, _ consumed: Int) throws(BrokenInvariant) {
        try require(reader.isDone && reader.mayEndHere, "over, and may not end")
        try require(reader.remainingPayload == 0, "over, and \(reader.remainingPayload) bytes are left")
        let start = reader.trailersStart
        for field in reader.trailers {
            let name = start + Int(field.name.start)..<start + Int(field.name.end)
            let value = start + Int(field.value.start)..<start + Int(field.value.end)
            try require(name.upperBound < value.lowerBound && value.upperBound < consumed, "\(field) outside")
            let line = name.map { input[$0] } + Array(": ".utf8) + value.map { input[$0] }
            let plain = try PlainField(line: line)
            try require(plain.known == field.known, "\(line.quoted) is taken for \(field.known)")
            reading.trailers.append(plain)
        }
        reading.end = .end(length: base + consumed)
        try require(reader.next(input, from: consumed) == .end(consumed: consumed), "went on after the end")
    }
}
