@testable import HTTPWire

/// What the reading of a head came to.
enum HeadReading<Head: ParsedHead> {
    case needMore
    case head(Head, length: Int)
    case invalid(HTTPViolation)

    func equals(_ other: HeadReading) -> Bool {
        switch (self, other) {
        case (.needMore, .needMore): true
        case (.head(let one, let length), .head(let two, let other)): length == other && one.equals(two)
        case (.invalid(let one), .invalid(let two)): one == two
        default: false
        }
    }
}

/// Reads bytes as a head in every manner that a connection may bring about, and holds the parser to what
/// is true of any bytes.
struct HeadReader<Parser: HeadParser> {
    let bytes: [UInt8]
    let limits: HeadLimits
    /// A parser that has read nothing.
    let fresh: Parser
    /// A parser that has read other messages and was reset.
    let used: Parser

    /// Reads in one piece, in some pieces and byte by byte, all with the same result.
    func read(_ input: FuzzInput) throws(BrokenInvariant) -> HeadReading<Parser.Head> {
        let whole = try read(fresh, ends: [bytes.count])
        let pieces = try read(fresh, ends: input.ends(bytes.count))
        try require(pieces.equals(whole), "pieces \(input.ends(bytes.count)): \(pieces) but \(whole)")
        let reused = try read(used, ends: [bytes.count])
        try require(reused.equals(whole), "a parser used before: \(reused) but \(whole)")
        let dripped = try read(fresh, ends: 0...bytes.count)
        try require(dripped.equals(whole), "byte by byte: \(dripped) but \(whole)")
        if case .head(let head, let length) = whole {
            try checkEnd(whole, length)
            try checkPlaces(head, length)
            try checkOneLook(head, length)
        }
        return whole
    }

    private func read(
        _ parser: Parser, ends: some Sequence<Int>
    ) throws(BrokenInvariant) -> HeadReading<Parser.Head> {
        var parser = parser
        for end in ends {
            let before = parser.position
            let progress = parser.parse(bytes.span.extracting(0..<end))
            try require(before <= parser.position && parser.position <= end, "looked beyond what is there")
            switch progress {
            case .needMore:
                try require(parser.position == end, "asked for more before it had looked at all")
                try require(end < limits.headBytes, "asked for more than a head may have")
            case .complete(let length):
                try require(length == parser.position, "\(length) bytes, but looked at \(parser.position)")
                try require(parser.parse(bytes.span) == progress, "took back that the head is complete")
                return .head(parser.head, length: length)
            case .invalid(let violation):
                try require(parser.parse(bytes.span) == progress, "took back \(violation)")
                return .invalid(violation)
            }
        }
        return .needMore
    }

    /// A head is complete with its last byte and not before.
    private func checkEnd(_ whole: HeadReading<Parser.Head>, _ length: Int) throws(BrokenInvariant) {
        let exact = try read(fresh, ends: [length])
        try require(exact.equals(whole), "without what follows: \(exact) but \(whole)")
        let cut = try read(fresh, ends: [length - 1])
        try require(cut.equals(.needMore), "without its last byte: \(cut)")
    }

    /// All that a head points to lies within it, and fields lie behind one another.
    private func checkPlaces(_ head: Parser.Head, _ length: Int) throws(BrokenInvariant) {
        try require(length <= limits.headBytes, "\(length) bytes are over the limit")
        try require(head.fields.count <= limits.fields, "\(head.fields.count) fields are over the limit")
        for place in head.places {
            try require(place.start <= place.end && Int(place.end) <= length, "\(place) is outside")
        }
        var position = 0
        for field in head.fields {
            let isOrdered =
                position <= field.name.start && field.name.start < field.name.end
                && field.name.end < field.value.start && field.value.start <= field.value.end
            try require(isOrdered && Int(field.value.end) + 4 <= length, "\(field) is misplaced")
            position = Int(field.value.end) + 2
        }
    }

    /// What was given in an earlier call is not looked at again: it is overwritten there by a byte that no
    /// head may hold. Only values that mean something to the parser are needed once more, and spaces,
    /// which may turn out to be a value's end.
    private func checkOneLook(_ head: Parser.Head, _ length: Int) throws(BrokenInvariant) {
        var isIdle = [Bool](repeating: false, count: length)
        let values = head.fields.filter { !$0.known.isInterpreted }.map(\.value)
        for place in head.idlePlaces + values {
            for index in place.indices where bytes[index] != 32 && bytes[index] != 9 { isIdle[index] = true }
        }
        var spoiled = bytes
        var parser = fresh
        for end in 1...length {
            let progress = parser.parse(spoiled.span.extracting(0..<end))
            let expected = end < length ? HeadProgress.needMore : .complete(length: length)
            try require(progress == expected, "looked again: \(progress) at byte \(end)")
            if isIdle[end - 1] { spoiled[end - 1] = 0 }
        }
        try require(parser.head.equals(head), "looked again: \(parser.head) but \(head)")
    }
}
