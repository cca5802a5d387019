import HTTPWire
import Sockets
import Time

/// The answer's side: heads are read, understood and written anew; the body streams.
extension Exchange {
    // MARK: Heads

    /// Rounds of reading, or of a head, in one turn of the loop: as many as a body has.
    private static let headsPerTurn = BodyPipe.roundsPerTurn

    /// Reads heads until the final one has gone on its way, or no more bytes are there. While the client has not
    /// taken a whole 1xx nothing more is read: a slow reader slows its writer.
    func readAnswer() {
        guard let upstream, !answer.isTorn else { return }
        guard var raw = responsePipe.takeInput() ?? buffers.takeInput() else { return lackMemory() }
        if !answer.hasBegun { responseParser.reset(answering: request.method) }
        for _ in 0..<Self.headsPerTurn {
            if !raw.isEmpty {
                raw.compact()
                switch raw.withSpan({ responseParser.parse($0) }) {
                case .complete(let length):
                    guard responseParser.head.isInterim else { return begin(raw, headLength: length) }
                    answer.interimHeads += 1
                    let failure =
                        answer.interimHeads > HeadLimits.interimHeads
                        ? .breaks(.tooManyInterimHeads) : passInterim(raw)
                    if let failure {
                        buffers.give(raw)
                        return answerFailed(failure)
                    }
                    raw.removeFirst(length)
                    responseParser.reset(answering: request.method)
                    if answer.isTorn { return keepAnswer(raw) }
                    continue
                case .invalid(let violation):
                    buffers.give(raw)
                    return answerFailed(.breaks(.violation(violation)))
                case .needMore: break
                }
            }
            guard upstream.stream.isReadable else { return keepAnswer(raw) }
            switch upstream.stream.read(into: &raw) {
            case .moved: answer.hasBegun = true
            case .wouldBlock: return keepAnswer(raw)
            case .ended, .failed:
                buffers.give(raw)
                return serverGone()
            }
        }
        keepAnswer(raw)
        if let client { loop.resumeNextTurn(client) }
    }

    /// Goes on with what was too much for the last turn.
    func readOnAnswer() {
        if responsePipe.input != nil || upstream?.stream.isReadable == true { readAnswer() }
    }

    private func keepAnswer(_ raw: consuming Buffer) {
        if raw.isEmpty {
            buffers.give(raw)
        } else {
            responsePipe.put(input: raw)
        }
    }

    private func answerFailed(_ failure: AnswerFailure) {
        guard case .breaks(let rule) = failure else { return lackMemory() }
        noteBroken(rule)
        if !rule.isOurChoice { blameServer("bad response: \(rule.word)") }
        leaveServer()
        perform(machine.handle(.serverFailed(.badResponse, .none)))
    }

    private func noteBroken(_ rule: BrokenRule) {
        answer.brokenRule = rule
        if let server { service.onBadAnswer?(server, rule) }
    }

    /// A 1xx goes on to a client that knows it (RFC 9110 section 15.2); answers why it does not.
    private func passInterim(_ raw: borrowing Buffer) -> AnswerFailure? {
        guard !request.isHTTP10, let client else { return nil }
        answer.hasSentInterim = true
        if let failure = write(raw, framing: .interim) { return failure }
        _ = responsePipe.flush(to: client.stream, buffers)
        answer.isTorn = responsePipe.isHolding
        // A client that waits for its answer may not be watched yet.
        if answer.isTorn { client.watch() }
        return nil
    }

    /// Writes the rest of a 1xx now that its client may take more, and reads on behind it.
    func passRestOfInterim() {
        guard answer.isTorn, let client else { return }
        switch responsePipe.flush(to: client.stream, buffers) {
        case nil:
            answer.isTorn = false
            readOnAnswer()
        case .sinkFailed: perform(machine.handle(.clientGone(.clientClosed)))
        default: break
        }
    }

    /// Begins the final answer.
    private func begin(_ raw: consuming Buffer, headLength: Int) {
        var raw = raw
        let status = responseParser.head.status
        if status == 101 { return switchProtocols(raw, headLength: headLength) }
        let bodyFraming = responseParser.head.framing
        answer.status = status
        if let server { pool.answerBegan(server, status: status, begunAt: attemptBegan, at: loop.now) }
        // A server that answers before it has the whole request, or refuses one with a body, may not read
        // the rest of it.
        let mayLeaveUnread = machine.state == .sending || (request.hasBody && status >= 400)
        answer.keepsServer = responseParser.head.keepAlive && !mayLeaveUnread
        answer.isStream = bodyFraming == .chunked || bodyFraming == .untilClose
        decideConnection(bodyFraming)
        if let failure = write(raw, framing: framing(of: responseParser.head)) {
            buffers.give(raw)
            return answerFailed(failure)
        }
        raw.removeFirst(headLength)
        let sendsChunks = !request.isHTTP10 && (bodyFraming == .chunked || bodyFraming == .untilClose)
        responsePipe.begin(bodyFraming, sendingChunks: sendsChunks)
        if raw.isEmpty {
            buffers.give(raw)
        } else {
            responsePipe.put(input: raw)
            if responsePipe.isRead { answer.keepsServer = false }
        }
        // What came of the body goes out with the head, in one write.
        if let fault = responsePipe.encode(buffers) {
            return answerFailed(AnswerFailure(fault))
        }
        perform(machine.handle(.answerBegan))
        pumpAnswer()
        // Mostly it is over by now.
        if machine.state == .answering { setDeadline(bodyWait) }
    }

