import HTTPWire
import Sockets

/// The request's side of an exchange: its head is read and written anew, and kept with the beginning of its body, so that
/// it can be sent again; the rest of its body streams.
struct RequestSide: ~Copyable {
    /// What reading the head came to.
    enum Head: Equatable {
        /// It may be sent.
        case ready
        /// It is not whole yet.
        ///
        /// - Parameter isNew: its first bytes have come just now.
        case incomplete(isNew: Bool)
        /// It gets no server.
        case refused(ExchangeReason)
        /// The client has left.
        case clientGone
        /// There is no memory to read it into.
        case outOfMemory
    }

    /// What sending came to.
    enum Sending: Equatable {
        /// The server has been sent all of it.
        case done
        /// The client has no more yet, or the server takes no more.
        case waits
        /// There may be more, but others want their turn.
        case more
        /// The server takes no more, ever.
        case deaf(SystemError)
        /// The client has left.
        case clientGone
        /// The body is over the limit.
        case tooLarge
        /// What the client sent cannot go on.
        case failed(BodyPipe.Fault)
    }

    // Used again: their memory stays.
    private var parser = RequestParser()
    private(set) var pipe = BodyPipe(of: .client)
    private var state = State()
    /// What was understood of the head.
    private(set) var facts = RequestFacts()
    /// The protocols that the client would rather speak; mostly none.
    private(set) var offeredProtocols: [String] = []
    /// What was asked for, for the record.
    private(set) var line = RequestLineText()

    /// All else, which is replaced to begin anew.
    private struct State: ~Copyable {
        /// The chunks that a client sends before it would switch protocols, while they are awaited with the head.
        var bodyAhead: BodyAhead?
        /// The request as servers get it, as far as it is in our hands.
        var kept: Buffer?
        /// How many of the kept bytes the server of this attempt has.
        var sent = 0
        /// More of the body has been passed on than is kept.
        var hasStreamed = false
        /// The server reads no more; its answer, if there is one, still counts.
        var isServerDeaf = false
    }

    // MARK: What is known of it

    /// Whether a byte of it has come.
    var hasBegun: Bool { parser.hasBegun || pipe.input != nil }
    /// Whether the head has come, and a short body is awaited with it.
    var awaitsBody: Bool { !isReady && state.bodyAhead?.isAwaited == true }
    /// Whether its head was read and may be sent.
    var isReady: Bool { state.kept != nil || state.hasStreamed }
    /// Whether all of it has come.
    var isRead: Bool { isReady && pipe.isRead }
    /// Whether all of it has come, and none waits for a server.
    var isPassedOn: Bool { isReady && pipe.isDone }
    /// Whether the server has been sent all of it.
    var isSent: Bool { state.sent >= keptCount && pipe.isDone }
    /// Whether the server has been sent none of it.
    var isUnsent: Bool { state.sent == 0 }
    /// Whether it is whole in our hands, and its method means the same twice (RFC 9110 section 9.2.2).
    var isRepeatable: Bool { facts.method.isIdempotent && !state.hasStreamed }
    /// Whether the server reads no more of it.
    var isServerDeaf: Bool { state.isServerDeaf }
    /// Whether the server, and not the client, keeps it from going on.
    var isServerSlow: Bool { state.sent < keptCount || pipe.isHolding }
    /// Whether an answer to it has no content. Known before the head is whole.
    var isHead: Bool { parser.head.method == .head }
    /// Bytes of content so far.
    var payloadBytes: UInt64 { pipe.payloadBytes }
    /// Counts all that moves: when it stands still, nothing does.
    var moved: UInt64 { pipe.moved &+ UInt64(state.sent) }

    private var keptCount: Int {
        switch state.kept {
        case .some(let bytes): bytes.count
        case .none: 0
        }
    }

    // MARK: Its beginning and its end

    /// Begins a request, with bytes that came behind the last one.
    mutating func begin(with bytes: consuming Buffer?) {
        parser.reset()
        if let bytes { pipe.put(input: bytes) }
    }

    /// Takes what came behind it: it belongs to the next request, or to the tunnel.
    mutating func takeLeftover() -> Buffer? { pipe.takeInput() }

    /// Is blank again.
    mutating func clear(_ buffers: HTTPBuffers) {
        pipe.clear(buffers)
        if let buffer = state.kept.take() { buffers.give(buffer) }
        state = State()
        facts = RequestFacts()
        offeredProtocols = []
        line.clear()
    }

    // MARK: The head

