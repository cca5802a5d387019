import HTTPWire
import Sockets

/// The answer's side of an exchange: heads are read and written anew; the body streams.
struct AnswerSide: ~Copyable {
    /// Rounds of reading, or of a head, in one turn of the loop: as many as a body has.
    private static let headsPerTurn = BodyPipe.roundsPerTurn

    /// What reading heads came to.
    enum Heads: Equatable {
        /// No final head has come whole yet, or the client has not taken a whole 1xx: a slow reader slows its writer.
        case incomplete
        /// There may be more, but others want their turn.
        case more
        /// The final head has come.
        case final(headLength: Int)
        /// The server ended the connection before that.
        case serverGone
        /// What came cannot go on.
        case failed(AnswerFailure)
    }

    // Used again: their memory stays.
    private var parser: ResponseParser
    private(set) var pipe = BodyPipe(of: .server)
    private(set) var facts = AnswerFacts()

    init(accepting faults: AcceptedFaults) {
        parser = ResponseParser(answering: .get, accepting: faults)
    }

    // MARK: What is known of it

    /// The status of the final head that has come.
    var headStatus: Int { parser.head.status }
    /// Whether the server's connection may carry another exchange, as far as the server says.
    var isServerKeptAlive: Bool { parser.head.keepAlive }
    /// Bytes of content so far.
    var payloadBytes: UInt64 { pipe.payloadBytes }
    /// Counts all that moves: when it stands still, nothing does.
    var moved: UInt64 { pipe.moved }
    /// Whether bytes wait for the client.
    var isHolding: Bool { pipe.isHolding }
    /// Whether bytes of the server wait to be understood.
    var holdsInput: Bool { pipe.input != nil }

    // MARK: Its beginning and its end

    /// Another attempt begins: what came of the last one is forgotten.
    mutating func beginAttempt() { facts = AnswerFacts() }

    /// Forgets what is on its way: the server is left.
    mutating func dropBody(_ buffers: HTTPBuffers) { pipe.clear(buffers) }

    /// Is blank again.
    mutating func clear(_ buffers: HTTPBuffers) {
        pipe.clear(buffers)
        facts = AnswerFacts()
    }

    /// We answer the client ourselves.
    mutating func replace(with status: Int) { facts.status = status }

    /// The answer cannot go on, for the rule that it broke.
    mutating func broke(_ rule: BrokenRule) { facts.brokenRule = rule }

    // MARK: Heads

    /// Reads heads until the final one has come, or no more bytes are there; passes each 1xx on.
    @inline(__always) mutating func readHeads(
        from server: inout WatchedSocket, to client: borrowing WatchedSocket, for request: RequestFacts,
        in context: HTTPContext
    ) -> Heads {
        let buffers = context.buffers
        if facts.isTorn { return .incomplete }
        guard var raw = pipe.takeInput() ?? buffers.takeInput() else { return .failed(.outOfMemory) }
        if !facts.hasBegun { parser.reset(answering: request.method) }
        for _ in 0..<Self.headsPerTurn {
            if !raw.isEmpty {
                raw.compact()
                switch raw.withSpan({ parser.parse($0) }) {
                case .complete(let length):
                    guard parser.head.isInterim else { return keep(raw, buffers, .final(headLength: length)) }
                    if let failure = passInterim(raw, to: client, for: request, in: context) {
                        buffers.give(raw)
                        return .failed(failure)
                    }
                    raw.removeFirst(length)
                    parser.reset(answering: request.method)
                    if facts.isTorn { return keep(raw, buffers, .incomplete) }
                    continue
                case .invalid(let violation):
                    buffers.give(raw)
                    return .failed(.breaks(.violation(violation)))
                case .needMore: break
                }
            }
            guard server.isReadable else { return keep(raw, buffers, .incomplete) }
            switch server.read(into: &raw) {
            case .moved: facts.hasBegun = true
            case .wouldBlock: return keep(raw, buffers, .incomplete)
            case .ended, .failed:
                buffers.give(raw)
                return .serverGone
            }
        }
        return keep(raw, buffers, .more)
    }

    private mutating func keep(_ raw: consuming Buffer, _ buffers: HTTPBuffers, _ outcome: Heads) -> Heads {
        if raw.isEmpty {
            buffers.give(raw)
        } else {
            pipe.put(input: raw)
        }
        return outcome
    }

    /// A 1xx goes on to a client that knows it (RFC 9110 section 15.2); answers why it does not.
    private mutating func passInterim(
        _ raw: borrowing Buffer, to client: borrowing WatchedSocket, for request: RequestFacts,
        in context: HTTPContext
    ) -> AnswerFailure? {
        facts.interimHeads += 1
        if facts.interimHeads > HeadLimits.interimHeads { return .breaks(.tooManyInterimHeads) }
        if request.isHTTP10 { return nil }
        facts.hasSentInterim = true
        if let failure = write(raw, framing: .interim, in: context) { return failure }
        _ = pipe.flush(to: client, context.buffers)
        facts.isTorn = pipe.isHolding
        return nil
    }

    /// Writes more of a torn 1xx.
    mutating func passRestOfInterim(to client: borrowing WatchedSocket, _ buffers: HTTPBuffers) -> BodyPipe
        .Outcome?
    {
        let outcome = pipe.flush(to: client, buffers)
        if outcome == nil { facts.isTorn = false }
        return outcome
    }

