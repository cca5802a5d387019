import HTTPWire
import Sockets
import Time

/// Both messages on their way: the request to the server, the answer to the client, and what follows a 101.
extension Exchange {
    // MARK: The request

    /// Reads the request's head.
    func readHead() -> ExchangeMachine.Event? {
        guard let client else { return nil }
        switch request.readHead(from: &client.stream, client.identity, in: context) {
        case .ready:
            context.budget.requested(at: loop.now)
            return .headRead
        case .incomplete(let isNew):
            // The first bytes of a head begin the time that it may take.
            if isNew { setDeadline(context.limits.requestHead) }
            return nil
        case .refused(let reason):
            if reason == .loopDetected { service.onLoop?() }
            return .failed(reason)
        case .clientGone: return .clientGone(.clientClosed)
        case .outOfMemory:
            // Only a client that has asked is told so.
            if !request.hasBegun, client.stream.isQuiet() { return nil }
            if !request.hasBegun, client.stream.isClosing { return .clientGone(.clientClosed) }
            return .failed(.outOfMemory)
        }
    }

    /// Sends the request to a connection that stands.
    func beginSending() -> ExchangeMachine.Event? {
        // Mostly all of it goes out at once.
        if let event = sendRequest() { return event }
        setDeadline(context.limits.body)
        return readAnswer()
    }

    /// Sends what the server does not have yet.
    func sendRequest() -> ExchangeMachine.Event? {
        guard let client, let upstream else { return nil }
        let before = request.moved
        let outcome = request.send(from: &client.stream, to: upstream.stream, in: context)
        if outcome != .done, request.moved != before { setDeadline(context.limits.body) }
        switch outcome {
        case .done: return .requestSent
        case .waits: return nil
        case .more:
            loop.resumeNextTurn(client)
            return nil
        // It may have answered early, a 413 for one, and closed with the rest of the request unread.
        case .deaf(let error):
            upstream.stream.noteWriting(failedWith: error)
            return .serverDeaf
        case .clientGone: return .clientGone(.clientClosed)
        case .tooLarge: return .failed(.requestBodyTooLarge)
        case .failed(.outOfMemory): return .failed(.outOfMemory)
        // Too much is said to a client that has no answer yet (RFC 6585 section 5). What is no framing at all cuts both
        // sides.
        case .failed(.invalid(let violation)) where violation.status == 431:
            return .failed(.violation(violation))
        case .failed(let fault): return .clientGone(ExchangeReason(fault))
        }
    }

    /// Sends what is left of the request while its answer goes on.
    @inline(never) func sendRest() -> ExchangeMachine.Event? {
        if request.isSent { return nil }
        let event = sendRequest()
        if event == .requestSent { setDeadline(bodyWait) }
        return event
    }

    // MARK: The answer

    /// The server has time for its answer from now on.
    func awaitAnswer() -> ExchangeMachine.Event? {
        setDeadline(context.limits.responseHead)
        return readAnswer()
    }

    /// What a server said before it stopped reading is still to be had.
    @inline(never) func readLastWords() -> ExchangeMachine.Event? {
        upstream?.stream.assumeReadable()
        return readAnswer()
    }

    /// Reads heads until the final one has come.
    func readAnswer() -> ExchangeMachine.Event? {
        guard let client, let upstream, upstream.stream.isReadable || answer.holdsInput else { return nil }
        switch answer.readHeads(from: &upstream.stream, to: client.stream, for: request.facts, in: context) {
        case .incomplete:
            // A client that waits for its answer may not be watched yet.
            if answer.facts.isTorn { client.watch() }
            return nil
        case .more:
            loop.resumeNextTurn(client)
            return nil
        case .final(let headLength): return beginAnswer(headLength)
        case .serverGone: return .attemptFailed(.serverClosed, progress)
        case .failed(let failure): return answerFailed(failure)
        }
    }

    /// Writes the rest of a 1xx now that its client may take more, and reads on behind it.
    @inline(never) func passInterim() -> ExchangeMachine.Event? {
        guard answer.facts.isTorn, let client else { return nil }
        switch answer.passRestOfInterim(to: client.stream, buffers) {
        case nil: return readAnswer()
        case .sinkFailed: return .clientGone(.clientClosed)
        default: return nil
        }
    }

