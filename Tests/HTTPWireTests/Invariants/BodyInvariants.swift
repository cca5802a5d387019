@testable import HTTPWire

/// Holds the reading of some bytes as a body, and the chunks written from what was understood, to all
/// that must be true of any bytes.
func checkBody(_ bytes: [UInt8]) throws(BrokenInvariant) {
    let input = FuzzInput(bytes)
    let framing = bodyFraming(input)
    let message = input.message
    let whole = try read(message, framing, ends: [message.count])
    let ends = input.ends(message.count)
    let pieces = try read(message, framing, ends: ends)
    try require(pieces == whole, "pieces \(ends): \(pieces) but \(whole)")
    let dripped = try read(message, framing, ends: 0...message.count)
    try require(dripped == whole, "byte by byte: \(dripped) but \(whole)")
    var skipped = BodyDriver(framing, BodyReader(framing), skipping: input.randomness)
    let past = try skipped.read(message, ends: ends)
    try require(past == whole, "with content moved past the reader: \(past) but \(whole)")
    var reused = BodyDriver(framing, usedReader(framing))
    let again = try reused.read(message, ends: [message.count])
    try require(again == whole, "a reader used before: \(again) but \(whole)")
    try checkEnd(whole, message, framing)
    try checkWriting(whole, input)
}

/// Mostly chunks; else a length near that of the message, the largest of lengths, no body, or all there is.
private func bodyFraming(_ input: FuzzInput) -> BodyFraming {
    let choice = Int(input.options >> 2)
    switch input.options & 3 {
    case 0, 1: return .chunked
    case 2 where choice == 63: return .contentLength(UInt64(Int64.max))
    case 2: return .contentLength(UInt64(max(0, input.message.count + choice - 32)))
    default: return choice == 0 ? .none : .untilClose
    }
}

private func read(
    _ bytes: [UInt8], _ framing: BodyFraming, ends: some Sequence<Int>
) throws(BrokenInvariant) -> BodyReading {
    var driver = BodyDriver(framing, BodyReader(framing))
    return try driver.read(bytes, ends: ends)
}

/// A reader that was left in the middle of another body, or behind its trailers.
private func usedReader(_ framing: BodyFraming) -> BodyReader {
    let bodies = [
        "2;x\r\nab\r\n1f;y\r\nabc", "1\r\na\r\n0\r\nX-Other: 1\r\n\r\n", "1\r\na\r\n0\r\nX-Other: 1\r\n",
    ]
    var reader = BodyReader(.chunked)
    for body in bodies {
        reader.reset(.chunked)
        let bytes = Array(body.utf8)
        var position = 0
        while case .payload(let range) = reader.next(bytes.span, from: position) {
            position = range.upperBound
        }
    }
    reader.reset(framing)
    return reader
}

/// The body ends where a plain reading says, with that content; or it does not end in either.
private func checkEnd(
    _ whole: BodyReading, _ message: [UInt8], _ framing: BodyFraming
) throws(BrokenInvariant) {
    var expected = BodyReading()
    switch framing {
    case .none: expected.end = .end(length: 0)
    case .contentLength(let length):
        expected.payload = Array(message.prefix(Int(length)))
        if length <= UInt64(message.count) { expected.end = .end(length: Int(length)) }
    case .untilClose: expected.payload = message
    case .chunked:
        let plain = PlainChunks.read(message)
        if case .end(let length) = whole.end {
            try require(plain == whole, "\(whole) but \(String(describing: plain))")
            try checkCut(whole, message, length)
        } else {
            try require(plain == nil, "\(whole.end) but \(String(describing: plain))")
        }
        return
    }
    try require(whole == expected, "\(whole) but \(expected)")
}

/// A body is over with its last byte and not before, whatever follows it.
private func checkCut(_ whole: BodyReading, _ message: [UInt8], _ length: Int) throws(BrokenInvariant) {
    let exact = try read(Array(message[..<length]), .chunked, ends: [length])
    try require(exact == whole, "without what follows: \(exact) but \(whole)")
    let cut = try read(Array(message[..<(length - 1)]), .chunked, ends: [length - 1])
    try require(cut.end == .needMore, "without its last byte: \(cut)")
}

/// Content that is framed anew in other chunks, with its trailers behind, is read again as the same.
private func checkWriting(_ whole: BodyReading, _ input: FuzzInput) throws(BrokenInvariant) {
    guard case .end = whole.end else { return }
    let written = writeChunks(whole, input)
    var expected = whole
    expected.end = .end(length: written.count)
    let ends = input.ends(written.count)
    // A space for each field may put the trailers over their limit.
    let section = whole.trailers.reduce(2) { $0 + $1.name.count + $1.value.count + 4 }
    guard section <= HeadLimits.trailers.headBytes else { return }
    let again = try read(written, .chunked, ends: ends)
    try require(again == expected, "wrote \(again), not \(expected)")
}

private func writeChunks(_ body: BodyReading, _ input: FuzzInput) -> [UInt8] {
    var random = input.randomness
    var writer = ByteWriter(capacity: 1)
    var rest = body.payload[...]
    while !rest.isEmpty {
        let size = Int.random(in: 1...min(rest.count, 300), using: &random)
        writer.beginChunk(size)
        for byte in rest.prefix(size) { writer.write(byte) }
        writer.endChunk()
        rest = rest.dropFirst(size)
    }
    writer.writeLastChunk()
    for trailer in body.trailers {
        // A field of a message of its own, as the writer takes places and not texts.
        let line = trailer.name + [UInt8(ascii: ":")] + trailer.value
        let name = ByteRange(0, trailer.name.count)
        let value = ByteRange(trailer.name.count + 1, line.count)
        writer.writeField(HeadField(name: name, value: value, known: trailer.known), from: line.span)
    }
    writer.endHead()
    return writer.copy
}
