import Balancing
import EventLoop
import Sockets
import Time

/// One client connection with its upstream connection, in TCP mode.
///
/// ``SessionMachine`` decides; this class does what it says.
final class Session: EventHandler {
    /// Its place in the table, which moves it.
    var index = 0
    private let service: Service
    private unowned let table: SessionTable
    private var machine = SessionMachine()

    private var client: Socket
    private var clientWatch: SocketWatch?
    private var upstream = Socket.none
    private var upstreamWatch: SocketWatch?
    private var request = Relay()
    private var response = Relay()

    private var server: ServerID?
    private var tried = TriedServers()
    private var lastError: ProxyError?
    /// Nothing has moved since it was looked at again.
    private var isQuiet = false

    init(client: consuming Socket, of service: Service, in table: SessionTable) {
        self.client = client
        self.service = service
        self.table = table
        super.init()
        if service.mode == .http { request.replay = .empty }
    }

    /// Picks a server and connects.
    func start() {
        attempt()
    }

    /// Closes both sides without waiting for anybody.
    func cut() {
        perform(machine.handle(.cut))
    }

    // MARK: Events

    override func socketReady(_ number: Int32, _ events: SocketEvents) {
        if number == client.number {
            clientReady(events)
        } else {
            upstreamReady(events)
        }
    }

    override func deadlinePassed() {
        if machine.state == .connecting {
            attemptFailed(.timedOut(after: service.limits.connectTimeout))
        } else if machine.isRelaying, !isQuiet {
            lookAgain()
        } else {
            perform(machine.handle(.deadlinePassed))
        }
    }

    override func resumed() {
        pumpRequest()
        pumpResponse()
    }

    private func clientReady(_ events: SocketEvents) {
        if events.contains(.closed) { request.isSourceClosed = true }
        if events.contains(.readable) || events.contains(.closed) { pumpRequest() }
        if events.contains(.writable), response.isHolding { pumpResponse() }
    }

    private func upstreamReady(_ events: SocketEvents) {
        if machine.state == .connecting {
            finishConnecting()
            // These events are of a socket that failed; the next attempt has another.
            if machine.state == .connecting { return }
        }
        if events.contains(.closed) { response.isSourceClosed = true }
        if events.contains(.readable) || events.contains(.closed) { pumpResponse() }
        if events.contains(.writable), request.isHolding { pumpRequest() }
    }

    // MARK: Actions

    private func perform(_ action: SessionMachine.Action) {
        switch action {
        case .carryOn: break
        case .attempt: attempt()
        case .relay: relay()
        case .refuse: refuse()
        case .close(let termination): close(termination)
        }
    }

    private func attempt() {
        leaveServer()
        let isFirst = tried.count == 0
        guard tried.count <= service.limits.retries, let picked = service.pick(excluding: tried) else {
            if isFirst { lastError = .noneEligible(of: service.pool.count) }
            return perform(machine.handle(.noServerLeft))
        }
        if !isFirst { service.counters.retries += 1 }
        server = picked
        service.pool.began(picked)
        service.loop.setDeadline(of: self, to: service.loop.now + service.limits.connectTimeout)
        do {
            upstream = try Socket.connect(to: service.address(of: picked))
            upstreamWatch = try watch(upstream.number)
        } catch let error as SystemError {
            attemptFailed(.connecting(error))
        } catch {
            attemptFailed(.connecting(.outOfDescriptors))
        }
    }

    private func finishConnecting() {
        guard let server else { return }
        if let error = upstream.pendingError() { return attemptFailed(.connecting(error)) }
        service.pool.reached(server, at: service.loop.now)
        perform(machine.handle(.connected))
    }

    private func attemptFailed(_ error: ProxyError) {
        noteFailure(error)
        perform(machine.handle(.attemptFailed))
    }

    private func noteFailure(_ error: ProxyError) {
        guard let server else { return }
        lastError = error
        tried.insert(server)
        service.failed(server, with: error)
    }

    private func relay() {
        if clientWatch == nil {
            do {
                clientWatch = try watch(client.number)
            } catch {
                return perform(machine.handle(.cut))
            }
        }
        pumpRequest()
    }

    /// Edge-triggered, once for the socket's life: both directions, and the peer's close.
    private func watch(_ number: Int32) throws(EventLoopError) -> SocketWatch {
        try SocketWatch(
            number, for: [.readable, .writable, .closed], trigger: .edge, on: service.loop, handler: self)
    }

