import HTTPWire

/// Gives a request's bytes up to each of the ends in turn, until there is an outcome.
func readRequest(_ bytes: [UInt8], ends: some Sequence<Int>, limits: HeadLimits = .standard) -> Outcome {
    var parser = RequestParser(limits: limits)
    return readRequest(&parser, bytes, ends: ends)
}

/// The same with a parser that may have read before.
func readRequest(_ parser: inout RequestParser, _ bytes: [UInt8], ends: some Sequence<Int>) -> Outcome {
    for end in ends {
        // A buffer of just that size: to look further would be to trap.
        let part = Array(bytes[..<end])
        switch parser.parse(part.span) {
        case .needMore: continue
        case .complete(let length): return .head(summary(parser.head, bytes, length))
        case .invalid(let violation): return .invalid(violation)
        }
    }
    return .needMore
}

/// Gives a response's bytes up to each of the ends in turn, until there is an outcome.
func readResponse(_ bytes: [UInt8], to method: HTTPMethod = .get, ends: some Sequence<Int>) -> Outcome {
    var parser = ResponseParser(answering: method)
    for end in ends {
        let part = Array(bytes[..<end])
        switch parser.parse(part.span) {
        case .needMore: continue
        case .complete(let length): return .head(summary(parser.head, bytes, length))
        case .invalid(let violation): return .invalid(violation)
        }
    }
    return .needMore
}

func readRequest(_ text: String) -> Outcome {
    let bytes = wire(text)
    return readRequest(bytes, ends: [bytes.count])
}

func readResponse(_ text: String, to method: HTTPMethod = .get) -> Outcome {
    let bytes = wire(text)
    return readResponse(bytes, to: method, ends: [bytes.count])
}

/// Every way to cut so many bytes: in one piece, in two at every place, and byte by byte.
func everySplit(_ count: Int) -> [[Int]] {
    (0...count).map { [$0, count] } + [Array(0...count)]
}
