import Balancing
import EventLoop
import HTTPWire
import Sockets
import Time

/// One request with its response, over one or more attempts.
///
/// ``ExchangeMachine`` decides; this class does what it says, with three values that know their own matter:
/// ``RequestSide``, ``AnswerSide`` and ``Attempts``. Exchanges are used again, so that a request allocates none.
final class Exchange {
    let service: Service
    let context: HTTPContext
    // Of these two, close at hand: a call on what is two steps away counts a reference.
    let loop: EventLoop
    let pool: Pool
    let upstreams: UpstreamPool
    let buffers: HTTPBuffers
    /// The client, while the exchange lasts.
    var client: ClientConnection?
    /// The connection to the server of the attempt that lasts.
    var upstream: UpstreamConnection?
    var request = RequestSide()
    var answer: AnswerSide
    var attempts = Attempts()
    var tunnel: Tunnel?
    /// What was seen at each pick.
    var picks = PickLog()
    /// Where it stands in the queue; nil while it does not.
    var place: WaitingQueue<Exchange>.Place?
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
    }

    /// Begins for a client that may have something to say, or has said it behind its last request.
    func begin(for client: ClientConnection, with bytes: consuming Buffer?) {
        self.client = client
        beganAt = loop.now
        let hasBytes = bytes != nil
        request.begin(with: bytes)
        if hasBytes { setDeadline(context.waits.requestHead) }
    }

    /// Takes back the state in which ``begin(for:with:)`` finds it.
    func beBlank() { machine = ExchangeMachine() }

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
        if answer.isHolding { return .reader }
        if answer.facts.status != 0 { return answer.facts.isStream ? .nobody : .server }
        return request.isSent || request.isServerSlow ? .server : .sender
    }

    // MARK: Events

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
    func setDeadline(_ wait: Wait) {
        guard let client else { return }
        deadline = loop.deadlineNow + wait
        let (now, unwatched) = (loop.now, context.waits.unwatched)
        loop.setDeadline(
            of: client, to: client.stream.isWatched ? now + wait : min(now + wait, now + unwatched))
    }

    @inline(__always) private func perform(_ action: ExchangeMachine.Action) -> ExchangeMachine.Event? {
        switch action {
        case .carryOn: return nil
        case .readHead: return readHead()
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
}