    private func refuse() {
        leaveServer()
        guard service.mode == .http, let lastError else { return perform(machine.handle(.cut)) }
        service.loop.setDeadline(of: self, to: service.loop.now + Service.lingerTimeout)
        do {
            if clientWatch == nil { clientWatch = try watch(client.number) }
        } catch {
            return perform(machine.handle(.cut))
        }
        // A client whose window cannot take a few hundred bytes will not read a second part either.
        var answer = Refusal(for: lastError).response()
        _ = client.write(from: &answer)
        client.finishWriting()
        pumpRequest()
    }

    private func close(_ termination: Termination) {
        leaveServer()
        if termination == .cut { client.resetOnClose() }
        clientWatch = nil
        client = .none
        service.loop.clearDeadline(of: self)
        service.counters.ended(termination, sent: request.count, received: response.count)
        table.remove(self)
    }

    private func leaveServer() {
        upstreamWatch = nil
        upstream = .none
        guard let left = server else { return }
        server = nil
        service.pool.ended(left)
    }

    // MARK: Relaying

    private func pumpRequest() {
        switch machine.state {
        case .connecting, .closed: return
        case .refusing: return drain()
        case .unanswered, .unansweredAfterRequest, .relaying, .requestEnded, .responseEnded: break
        }
        keepAlive()
        switch request.pump(from: client, to: upstream, through: service.buffers) {
        case .waiting: break
        case .more: service.loop.resumeNextTurn(self)
        case .ended:
            upstream.finishWriting()
            perform(machine.handle(.clientEnded))
        case .sourceFailed: perform(machine.handle(.clientFailed))
        case .sinkFailed:
            // What the server said before it stopped reading is still to be passed on.
            pumpResponse()
            if machine.isRelaying { serverGone(SessionMachine.Event.serverFailed) }
        }
    }

    private func pumpResponse() {
        guard machine.isRelaying else { return }
        keepAlive()
        let outcome = response.pump(from: upstream, to: client, through: service.buffers)
        if response.count > 0 { serverAnswered() }
        switch outcome {
        case .waiting: break
        case .more: service.loop.resumeNextTurn(self)
        case .ended: serverGone(SessionMachine.Event.serverEnded)
        case .sourceFailed: serverGone(SessionMachine.Event.serverFailed)
        case .sinkFailed: perform(machine.handle(.clientFailed))
        }
    }

    private func keepAlive() {
        isQuiet = false
        service.loop.setDeadline(of: self, to: service.loop.now + service.secondLook)
    }

    /// Looks at both connections once more when they have fallen quiet; the idle time-out goes on.
    ///
    /// A reset that the kernel reports together with bytes cannot be told from bytes alone (libevent
    /// says "readable and writable" of both), so a relay that read all of them waits in vain; and one
    /// that holds bytes does not read. To ask each time would cost a call for every piece of a stream.
    private func lookAgain() {
        let count = request.count + response.count
        pumpRequest()
        pumpResponse()
        if request.isHolding, client.pendingError() != nil { perform(machine.handle(.clientFailed)) }
        guard machine.isRelaying, request.count + response.count == count else { return }
        isQuiet = true
        let rest = service.limits.idleTimeout - service.secondLook
        service.loop.setDeadline(of: self, to: service.loop.now + rest)
    }

    private func serverAnswered() {
        switch machine.state {
        case .unanswered, .unansweredAfterRequest:
            request.replay = .off
            perform(machine.handle(.serverAnswered))
        case .connecting, .relaying, .requestEnded, .responseEnded, .refusing, .closed: break
        }
    }

    /// The server sends no more. Whether that matters depends on what it had sent.
    private func serverGone(_ event: (SessionMachine.Recovery) -> SessionMachine.Event) {
        let recovery = recovery()
        if recovery != .none {
            noteFailure(request.count > 0 ? .lost : .leftUnasked)
            request.startOver()
            response = Relay()
        } else if response.isEnded {
            client.finishWriting()
        }
        perform(machine.handle(event(recovery)))
    }

    private func recovery() -> SessionMachine.Recovery {
        guard service.mode == .http, response.count == 0 else { return .none }
        // Who left without a request, as a check of this listener may, needs no other server.
        guard request.count > 0 || !request.isEnded else { return .none }
        if request.replay.isComplete, tried.count < service.limits.retries { return .replay }
        return request.count > 0 ? .refuse : .none
    }

    /// Reads and forgets what a refused client still sends, so that the close does not reset the
    /// connection before the client has read the answer (RFC 9112 section 9.6).
    private func drain() {
        for _ in 0..<Relay.roundsPerTurn {
            service.buffers.scratch.removeAll()
            switch client.read(into: &service.buffers.scratch) {
            case .moved: continue
            case .wouldBlock: return
            case .ended: return perform(machine.handle(.clientEnded))
            case .failed: return perform(machine.handle(.clientFailed))
            }
        }
        service.loop.resumeNextTurn(self)
    }
}