    /// Reads the head as far as it has come; writes it anew when it is whole.
    @inline(__always) mutating func readHead(
        from client: inout WatchedSocket, _ identity: ClientIdentity, in context: HTTPContext
    ) -> Head {
        let buffers = context.buffers
        guard var raw = pipe.takeInput() ?? buffers.takeInput() else { return .outOfMemory }
        raw.compact()
        // Bytes came where none were.
        var isNew = false
        while true {
            if !raw.isEmpty {
                switch raw.withSpan({ parser.parse($0) }) {
                case .complete(let length):
                    if parser.head.upgrade == nil || !awaitsBody(behind: raw, headLength: length) {
                        return takeIn(raw, headLength: length, identity, in: context)
                    }
                case .invalid(let violation): return refuse(raw, .violation(violation), buffers)
                case .needMore: break
                }
            }
            let wasEmpty = raw.isEmpty
            guard client.isReadable else { return keep(raw, isNew: isNew, buffers) }
            switch client.read(into: &raw) {
            case .moved: if wasEmpty { isNew = true }
            case .wouldBlock: return keep(raw, isNew: isNew, buffers)
            case .ended, .failed:
                buffers.give(raw)
                return .clientGone
            }
        }
    }

    /// A body goes to the server first, and then the tunnel begins: one that is as short as a head, as nginx's buffer.
    private var mayBecomeTunnel: Bool {
        switch parser.head.framing {
        case .none: true
        case .contentLength(let length): length <= UInt64(HTTPBuffers.inputCapacity)
        case .chunked: state.bodyAhead?.isWhole == true
        case .untilClose: false
        }
    }

    /// How long a chunked body is shows at its end, and whether the wish for another protocol is passed on has to be known
    /// before. So the chunks are awaited: as long as a head, and as many as fit into a buffer with it. A client that waits for
    /// a 100 sends none before.
    private mutating func awaitsBody(behind raw: borrowing Buffer, headLength: Int) -> Bool {
        guard parser.head.framing == .chunked else { return false }
        let expectsContinue = parser.head.expectsContinue
        return raw.withSpan { bytes in
            if state.bodyAhead == nil, parser.head.offeredProtocols(in: bytes).isEmpty { return false }
            if state.bodyAhead == nil { line = RequestLineText(from: raw) }
            let ahead = state.bodyAhead ?? BodyAhead(from: headLength)
            ahead.read(bytes)
            state.bodyAhead = ahead
            return ahead.isAwaited && !expectsContinue && bytes.count < HTTPBuffers.inputCapacity
        }
    }

    /// The rest of the chunks has not come in time: they are passed on as they come, without the wish.
    func stopAwaitingBody() { state.bodyAhead?.isAwaited = false }

    /// Keeps what does not make a head yet.
    private mutating func keep(_ raw: consuming Buffer, isNew: Bool, _ buffers: HTTPBuffers) -> Head {
        if !parser.hasBegun, raw.endsWithLineFeed {
            // An empty line behind the last request is the beginning of none (RFC 9112 section 2.2).
            parser.reset()
            buffers.give(raw)
            return .incomplete(isNew: false)
        }
        keep(raw, buffers)
        return .incomplete(isNew: isNew)
    }

    private mutating func keep(_ raw: consuming Buffer, _ buffers: HTTPBuffers) {
        if raw.isEmpty {
            buffers.give(raw)
        } else {
            pipe.put(input: raw)
        }
    }

    /// A head that is refused has no kept form; its beginning tells what was asked for.
    private mutating func refuse(
        _ raw: consuming Buffer, _ reason: ExchangeReason, _ buffers: HTTPBuffers
    ) -> Head {
        line = RequestLineText(from: raw)
        buffers.give(raw)
        return .refused(reason)
    }

    private mutating func takeIn(
        _ raw: consuming Buffer, headLength: Int, _ identity: ClientIdentity, in context: HTTPContext
    ) -> Head {
        let (buffers, limit) = (context.buffers, context.limits.requestBody)
        let framing = parser.head.framing
        var raw = raw
        facts = raw.withSpan { RequestFacts(parser.head, from: $0) }
        if parser.head.upgrade != nil, mayBecomeTunnel {
            offeredProtocols = raw.withSpan { parser.head.offeredProtocols(in: $0) }
        }
        if context.identified != nil { raw.withSpan { context.identified?.note(parser.head, in: $0) } }
        if case .contentLength(let length) = framing, length > limit {
            return refuse(raw, .requestBodyTooLarge, buffers)
        }
        if parser.head.hasLoopMarks, raw.withSpan({ context.forwarding.isLoop(parser.head, from: $0) }) {
            return refuse(raw, .loopDetected, buffers)
        }
        raw.withSpan {
            context.forwarding.writeRequest(
                parser.head, from: $0, client: identity, protocols: offeredProtocols, into: &buffers.writer)
        }
        let connectionNames = raw.withSpan { parser.head.namesOfConnection(in: $0) }
        raw.removeFirst(headLength)
        pipe.begin(framing, sendingChunks: framing == .chunked, dropping: connectionNames)
        if let fault = keepWritten(with: raw, buffers) { return .refused(ExchangeReason(fault)) }
        return pipe.payloadBytes > limit ? .refused(.requestBodyTooLarge) : .ready
    }

