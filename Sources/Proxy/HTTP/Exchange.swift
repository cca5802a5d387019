import Balancing
import EventLoop
import HTTPWire
import Sockets
import Time

/// One request with its response, over one or more attempts.
///
/// ``ExchangeMachine`` decides; this class does what it says. Its parts are files of their own: the
/// request's side, the answer's side, the attempts, and the end. Exchanges are used again, so that
/// a request allocates none.
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
    var machine = ExchangeMachine()
    var beganAt = Instant.origin

    /// When the state ends, in the loop's ``EventLoop/deadlineNow``.
    private var deadline = Instant.never

    // The request.
    var requestParser = RequestParser()
    var requestPipe = BodyPipe(of: .client)
    var request = RequestFacts()
    /// What was asked for, for the record.
    var requestLine = RequestLineText()
    /// The request as servers get it, as far as it is in our hands: sent again with another attempt.
    var kept: Buffer?
    /// How many of the kept bytes the server of this attempt has.
    var sent = 0
    /// The server reads no more; its answer, if there is one, still counts.
    var isServerDeaf = false
    /// More of the body has been passed on than is kept: it cannot be sent again.
    var hasStreamed = false

    // The attempts.
    var upstream: UpstreamConnection?
    var server: ServerID?
    var tried = TriedServers()
    var attempts = 0
    /// When the last attempt's server was picked, or took a new connection: what is seen of the server is as old.
    var attemptBegan = Instant.origin
    /// Attempts that failed; a kept connection that had died is none.
    var failures = 0
    /// What was seen at each pick.
    var picks = PickLog()
    /// Why the last attempt failed.
    var lastFailure: ExchangeReason?
    /// The server of the last attempt, whether it is still there or not.
    var lastServer: ServerID?
    /// Where it stands in the queue; nil while it does not.
    var place: WaitingQueue<Exchange>.Place?
    /// The next attempt goes to this server again, over a connection of its own.
    var freshServer: ServerID?
    /// Of the server that is being connected to.
    var addressTries = AddressTries()

    // The answer.
    var responseParser: ResponseParser
    var responsePipe = BodyPipe(of: .server)
    var answer = AnswerFacts()
    var tunnel: Tunnel?
    /// Bytes that went through the tunnel, to the client and to the server.
    var tunnelled: (toClient: UInt64, toServer: UInt64) = (0, 0)

    init(of service: Service, in context: HTTPContext) {
        self.service = service
        self.context = context
        loop = service.loop
        pool = service.pool
        upstreams = context.upstreams
        buffers = context.buffers
        responseParser = ResponseParser(answering: .get, accepting: context.limits.acceptedFaults)
    }

    /// Begins for a client that may have something to say, or has said it behind its last request.
    func begin(for client: ClientConnection, with bytes: consuming Buffer?) {
        self.client = client
        beganAt = loop.now
        requestParser.reset()
        guard let bytes else { return }
        requestPipe.put(input: bytes)
        setDeadline(context.limits.requestHead)
    }

    // MARK: Events

    /// The client's socket has news, which its stream has noted.
    func clientReady() {
        switch machine.state {
        case .reading: readHead()
        case .sending: sendRequest()
        case .answering: goOnAnswering()
        case .tunnelling: pumpTunnel()
        case .queued, .connecting, .awaiting, .ended: break
        }
        if answer.isTorn { passRestOfInterim() }
    }

    /// The client's connection is broken. (A client that half-closed still waits for its answer.)
    func clientBroke() {
        // A tunnel first passes on what the client said before that.
        guard machine.state != .tunnelling else { return }
        perform(machine.handle(.clientGone(.clientClosed)))
    }

    /// The server's socket has news, which its stream has noted.
    func upstreamReady() {
        switch machine.state {
        case .connecting: finishConnecting()
        case .sending:
            if upstream?.stream.isReadable == true { readAnswer() }
            if machine.state == .sending { sendRequest() }
        case .awaiting: readAnswer()
        case .answering: goOnAnswering()
        case .tunnelling: pumpTunnel()
        case .reading, .queued, .ended: break
        }
    }

    /// The time of the state is up, or that in which the client is not watched.
    func deadlinePassed() {
        if loop.deadlineNow < deadline { return watchClient() }
        switch machine.state {
        case .connecting:
            connectFailed(.timedOut(after: service.limits.connectTimeout))
        case .sending where answer.isTorn, .awaiting where answer.isTorn:
            perform(machine.handle(.clientGone(.clientStalled)))
        case .awaiting:
            blameServer("no response in time")
            perform(machine.handle(.deadlinePassed))
        case .sending where isServerSlow:
            blameServer("the server stopped reading the request")
            perform(machine.handle(.serverFailed(.responseHeadTimeout, .none)))
        case .answering where responsePipe.isHolding:
            perform(machine.handle(.clientGone(.clientStalled)))
        case .answering:
            // Nobody knows whether a stream had anything to say.
            if !answer.isStream { blameServer("the response stalled") }
            perform(machine.handle(.deadlinePassed))
        case .reading, .queued, .sending, .tunnelling, .ended:
            perform(machine.handle(.deadlinePassed))
        }
    }

    /// The client has waited for a while: it is watched from now on, and the state's deadline stays.
    private func watchClient() {
        guard let client else { return }
        client.watch()
        loop.setDeadline(of: client, to: loop.now + (deadline - loop.deadlineNow))
    }

    /// The turn has come for what was too much for the last one.
    func resumed() {
        switch machine.state {
        case .sending:
            readOnAnswer()
            if machine.state == .sending { sendRequest() }
        case .awaiting: readOnAnswer()
        case .answering: goOnAnswering()
        case .tunnelling: pumpTunnel()
        case .reading, .queued, .connecting, .ended: break
        }
    }

    /// The balancer waits no longer.
    func cut() {
        perform(machine.handle(.cut))
    }

    func perform(_ action: ExchangeMachine.Action) {
        if machine.state != .queued { leaveQueue() }
        switch action {
        case .carryOn: break
        case .pick: pick()
        case .wait: wait()
        case .send:
            sendRequest()
            // Mostly all of it went out at once, and what came of that has set its own.
            if machine.state == .sending { setDeadline(context.limits.body) }
        case .answer(let reason): refuse(reason)
        case .abort(let reason): abort(reason)
        case .finish: finish()
        }
    }

    /// Ends the state after a wait. A client that is not watched yet is to be watched soon.
    func setDeadline(_ wait: TimeSpan) {
        guard let client else { return }
        deadline = loop.deadlineNow + wait
        let (now, unwatched) = (loop.now, ClientConnection.unwatchedTime)
        loop.setDeadline(
            of: client, to: client.stream.isWatched ? now + wait : min(now + wait, now + unwatched))
    }

    private func goOnAnswering() {
        pumpAnswer()
        guard machine.state == .answering, !isRequestSent, !isServerDeaf else { return }
        sendRequest()
    }

    private func pumpTunnel() {
        guard let client, let upstream else { return }
        let before = tunnel?.bytes
        let outcome = tunnel?.pump(client: client.stream, server: upstream.stream, service.buffers)
        if tunnel?.bytes != before { setDeadline(service.limits.idleTimeout) }
        tunnelled = (tunnel?.bytesToClient ?? 0, tunnel?.bytesToServer ?? 0)
        switch outcome {
        case nil, .goesOn: break
        case .more: loop.resumeNextTurn(client)
        case .over: perform(machine.handle(.answerEnded))
        case .clientBroke: perform(machine.handle(.clientGone(.clientClosed)))
        case .serverBroke: perform(machine.handle(.serverFailed(.tunnelReset, .none)))
        case .outOfMemory: lackMemory()
        }
    }
}

/// What has to be known of a request after its head's bytes are gone.
struct RequestFacts {
    var method = HTTPMethod.other
    var isHTTP10 = false
    var keepsAlive = true
    var hasBody = false
    var wantsJSON = false
    /// The protocols that the client would rather speak (RFC 9110 section 7.8); mostly none.
    var offeredProtocols: [String] = []
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
    var wasReused = false
    /// How many 1xx have come.
    var interimHeads = 0
    /// A 1xx went to the client in part: the rest has to go before anything else can be said.
    var isTorn = false
}

extension String {
    /// The members of an `Upgrade` field, in lower case: names are compared so. Empty ones mean nothing (RFC 9110
    /// section 5.6.1.2).
    var protocols: [String] {
        lowercased().split(separator: ",").map { member in
            String(member.drop { $0.isBlank }.reversed().drop { $0.isBlank }.reversed())
        }.filter { !$0.isEmpty }
    }
}

extension Character {
    fileprivate var isBlank: Bool { self == " " || self == "\t" }
}
