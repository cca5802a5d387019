import Balancing
import HTTPWire
import Sockets
import Time

/// The end: the server's connection is given back, the client is told what it has to be told, the record
/// is written, and the exchange is made ready for the next request.
extension Exchange {
    /// All went well.
    func finish() {
        let isReusable =
            answer.keepsServer && isRequestSent && responsePipe.input == nil && tunnel == nil
        let record = record(.none, bytes: responsePipe.payloadBytes + tunnelledBytes)
        leaveServer(keeping: isReusable)
        end(record, answer.closesClient ? .closing : .goingOn)
    }

    /// We answer the client ourselves.
    func refuse(_ reason: ExchangeReason) {
        guard let client else { return }
        // Behind a torn 1xx nothing can be said any more.
        if answer.hasSentInterim, responsePipe.output != nil { return abort(reason) }
        let isWhole =
            (kept != nil || attempts > 0) && requestPipe.isDone && reason.status >= 500
            && reason.status != 501
            && reason.status != 505
        let closes =
            !isWhole || !request.keepsAlive || context.isShuttingDown || client.isLastRequest
        answer.status = reason.status
        let record = record(reason, bytes: 0)
        leaveServer(keeping: false)
        context.buffers.writer.clear()
        ErrorAnswer.write(
            reason, asJSON: request.wantsJSON, toHead: request.method == .head,
            connection: connectionOption(closing: closes), into: &context.buffers.writer)
        // A client whose window cannot take a few hundred bytes will not read a second part either.
        var bytes = context.buffers.takeWritten()
        let result = client.stream.write(from: &bytes)
        let isWritten = bytes.isEmpty
        context.buffers.give(bytes)
        if case .failed = result { return end(record, .broken(.clientAborted)) }
        end(record, closes || !isWritten ? .closing : .goingOn)
    }

    /// The client has a part of an answer, or is gone.
    func abort(_ reason: ExchangeReason) {
        let termination = reason.termination
        guard !isBlankRequest else { return end(nil, termination == .cut ? .broken(.cut) : .leaving) }
        let record = record(reason, bytes: responsePipe.payloadBytes)
        leaveServer(keeping: false)
        end(record, .broken(termination))
    }

    /// A client that leaves between two requests has done nothing worth a record.
    private var isBlankRequest: Bool { kept == nil && attempts == 0 }

    private func record(_ reason: ExchangeReason, bytes: UInt64) -> ExchangeRecord {
        ExchangeRecord(
            began: beganAt, duration: service.loop.now - beganAt, client: client?.identity.address ?? "",
            request: requestLine, status: answer.status,
            server: lastServer.map { service.pool[$0].name }, attempts: attempts,
            isReused: answer.wasReused, bytes: bytes, reason: reason)
    }

    private func end(_ record: ExchangeRecord?, _ manner: ClientConnection.Manner) {
        if let record { service.ended(record) }
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
        client = nil
        machine = ExchangeMachine()
        requestPipe.clear(context.buffers)
        responsePipe.clear(context.buffers)
        if let buffer = kept.take() { context.buffers.give(buffer) }
        request = RequestFacts()
        answer = AnswerFacts()
        tried = TriedServers()
        freshServer = nil
        lastFailure = nil
        lastServer = nil
        attempts = 0
        sent = 0
        hasStreamed = false
        tunnel = nil
        tunnelledBytes = 0
        requestLine = RequestLineText()
    }
}

extension ExchangeReason {
    /// What a client's connection counts as when its exchange was broken off.
    fileprivate var termination: Termination {
        switch self {
        case .cut: .cut
        case .responseCut, .responseBodyTimeout: .serverAborted
        default: .clientAborted
        }
    }
}
