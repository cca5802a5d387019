import HTTPWire

/// Reads the answer to one request, whatever pieces it comes in, and keeps what a test counts of it.
///
/// It is kept and reset between answers, so that none allocates.
struct AnswerReader {
    /// What the bytes so far came to.
    enum Progress: Equatable {
        /// More is needed; all before `consumed` is done with.
        case needMore(consumed: Int)
        /// The answer is whole; what lies behind `consumed` is not of it.
        case whole(consumed: Int)
        /// It is no HTTP/1.1 response.
        case invalid
    }

    private let method: HTTPMethod
    private var parser: ResponseParser
    private var body = BodyReader(.none, of: .server)
    private var headIsRead = false

    /// The status; meaningful when the answer is whole.
    private(set) var status = 0
    /// Whether the connection may carry another request.
    private(set) var keepsAlive = false
    /// Who answered.
    private(set) var server = ServerTally.Place.unnamed

    init(answering method: HTTPMethod) {
        self.method = method
        parser = ResponseParser(answering: method)
    }

    /// Makes ready for the next answer.
    mutating func reset() {
        parser.reset(answering: method)
        headIsRead = false
        server = .unnamed
    }

    /// Whether a connection that ends now leaves the answer whole.
    var mayEndHere: Bool { headIsRead && body.mayEndHere }

    /// Reads on. While more is needed, the bytes that were not consumed are given again with more behind them.
    mutating func read(_ bytes: Span<UInt8>, noting servers: inout ServerTally) -> Progress {
        var position = 0
        while !headIsRead {
            let rest = bytes.extracting(position..<bytes.count)
            switch parser.parse(rest) {
            case .needMore: return .needMore(consumed: position)
            case .invalid: return .invalid
            case .complete(let length):
                take(rest, noting: &servers)
                position += length
            }
        }
        return readBody(bytes, from: position)
    }

    /// Takes a head in; behind an interim one (1xx) comes another.
    private mutating func take(_ bytes: Span<UInt8>, noting servers: inout ServerTally) {
        guard !parser.head.isInterim else {
            parser.reset(answering: method)
            return
        }
        headIsRead = true
        status = parser.head.status
        keepsAlive = parser.head.keepAlive
        body.reset(parser.head.framing)
        if let value = backendName(in: bytes) { server = servers.place(of: bytes.extracting(value)) }
    }

    /// Where the value of the first `X-Backend` field is.
    private func backendName(in bytes: Span<UInt8>) -> Range<Int>? {
        for index in parser.head.fields.indices {
            let field = parser.head.fields[index]
            // Most fields are told from it by their length.
            if field.known == .other, field.name.count == Self.nameLength,
                field.name.matches(Self.name, in: bytes)
            {
                return field.value.indices
            }
        }
        return nil
    }

    private static let name = "X-Backend"
    private static let nameLength = 9

    private mutating func readBody(_ bytes: Span<UInt8>, from start: Int) -> Progress {
        var position = start
        while !body.isDone {
            switch body.next(bytes, from: position) {
            case .payload(let range): position = range.upperBound
            case .needMore(let consumed): return .needMore(consumed: consumed)
            case .end(let consumed): return .whole(consumed: consumed)
            case .invalid: return .invalid
            }
        }
        return .whole(consumed: position)
    }
}
