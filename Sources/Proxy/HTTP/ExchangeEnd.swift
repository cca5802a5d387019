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
            .none, answer.facts.status >= 500 ? .failed : .succeeded, bytes: bytesToClient)
        // Some old clients send an empty line behind a body.
        let hasMoreToSay = request.facts.keepsAlive || request.facts.hasBody
        let closes = answer.facts.closesClient
        leaveServer(fateOfUpstream)
        end(record, !closes ? .goingOn : hasMoreToSay ? .closing : .finished)
    }

    /// What becomes of the server's connection after an exchange that went well.
    private var fateOfUpstream: UpstreamConnection.Fate {
        guard request.isSent, !answer.holdsInput, tunnel == nil, let server else { return .closed }
        let keepsAny = context.limits.keptConnections > 0
        // One side has told the other that it is the last exchange.
        let isAskedToClose = !keepsAny && request.offeredProtocols.isEmpty
        if isAskedToClose || !answer.isServerKeptAlive { return .leaving }
        // A server that is to get nothing more needs no kept connection.
        return answer.facts.keepsServer && keepsAny && pool.isEnabled(server) ? .kept : .closed
    }

    /// We answer the client ourselves.
    func refuse(_ reason: ExchangeReason) {
        guard let client else { return }
        leaveQueue()
        // Behind a torn 1xx nothing can be said any more.
        if answer.facts.isTorn { return abort(reason) }
        let closes =
            !request.isPassedOn || reason.outcome == .refused || !request.facts.keepsAlive
            || context.isShuttingDown || client.isLastRequest
        answer.replace(with: reason.status)
        let record = record(reason, reason.outcome, bytes: 0)
        leaveServer()
        buffers.writer.clear()
        ErrorAnswer.write(
            reason, asJSON: request.facts.wantsJSON, toHead: request.isHead,
            connection: request.facts.connectionOption(closing: closes), into: &buffers.writer)
        // A client whose window cannot take a few hundred bytes will not read a second part either.
        let result = buffers.writer.withSpan { client.stream.socket.write($0) }
        let isWritten = result == .moved(buffers.writer.count)
        if case .failed = result { return end(record, .broken(.clientAborted)) }
        end(record, closes || !isWritten ? .closing : .goingOn)
    }

    /// The client has a part of an answer, or is gone.
    func abort(_ reason: ExchangeReason) {
        let termination = reason.termination
        leaveQueue()
        // A client that leaves between two requests has done nothing worth a record.
        guard request.isReady else { return end(nil, termination == .cut ? .broken(.cut) : .leaving) }
        let record = record(reason, reason.outcome, bytes: bytesToClient)
        leaveServer()
        end(record, .broken(termination))
    }

    private var bytesToClient: UInt64 { answer.payloadBytes + (tunnel?.bytesToClient ?? 0) }

    private var bytesToServer: UInt64 {
        request.isUnsent ? 0 : request.payloadBytes + (tunnel?.bytesToServer ?? 0)
    }

    private func record(_ reason: ExchangeReason, _ outcome: Outcome, bytes: UInt64) -> ExchangeRecord {
        ExchangeRecord(
            began: beganAt, nanoseconds: loop.now.nanoseconds - beganAt.nanoseconds,
            client: client?.identity.address ?? "",
            request: request.line, status: answer.facts.status,
            server: attempts.lastServer, attempts: attempts.count, isReused: attempts.isReused,
            bytesToClient: bytes, bytesToServer: bytesToServer, reason: reason,
            brokenRule: answer.facts.brokenRule, outcome: outcome)
    }

    private func end(_ record: consuming ExchangeRecord?, _ manner: ClientConnection.Manner) {
        if let record { service.ended(record, takingIn: &picks) }
        let leftover = request.takeLeftover()
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
        request.clear(buffers)
        answer.clear(buffers)
        attempts = Attempts()
        tunnel = nil
        picks.clear()
        beBlank()
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
