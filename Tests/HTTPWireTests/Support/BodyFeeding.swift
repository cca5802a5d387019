import HTTPWire

/// What reading a body has come to.
struct BodyOutcome: Equatable {
    enum End: Equatable {
        case needMore
        case end(rest: String)
        case invalid(HTTPViolation)
    }

    var payload = ""
    var trailers: [String] = []
    var end = End.needMore
}

/// Gives a body's bytes to a reader up to each of the ends in turn, dropping what it consumed: as a proxy
/// would with its buffer.
func readBody(_ reader: inout BodyReader, _ bytes: [UInt8], ends: some Sequence<Int>) -> BodyOutcome {
    var outcome = BodyOutcome()
    var base = 0
    for end in ends {
        let input = Array(bytes[base..<end])
        var position = 0
        reading: while true {
            switch reader.next(input.span, from: position) {
            case .payload(let range):
                outcome.payload += String(decoding: input[range], as: UTF8.self)
                position = range.upperBound
            case .needMore(let consumed):
                base += consumed
                break reading
            case .end(let consumed):
                let section = Array(input[reader.trailersStart...])
                outcome.trailers = describe(reader.trailers, section)
                outcome.end = .end(rest: String(decoding: bytes[(base + consumed)...], as: UTF8.self))
                return outcome
            case .invalid(let violation):
                outcome.end = .invalid(violation)
                return outcome
            }
        }
    }
    return outcome
}

func readBody(
    _ framing: BodyFraming, of sender: Sender = .client, _ bytes: [UInt8], ends: some Sequence<Int>
) -> BodyOutcome {
    var reader = BodyReader(framing, of: sender)
    return readBody(&reader, bytes, ends: ends)
}

func readChunked(_ text: String) -> BodyOutcome {
    let bytes = wire(text)
    return readBody(.chunked, bytes, ends: [bytes.count])
}