    /// Appends a head to what goes to the client; answers why it does not fit behind what waits there.
    private func write(_ raw: borrowing Buffer, framing: ResponseFraming) -> AnswerFailure? {
        raw.withSpan { bytes in
            context.forwarding.writeResponse(
                responseParser.head, from: bytes, framing: framing, into: &buffers.writer)
        }
        guard var output = responsePipe.takeOutput() ?? buffers.takeOutput() else { return .outOfMemory }
        // What came with the head has to fit behind it.
        let isFitting = output.room >= buffers.writer.count + raw.count
        if isFitting { buffers.writer.withSpan { _ = output.append($0) } }
        responsePipe.put(output: output)
        return isFitting ? nil : .headTooLarge
    }

    /// The client's connection ends with an answer that cannot be framed otherwise, or comes before the
    /// request was read.
    private func decideConnection(_ framing: BodyFraming) {
        let isUnframed = request.isHTTP10 && (framing == .chunked || framing == .untilClose)
        answer.closesClient =
            isUnframed || !request.keepsAlive || !isRequestSent || context.isShuttingDown
            || client?.isLastRequest != false
    }

    /// What our answer says about the client's connection.
    func connectionOption(closing: Bool) -> ConnectionOption {
        closing ? .close : request.isHTTP10 ? .keepAlive : .goesOn
    }

    private func framing(of head: borrowing ResponseHead) -> ResponseFraming {
        let connection = connectionOption(closing: answer.closesClient)
        switch head.framing {
        // 204 has no length, not even none (RFC 9110 section 8.6).
        case .none: return .none(declared: head.status == 204 ? nil : head.contentLength, connection)
        case .contentLength(let length): return .length(length, connection)
        case .chunked, .untilClose: return request.isHTTP10 ? .untilClose : .chunked(connection)
        }
    }

    // MARK: The body

    func pumpAnswer() {
        guard let client, let upstream, machine.state == .answering else { return }
        let before = responsePipe.moved
        let outcome = responsePipe.pump(from: &upstream.stream, to: client.stream, buffers)
        if outcome != .done, responsePipe.moved != before { setDeadline(bodyWait) }
        switch outcome {
        case .done: answered()
        case .sourceDry: break
        case .sinkFull: client.watch()
        case .more: loop.resumeNextTurn(client)
        case .failed(let fault): cutAnswer(AnswerFailure(fault))
        case .cutShort, .sourceFailed: cutAnswer()
        case .sinkFailed: perform(machine.handle(.clientGone(.clientClosed)))
        }
    }

    /// How long nothing of the body may move. A body without a length may be a stream of events, which pauses when
    /// there is nothing to tell.
    private var bodyWait: TimeSpan { answer.isStream ? context.limits.stream : context.limits.body }

    private func cutAnswer(_ failure: AnswerFailure) {
        guard case .breaks(let rule) = failure else { return lackMemory() }
        noteBroken(rule)
        if rule.isOurChoice { return perform(machine.handle(.serverFailed(.responseCut, .none))) }
        cutAnswer()
    }

    private func cutAnswer() {
        blameServer("the response was cut")
        perform(machine.handle(.serverFailed(.responseCut, .none)))
    }

    private func answered() {
        if let server {
            pool.exchangeAnswered(server, status: answer.status, begunAt: attemptBegan, at: loop.now)
        }
        perform(machine.handle(.answerEnded))
    }

    // MARK: Another protocol

    /// 101: only a protocol that was asked for opens a tunnel, and only for what comes after the request.
    private func switchProtocols(_ raw: consuming Buffer, headLength: Int) {
        let isAskedFor = isRequestSent && isProtocolAskedFor(raw)
        if let failure = isAskedFor ? write(raw, framing: .tunnel) : .breaks(.unrequestedUpgrade) {
            buffers.give(raw)
            return answerFailed(failure)
        }
        var raw = raw
        answer.status = 101
        if let server { pool.answerBegan(server, status: 101, begunAt: attemptBegan, at: loop.now) }
        answer.closesClient = true
        raw.removeFirst(headLength)
        guard let client else { return }
        _ = responsePipe.flush(to: client.stream, buffers)
        var ahead = responsePipe.takeOutput()
        if var waiting = ahead.take() {
            _ = waiting.append(raw)
            buffers.give(raw)
            raw = waiting
        }
        tunnel = Tunnel(fromClient: requestPipe.takeInput(), fromServer: raw)
        perform(machine.handle(.tunnelBegan))
        setDeadline(service.limits.idleTimeout)
        client.watch()
        clientReady()
    }

    /// A server may only choose from what the client offered (RFC 9110 section 7.8).
    private func isProtocolAskedFor(_ raw: borrowing Buffer) -> Bool {
        guard let chosen = responseParser.head.upgrade else { return false }
        let names = raw.withSpan { chosen.text(in: $0) }.protocols
        return !names.isEmpty && names.allSatisfy(request.offeredProtocols.contains)
    }
}