    /// Begins the final answer, behind a head that has come whole; what came of the body goes out with the head, in one
    /// write.
    ///
    /// - Parameters:
    ///   - isWhole: the server has been sent the whole request.
    ///   - isLast: the client's connection ends with this answer in any case.
    @inline(__always) mutating func begin(
        headLength: Int, for request: RequestFacts, isWhole: Bool, isLast: Bool, in context: HTTPContext
    ) -> AnswerFailure? {
        guard var raw = pipe.takeInput() else { return nil }
        let framing = parser.head.framing
        let isUnsized = framing == .chunked || framing == .untilClose
        facts.status = parser.head.status
        // A server that answers before it has the whole request, or refuses one with a body, may not read the rest of it.
        let mayLeaveUnread = !isWhole || (request.hasBody && facts.status >= 400)
        facts.keepsServer = parser.head.keepAlive && !mayLeaveUnread
        facts.isStream = isUnsized
        // Without a length, and without chunks, its end is the connection's. So it is of one that was not read.
        facts.closesClient = (request.isHTTP10 && isUnsized) || !request.keepsAlive || !isWhole || isLast
        let sentFraming = Self.framing(
            framing, declared: parser.head.contentLength, status: facts.status, for: request,
            closing: facts.closesClient)
        if let failure = write(raw, framing: sentFraming, in: context) {
            context.buffers.give(raw)
            return failure
        }
        let connectionNames = raw.withSpan { parser.head.namesOfConnection(in: $0) }
        raw.removeFirst(headLength)
        pipe.begin(framing, sendingChunks: !request.isHTTP10 && isUnsized, dropping: connectionNames)
        if raw.isEmpty {
            context.buffers.give(raw)
        } else {
            pipe.put(input: raw)
            if pipe.isRead { facts.keepsServer = false }
        }
        return pipe.encode(context.buffers).map { AnswerFailure($0) }
    }

    /// Appends a head to what goes to the client; answers why it does not fit behind what waits there.
    private mutating func write(
        _ raw: borrowing Buffer, framing: ResponseFraming, in context: HTTPContext
    ) -> AnswerFailure? {
        let buffers = context.buffers
        raw.withSpan { bytes in
            context.forwarding.writeResponse(
                parser.head, from: bytes, framing: framing, into: &buffers.writer)
        }
        guard var output = pipe.takeOutput() ?? buffers.takeOutput() else { return .outOfMemory }
        // What came with the head has to fit behind it.
        let isFitting = output.room >= buffers.writer.count + raw.count
        if isFitting { buffers.writer.withSpan { _ = output.append($0) } }
        pipe.put(output: output)
        return isFitting ? nil : .headTooLarge
    }

    private static func framing(
        _ framing: BodyFraming, declared: UInt64?, status: Int, for request: RequestFacts, closing: Bool
    ) -> ResponseFraming {
        let connection = request.connectionOption(closing: closing)
        return switch framing {
        // 204 has no length, not even none (RFC 9110 section 8.6).
        case .none: .none(declared: status == 204 ? nil : declared, connection)
        case .contentLength(let length): .length(length, connection)
        case .chunked, .untilClose: request.isHTTP10 ? .untilClose : .chunked(connection)
        }
    }

    // MARK: The body

    /// Passes the body on.
    mutating func pump(
        from server: inout WatchedSocket, to client: borrowing WatchedSocket, _ buffers: HTTPBuffers
    ) -> BodyPipe.Outcome {
        pipe.pump(from: &server, to: client, buffers)
    }

    // MARK: Another protocol

    /// 101: only a protocol that was asked for opens a tunnel.
    ///
    /// - Parameter offered: what was asked for; nothing, before the server has the whole request.
    mutating func switchProtocols(
        headLength: Int, from offered: [String], to client: borrowing WatchedSocket, in context: HTTPContext
    ) -> AnswerFailure? {
        guard var raw = pipe.takeInput() else { return nil }
        let isAskedFor = isChosen(from: offered, in: raw)
        if let failure = isAskedFor ? write(raw, framing: .tunnel, in: context) : .breaks(.unrequestedUpgrade)
        {
            context.buffers.give(raw)
            return failure
        }
        facts.status = 101
        facts.closesClient = true
        raw.removeFirst(headLength)
        pipe.put(input: raw)
        _ = pipe.flush(to: client, context.buffers)
        return nil
    }

    /// What the server said behind its 101, and before that what the client did not take of that.
    mutating func takeForTunnel(_ buffers: HTTPBuffers) -> Buffer? {
        guard var waiting = pipe.takeOutput() else { return pipe.takeInput() }
        if let raw = pipe.takeInput() {
            _ = waiting.append(raw)
            buffers.give(raw)
        }
        return waiting
    }

    /// Whether the final head that has come chooses a protocol of these.
    func chooses(from offered: [String]) -> Bool {
        switch pipe.input {
        case .some(let raw): isChosen(from: offered, in: raw)
        case .none: false
        }
    }

    /// A server may only choose from what the client offered (RFC 9110 section 7.8).
    private func isChosen(from offered: [String], in raw: borrowing Buffer) -> Bool {
        let chosen = raw.withSpan { parser.head.protocols(in: $0) }
        let names = Set(offered.map { $0.lowercased() })
        return !chosen.isEmpty && chosen.allSatisfy { names.contains($0.lowercased()) }
    }
}

/// What has to be known of an answer after its head's bytes are gone.
struct AnswerFacts {
    /// What the client was or will be told; 0 before.
    var status = 0
    /// The server's connection may carry another exchange.
    var keepsServer = false
    /// Ours to the client ends with this answer.
    var closesClient = false
    /// A byte of this attempt's answer has come.
    var hasBegun = false
    /// The body has no length, and so may pause.
    var isStream = false
    /// The rule that it broke, if it did.
    var brokenRule: BrokenRule?
    /// A 1xx of this attempt has gone to the client.
    var hasSentInterim = false
    /// How many 1xx have come.
    var interimHeads = 0
    /// A 1xx went to the client in part: the rest has to go before anything else can be said.
    var isTorn = false
}
