import Balancing
import HTTPWire
import Metrics
import Sockets
import Time

/// The end: the server's connection is given back, the client is told what it has to be told, the record
/// is written, and the exchange is made ready for the next request.
extension Exchange {
    /// All went well.
    func finish() {
        let record = record(
            .none, answer.status >= 500 ? .failed : .succeeded,
            bytes: responsePipe.payloadBytes + tunnelled.toClient)
        // Some old clients send an empty line behind a body.
        let hasMoreToSay = request.keepsAlive || request.hasBody
        leaveServer(fateOfUpstream)
        end(record, !answer.closesClient ? .goingOn : hasMoreToSay ? .closing : .finished)
    }

    /// What becomes of the server's connection after an exchange that went well.
    private var fateOfUpstream: UpstreamConnection.Fate {
        guard isRequestSent, responsePipe.input == nil, tunnel == nil, let server else { return .closed }
        // One side has told the other that it is the last exchange.
        let isAskedToClose = context.limits.keptConnections == 0 && request.offeredProtocols.isEmpty
        if isAskedToClose || !responseParser.head.keepAlive { return .leaving }
        // A server that is to get nothing more needs no kept connection.
        return answer.keepsServer && context.limits.keptConnections > 0 && pool.isEnabled(server)
            ? .kept : .closed
    }

    /// We answer the client ourselves.
    func refuse(_ reason: ExchangeReason) {
        guard let client else { return }
        // Behind a torn 1xx nothing can be said any more.
        if answer.isTorn { return abort(reason) }
        let isWhole =
            (kept != nil || attempts > 0) && requestPipe.isDone && reason.outcome != .refused
        let closes =
            !isWhole || !request.keepsAlive || context.isShuttingDown || client.isLastRequest
        answer.status = reason.status
        let record = record(reason, reason.outcome, bytes: 0)
        leaveServer()
        buffers.writer.clear()
        ErrorAnswer.write(
            reason, asJSON: request.wantsJSON, toHead: requestParser.head.method == .head,
            connection: connectionOption(closing: closes), into: &buffers.writer)
        // A client whose window cannot take a few hundred bytes will not read a second part either.
        let result = buffers.writer.withSpan { client.stream.socket.write($0) }
        let isWritten = result == .moved(buffers.writer.count)
        if case .failed = result { return end(record, .broken(.clientAborted)) }
        end(record, closes || !isWritten ? .closing : .goingOn)
    }

    /// There is no memory for what comes next: the client is told, if that is still possible.
    func lackMemory() {
        perform(machine.handle(.refused(.outOfMemory)))
    }

    /// The client has a part of an answer, or is gone.
    func abort(_ reason: ExchangeReason) {
        let termination = reason.termination
        guard !isBlankRequest else { return end(nil, termination == .cut ? .broken(.cut) : .leaving) }
        let record = record(
            reason, reason.outcome, bytes: responsePipe.payloadBytes + tunnelled.toClient)
        leaveServer()
        end(record, .broken(termination))
    }

    /// A client that leaves between two requests has done nothing worth a record.
    private var isBlankRequest: Bool { kept == nil && attempts == 0 }

    private func record(_ reason: ExchangeReason, _ outcome: Outcome, bytes: UInt64) -> ExchangeRecord {
        ExchangeRecord(
            began: beganAt, nanoseconds: loop.now.nanoseconds - beganAt.nanoseconds,
            client: client?.identity.address ?? "",
            request: requestLine, status: answer.status,
            server: lastServer, attempts: attempts, isReused: answer.wasReused, bytesToClient: bytes,
            bytesToServer: sent == 0 ? 0 : requestPipe.payloadBytes + tunnelled.toServer, reason: reason,
            brokenRule: answer.brokenRule, outcome: outcome)
    }

    private func end(_ record: consuming ExchangeRecord?, _ manner: ClientConnection.Manner) {
        if let record { service.ended(record, takingIn: &picks) }
        let leftover = requestPipe.takeInput()
        let client = client
        clear()
        client?.exchangeEnded(self, manner, leftover: leftover)
    }

    /// Goes back without having been used.
    func release() {
        clear()
        context.giveBack(self)
    }

    private func clear() {
        assert(place == nil && server == nil && upstream == nil, "it has left the queue and its server")
        client = nil
        machine = ExchangeMachine()
        requestPipe.clear(buffers)
        responsePipe.clear(buffers)
        if let buffer = kept.take() { buffers.give(buffer) }
        request = RequestFacts()
        bodyAhead = nil
        answer = AnswerFacts()
        tried = TriedServers()
        freshServer = nil
        lastFailure = nil
        lastServer = nil
        attempts = 0
        failures = 0
        sent = 0
        hasStreamed = false
        tunnel = nil
        tunnelled = (0, 0)
        picks.clear()
        requestLine = RequestLineText()
    }
}

extension ExchangeReason {
    /// What a client's connection counts as when its exchange was broken off.
    fileprivate var termination: Termination {
        switch self {
        case .cut: .cut
        case .drainDeadline: .drained
        case .responseCut, .responseBodyTimeout, .tunnelReset: .serverAborted
        default: status >= 500 ? .serverAborted : .clientAborted
        }
    }
}
