import Balancing
import EventLoop
import HTTPWire
import Metrics
import Sockets
import Time

/// One request with its response, over one or more attempts.
///
/// ``ExchangeMachine`` decides; this class does what it says, with three values that know their own matter:
/// ``RequestSide``, ``AnswerSide`` and ``Attempts``. Exchanges are used again, so that a request allocates none.
final class Exchange: UpstreamUser {
    let service: Service
    let context: HTTPContext
    // Of these two, close at hand: a call on what is two steps away counts a reference.
    let loop: EventLoop
    let pool: Pool
    let upstreams: UpstreamPool
    let buffers: HTTPBuffers
    /// The client, while the exchange lasts.
    var client: ClientStream?
    /// The connection to the server of the attempt that lasts.
    var upstream: UpstreamConnection?
    var request = RequestSide()
    var answer: AnswerSide
    var attempts = Attempts()
    var tunnel: Tunnel?
    /// What was seen at each pick.
    var picks = PickLog()
    /// Where it stands in the queue; nil while it does not.
    var place: WaitingQueue<UpstreamUser>.Place?
    private(set) var machine = ExchangeMachine()
    private(set) var beganAt = Instant.origin
    /// When the state ends, in the loop's ``EventLoop/deadlineNow``.
    private var deadline = Instant.never

    init(of service: Service, in context: HTTPContext) {
        self.service = service
        self.context = context
        loop = service.loop
        pool = service.pool
        upstreams = context.upstreams
        buffers = context.buffers
        answer = AnswerSide(accepting: context.limits.acceptedFaults)
        super.init()
    }

    /// Begins for a client that may have something to say, or has said it behind its last request.
    func begin(for client: ClientStream, with bytes: consuming Buffer?) {
        self.client = client
        beganAt = loop.now
        let hasBytes = bytes != nil
        request.begin(with: bytes)
        if hasBytes { setDeadline(context.limits.requestHead) }
    }

    // MARK: What is known of it

    /// The server that it is with.
    var server: ServerID? { attempts.server }

    /// How far the attempt has come.
    var progress: ExchangeMachine.Progress {
        var progress: ExchangeMachine.Progress = []
        if !request.isUnsent { progress.insert(.sent) }
        if request.isRepeatable { progress.insert(.repeatable) }
        if answer.facts.hasBegun { progress.insert(.answered) }
        if answer.facts.hasSentInterim { progress.insert(.interim) }
        if attempts.isReused { progress.insert(.reused) }
        return progress
    }

    /// Whom it waits for.
    private var awaited: ExchangeMachine.Awaited {
        if request.awaitsBody { return .bodyAhead }
        if answer.isHolding { return .reader }
        if answer.facts.status != 0 { return answer.facts.isStream ? .nobody : .server }
        return request.isSent || request.isServerSlow ? .server : .sender
    }

    // MARK: Events

    override func serverReady() { handle(.serverReady) }

    /// One that waits picks again.
    override func roomCame() { handle(.headRead) }

    /// Takes in what happened, does what is to be done, and takes in what came of that.
    func handle(_ event: ExchangeMachine.Event) {
        var next: ExchangeMachine.Event? = event
        while let event = next {
            next = perform(machine.handle(event))
        }
    }

    /// The time of the state is up, or that in which the client is not watched.
    func deadlinePassed() {
        if loop.deadlineNow < deadline { return watchClient() }
        handle(.deadlinePassed(awaited))
    }

    /// The client has waited for a while: it is watched from now on, and the state's deadline stays.
    private func watchClient() {
        guard let client else { return }
        client.watch()
        loop.setDeadline(of: client, to: loop.now + (deadline - loop.deadlineNow))
    }

    /// Ends the state after a wait. A client that is not watched yet is to be watched soon.
    func setDeadline(_ wait: TimeSpan) {
        guard let client else { return }
        deadline = loop.deadlineNow + wait
        let (now, unwatched) = (loop.now, ClientStream.unwatchedTime)
        loop.setDeadline(
            of: client, to: client.stream.isWatched ? now + wait : min(now + wait, now + unwatched))
    }

    @inline(__always) private func perform(_ action: ExchangeMachine.Action) -> ExchangeMachine.Event? {
        switch action {
        case .carryOn: return nil
        case .readHead: return readHead()
        case .readHeadAlone:
            request.stopAwaitingBody()
            return readHead()
        case .pick: return pick()
        case .wait: return wait()
        case .finishConnecting: return finishConnecting()
        case .giveUpConnecting: return connectFailed(.timedOut(after: service.limits.connectTimeout))
        case .reconnect: return reconnect()
        case .leaveServer(let failure, let mayRepeat): return leaveServer(for: failure, mayRepeat: mayRepeat)
        case .send: return beginSending()
        case .sendOn: return passInterim() ?? sendRequest()
        case .passInterim: return passInterim()
        case .awaitAnswer: return awaitAnswer()
        case .readAnswer: return readAnswer()
        case .readAnswerAndSendOn: return readAnswer() ?? sendRequest()
        case .readLastWords: return readLastWords()
        case .beginMoving: return beginMoving()
        case .move: return pumpAnswer() ?? sendRest()
        case .beginTunnel: return beginTunnel()
        case .pumpTunnel: return pumpTunnel()
        case .answer(let reason, let blame):
            if let blame { blameServer(blame.rawValue) }
            refuse(reason)
        case .abort(let reason, let blame):
            if let blame { blameServer(blame.rawValue) }
            abort(reason)
        case .finish: finish()
        }
        return nil
    }

    // MARK: The end

    /// All went well.
    private func finish() {
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
    @inline(never) private func refuse(_ reason: ExchangeReason) {
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
    @inline(never) private func abort(_ reason: ExchangeReason) {
        let termination = reason.termination
        leaveQueue()
        // A client that leaves before a head was whole has done nothing worth a record.
        guard request.isReady || request.awaitsBody else {
            return end(nil, termination == .cut ? .broken(.cut) : .leaving)
        }
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

    private func end(_ record: consuming ExchangeRecord?, _ manner: ClientStream.Manner) {
        if let record { service.ended(record, takingIn: &picks) }
        let leftover = request.takeLeftover()
        let client = client
        clear()
        client?.exchangeEnded(manner, leftover: leftover)
    }

    /// Is blank again.
    func clear() {
        assert(place == nil && server == nil && upstream == nil, "it has left the queue and its server")
        client = nil
        machine = ExchangeMachine()
        request.clear(buffers)
        answer.clear(buffers)
        attempts = Attempts()
        tunnel = nil
        picks.clear()
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