    private func beginAnswer(_ headLength: Int) -> ExchangeMachine.Event? {
        guard let client else { return nil }
        let status = answer.headStatus
        if status == 101 { return switchProtocols(headLength) }
        noteBegun(status)
        let isLast = context.isShuttingDown || client.isLastRequest
        let failure = answer.begin(
            headLength: headLength, for: request.facts, isWhole: request.isSent, isLast: isLast, in: context)
        return failure.map { answerFailed($0) } ?? .answerBegan
    }

    private func noteBegun(_ status: Int) {
        guard let server else { return }
        pool.answerBegan(server, status: status, begunAt: attempts.began, at: loop.now)
    }

    private func answerFailed(_ failure: AnswerFailure) -> ExchangeMachine.Event {
        guard case .breaks(let rule) = failure else { return .failed(.outOfMemory) }
        noteBroken(rule)
        if !rule.isOurChoice { blameServer("bad response: \(rule.word)") }
        leaveServer()
        return .failed(.badResponse)
    }

    private func noteBroken(_ rule: BrokenRule) {
        answer.broke(rule)
        if let server { service.onBadAnswer?(server, rule) }
    }

    /// Passes on what has come of the body.
    func beginMoving() -> ExchangeMachine.Event? {
        // Mostly it is over by then.
        if let event = pumpAnswer() { return event }
        setDeadline(bodyWait)
        return sendRest()
    }

    /// Passes the body on.
    func pumpAnswer() -> ExchangeMachine.Event? {
        guard let client, let upstream else { return nil }
        let before = answer.moved
        let outcome = answer.pump(from: &upstream.stream, to: client.stream, buffers)
        if outcome != .done, answer.moved != before { setDeadline(bodyWait) }
        switch outcome {
        case .done:
            if let server {
                pool.exchangeAnswered(
                    server, status: answer.facts.status, begunAt: attempts.began, at: loop.now)
            }
            return .answerEnded
        case .sourceDry: return nil
        case .sinkFull:
            client.watch()
            return nil
        case .more:
            loop.resumeNextTurn(client)
            return nil
        case .failed(let fault): return answerCut(AnswerFailure(fault))
        case .cutShort, .sourceFailed: return answerCut()
        case .sinkFailed: return .clientGone(.clientClosed)
        }
    }

    /// How long nothing of the body may move. A body without a length may be a stream of events, which pauses when
    /// there is nothing to tell.
    private var bodyWait: TimeSpan { answer.facts.isStream ? context.limits.stream : context.limits.body }

    private func answerCut(_ failure: AnswerFailure) -> ExchangeMachine.Event {
        guard case .breaks(let rule) = failure else { return .failed(.outOfMemory) }
        noteBroken(rule)
        return rule.isOurChoice ? .failed(.responseCut) : answerCut()
    }

    private func answerCut() -> ExchangeMachine.Event {
        blameServer("the response was cut")
        return .failed(.responseCut)
    }

    // MARK: Another protocol

    private func switchProtocols(_ headLength: Int) -> ExchangeMachine.Event? {
        guard let client else { return nil }
        // The client changes its language behind its request, so the server's word waits until that is whole.
        if !request.isSent, !request.isServerDeaf, answer.chooses(from: request.offeredProtocols) {
            return nil
        }
        let failure = answer.switchProtocols(
            headLength: headLength, from: request.isSent ? request.offeredProtocols : [], to: client.stream,
            in: context)
        if let failure { return answerFailed(failure) }
        noteBegun(101)
        return .tunnelBegan
    }

    /// From now on both sides speak another protocol, behind what they have said already.
    @inline(never) func beginTunnel() -> ExchangeMachine.Event? {
        tunnel = Tunnel(fromClient: request.takeLeftover(), fromServer: answer.takeForTunnel(buffers))
        setDeadline(service.limits.idleTimeout)
        client?.watch()
        return pumpTunnel()
    }

    /// Passes on what both sides say.
    @inline(never) func pumpTunnel() -> ExchangeMachine.Event? {
        guard let client, let upstream else { return nil }
        let before = tunnel?.bytes
        let outcome = tunnel?.pump(client: client.stream, server: upstream.stream, service.buffers)
        if tunnel?.bytes != before { setDeadline(service.limits.idleTimeout) }
        switch outcome {
        case nil, .goesOn: return nil
        case .more:
            loop.resumeNextTurn(client)
            return nil
        case .over: return .answerEnded
        case .clientBroke: return .clientGone(.clientClosed)
        case .serverBroke: return .failed(.tunnelReset)
        case .outOfMemory: return .failed(.outOfMemory)
        }
    }
}
