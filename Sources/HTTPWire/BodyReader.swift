/// Reads the body of a request or a response, however it is framed (RFC 9112, section 6.3).
///
/// It is used like `ChunkedDecoder`. When the connection ends, `mayEndHere` tells whether the body is whole.
public struct BodyReader: Sendable {
    private enum State {
        case counted(UInt64)
        case chunked
        case untilClose
    }

    private var state: State
    private var decoder: ChunkedDecoder
    /// How many bytes of content have been read: what a limit on bodies is compared with.
    public private(set) var payloadBytes: UInt64 = 0

    /// A reader at the start of a body.
    public init(_ framing: BodyFraming, of sender: Sender = .client) {
        state = Self.state(framing)
        decoder = ChunkedDecoder(of: sender)
    }

    /// Makes ready for the next body, keeping the memory.
    ///
    /// - Parameter names: of trailers, in lower case, that are not given.
    public mutating func reset(_ framing: BodyFraming, dropping names: [String] = []) {
        state = Self.state(framing)
        decoder.reset(dropping: names)
        payloadBytes = 0
    }

    /// Whether the body is over. True at once for a message without one.
    public var isDone: Bool {
        switch state {
        case .counted(let remaining): remaining == 0
        case .chunked: decoder.isDone
        case .untilClose: false
        }
    }

    /// Whether a connection that ends now leaves the body whole (RFC 9112, section 8).
    public var mayEndHere: Bool {
        if case .untilClose = state { return true }
        return isDone
    }

    /// How many bytes are sure to be content and nothing else: so many can be moved without being read.
    public var remainingPayload: UInt64 {
        switch state {
        case .counted(let remaining): remaining
        case .chunked: decoder.remainingInChunk
        case .untilClose: UInt64(Int64.max)
        }
    }

    /// The trailers of a chunked body that is over. Their ranges count from `trailersStart`.
    public var trailers: [HeadField] { decoder.trailers }
    /// Where the trailers began in the span that was given with the event `end`.
    public var trailersStart: Int { decoder.trailersStart }

    /// Reads on from `start`.
    public mutating func next(_ bytes: Span<UInt8>, from start: Int) -> BodyEvent {
        let available = bytes.count - start
        switch state {
        case .counted(let remaining):
            let size = Int(min(UInt64(max(available, 0)), remaining))
            guard remaining > 0 else { return .end(consumed: start) }
            guard size > 0 else { return .needMore(consumed: start) }
            state = .counted(remaining - UInt64(size))
            return count(start..<start + size)
        case .chunked:
            let event = decoder.next(bytes, from: start)
            if case .payload(let range) = event { return count(range) }
            return event
        case .untilClose:
            guard available > 0 else { return .needMore(consumed: start) }
            return count(start..<bytes.count)
        }
    }

    /// Counts off content that was moved past this reader, by splice(2) for one. At most
    /// `remainingPayload` bytes.
    public mutating func skip(_ count: UInt64) {
        let size = min(count, remainingPayload)
        switch state {
        case .counted(let remaining): state = .counted(remaining - size)
        case .chunked: decoder.skip(size)
        case .untilClose: break
        }
        payloadBytes &+= size
    }

    private mutating func count(_ range: Range<Int>) -> BodyEvent {
        payloadBytes &+= UInt64(range.count)
        return .payload(range)
    }

    private static func state(_ framing: BodyFraming) -> State {
        switch framing {
        case .none: .counted(0)
        case .contentLength(let length): .counted(length)
        case .chunked: .chunked
        case .untilClose: .untilClose
        }
    }
}