    /// Keeps the head that was written with as much of the body as came with it; what lies behind the body stays in the
    /// pipe for the next request.
    @inline(__always) private mutating func keepWritten(with raw: consuming Buffer, _ buffers: HTTPBuffers)
        -> BodyPipe.Fault?
    {
        guard !raw.isEmpty, !pipe.isRead else {
            keep(raw, buffers)
            guard let head = buffers.takeWritten() else { return .outOfMemory }
            keepWhole(head)
            return nil
        }
        guard var first = buffers.takeOutput() else {
            buffers.give(raw)
            return .outOfMemory
        }
        buffers.writer.withSpan { _ = first.append($0) }
        pipe.put(output: first)
        pipe.put(input: raw)
        let fault = pipe.encode(buffers)
        if let bytes = pipe.takeOutput() { keepWhole(bytes) }
        return fault
    }

    private mutating func keepWhole(_ bytes: consuming Buffer) {
        line = RequestLineText(from: bytes)
        state.kept = consume bytes
    }

    // MARK: Sending

    /// A server is to be sent it from its start.
    mutating func beginAttempt() {
        state.sent = 0
        state.isServerDeaf = false
    }

    /// Sends what the server does not have yet: first what is kept, then the rest of the body as it comes.
    @inline(__always) mutating func send(
        from client: inout WatchedSocket, to server: borrowing WatchedSocket, in context: HTTPContext
    ) -> Sending {
        if state.isServerDeaf { return .waits }
        while state.sent < keptCount {
            switch writeKept(to: server) {
            case .moved(let count): state.sent += count
            case .wouldBlock, .ended: return .waits
            case .failed(let error): return deafen(error)
            }
        }
        return pipe.isDone ? .done : stream(from: &client, to: server, in: context)
    }

    private func writeKept(to server: borrowing WatchedSocket) -> IOResult {
        switch state.kept {
        case .some(let bytes): server.socket.write(keeping: bytes, from: state.sent)
        case .none: .wouldBlock
        }
    }

    /// Passes the body on as it comes.
    private mutating func stream(
        from client: inout WatchedSocket, to server: borrowing WatchedSocket, in context: HTTPContext
    ) -> Sending {
        let before = pipe.moved
        let outcome = pipe.pump(from: &client, to: server, context.buffers)
        if pipe.moved != before {
            state.hasStreamed = true
            // It cannot be sent again, so its beginning need not be kept.
            if let sentBefore = state.kept.take() { context.buffers.give(sentBefore) }
        }
        guard pipe.payloadBytes <= context.limits.requestBody else { return .tooLarge }
        return switch outcome {
        case .done: .done
        case .sourceDry, .sinkFull: .waits
        case .more: .more
        case .cutShort, .sourceFailed: .clientGone
        case .sinkFailed(let error): deafen(error)
        case .failed(let fault): .failed(fault)
        }
    }

    private mutating func deafen(_ error: SystemError) -> Sending {
        state.isServerDeaf = true
        return .deaf(error)
    }
}

/// What has to be known of a request after its head's bytes are gone.
struct RequestFacts {
    var method = HTTPMethod.other
    var isHTTP10 = false
    var keepsAlive = true
    var hasBody = false
    var wantsJSON = false

    /// Of no request.
    init() {}

    /// Of a head that was read whole.
    init(_ head: borrowing RequestHead, from bytes: Span<UInt8>) {
        method = head.method
        isHTTP10 = head.version == .http10
        keepsAlive = head.keepAlive
        hasBody = head.framing.hasContent
        if let accept = head.field(.accept) {
            wantsJSON = accept.value.hasMember("application/json", in: bytes)
        }
    }

    /// What an answer to it says about the client's connection.
    func connectionOption(closing: Bool) -> ConnectionOption {
        closing ? .close : isHTTP10 ? .keepAlive : .goesOn
    }
}

extension RequestHead {
    /// The protocols that the client would rather speak, and that may be passed on; mostly none. HTTP/2 in clear text would
    /// take its requests past all that is decided here. A protocol may have a version behind a slash (RFC 9110 section 7.8).
    fileprivate borrowing func offeredProtocols(in bytes: Span<UInt8>) -> [String] {
        protocols(in: bytes).filter { offered in
            offered.prefix { $0 != "/" && $0 != " " && $0 != "\t" }.lowercased() != "h2c"
        }
    }
}

extension Buffer {
    /// Whether the last byte is a line feed.
    fileprivate var endsWithLineFeed: Bool {
        withSpan { bytes in bytes.count > 0 && bytes[bytes.count - 1] == UInt8(ascii: "\n") }
    }
}
