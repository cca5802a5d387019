import Balancing
import EventLoop
import Sockets
import Time

/// One client connection with its upstream connection, in TCP mode.
///
/// ``SessionMachine`` decides; this class does what it says.
final class Session: ClientHandler {
    let service: Service
    // Of the service, close at hand: a call on what is two steps away counts a reference.
    private let loop: EventLoop
    private let pool: Pool
    private let buffers: RelayBuffers
    private unowned let table: SessionTable
    private var machine = SessionMachine()

    private var client: Socket
    private var clientWatch: SocketWatch?
    /// Tells of room for the response, from the first time on that there was none.
    private var clientRoomWatch: SocketWatch?
    private var upstream = Socket.none
    private var upstreamWatch: SocketWatch?
    private var request = Relay(sinkDelays: true)
    private var response = Relay()

    private var server: ServerID?
    private var tried = TriedServers()
    /// Of the server that is being connected to.
    private var addressTries = AddressTries()
    /// What this machine lacked for the last attempt.
    private var lack: Shortage?
    private var picks: PickLog
    private let beganAt: Instant
    /// The client's address without its port, if somebody wants to know.
    private let clientHost: String?

    init(client: consuming Socket, from address: SocketAddress, of service: Service, in table: SessionTable) {
        clientHost = service.onSession == nil ? nil : address.host
        self.client = client
        self.service = service
        loop = service.loop
        pool = service.pool
        buffers = service.buffers
        self.table = table
        beganAt = loop.now
        picks = service.takeLog()
        super.init()
    }

    /// Picks a server and connects.
    override func start() {
        attempt()
    }

    /// Closes both sides without waiting for anybody.
    override func cut() {
        perform(machine.handle(.cut))
    }

    override var ends: ConnectionEnds? {
        ConnectionEnds(
            client: (client.peerAddress, client.localAddress),
            // Only while it is being made has the peer none.
            server: (
                upstream.peerAddress ?? server.map { addressTries.current(of: service.address(of: $0)) },
                upstream.localAddress
            ))
    }

    override var isTunnel: Bool { true }

    override func cut(from server: ServerID) {
        guard self.server == server else { return }
        perform(machine.handle(.drained))
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
        } else {
            perform(machine.handle(.deadlinePassed))
        }
    }

    override func resumed() {
        pumpRequest()
        pumpResponse()
    }

    private func clientReady(_ events: SocketEvents) {
        request.note(events)
        if events.contains(.readable) || events.contains(.closed) { pumpRequest() }
        if events.contains(.writable), response.isHolding { pumpResponse() }
    }

    private func upstreamReady(_ events: SocketEvents) {
        if machine.state == .connecting {
            finishConnecting(events)
            // These events are of a socket that failed; the next attempt has another.
            if machine.state == .connecting { return }
        }
        response.note(events)
        if events.contains(.readable) || events.contains(.closed) { pumpResponse() }
        if events.contains(.writable), request.isHolding { pumpRequest() }
    }

    // MARK: Actions

    private func perform(_ action: SessionMachine.Action) {
        switch action {
        case .carryOn: break
        case .attempt: attempt()
        case .relay: relay()
        case .close(let termination): close(termination)
        }
    }

    private func attempt() {
        leaveServer()
        guard tried.count <= service.limits.retries,
            let picked = service.pick(excluding: tried, noting: &picks)
        else {
            return perform(machine.handle(lack.map { .lacked($0) } ?? .noServerLeft))
        }
        if tried.count > 0 { service.counters.retries += 1 }
        server = picked
        pool.began(picked)
        lack = nil
        addressTries = AddressTries()
        loop.setDeadline(of: self, to: loop.now + service.limits.connectTimeout)
        connect(to: picked)
    }

    private func connect(to server: ServerID) {
        do {
            upstream = try service.idleConnections.connect(
                to: addressTries.next(of: service.address(of: server)), delayingSmallWrites: true)
            upstreamWatch = try watch(upstream.number, for: [.readable, .writable, .closed])
        } catch let error as SystemError {
            attemptFailed(.connecting(error))
        } catch {
            attemptFailed(.connecting(.outOfMemory))
        }
    }

    private func finishConnecting(_ events: SocketEvents) {
        guard let server else { return }
        // An error is always reported as readable too.
        if events != .writable, let error = upstream.pendingError() {
            return attemptFailed(.connecting(error))
        }
        addressTries.succeeded(of: service.address(of: server))
        pool.reached(server, at: loop.now)
        perform(machine.handle(.connected))
    }

    private func attemptFailed(_ failure: ProxyError) {
        if let server {
            guard let error = addressTries.verdict(after: failure, of: service.address(of: server)) else {
                closeUpstream()
                return connect(to: server)
            }
            tried.insert(server)
            lack = error.shortage
            service.failed(server, with: error)
        }
        perform(machine.handle(.attemptFailed))
    }

    private func relay() {
        pumpRequest()
        guard machine.isRelaying else { return }
        do {
            clientWatch = try watch(client.number, for: [.readable, .closed])
        } catch {
            perform(machine.handle(.lacked(.memory)))
        }
    }

    /// A client has room from the start, and mostly ever after: to watch for it would bring an event that
    /// nobody needs.
    private func watchForRoom() {
        do {
            clientRoomWatch = try watch(client.number, for: .writable)
        } catch {
            perform(machine.handle(.lacked(.memory)))
        }
    }

    /// Edge-triggered, for the socket's life.
    private func watch(_ number: Int32, for events: SocketEvents) throws(EventLoopError) -> SocketWatch {
        try SocketWatch(number, for: events, trigger: .edge, on: loop, handler: self)
    }

    private func close(_ termination: Termination) {
        service.ended(record(termination), lastServer: server ?? tried.last, takingIn: picks)
        leaveServer()
        switch termination {
        case .finished, .clientAborted: break
        case .refused, .serverAborted, .idle: discardUnread()
        case .lacking where response.count == 0: discardUnread()
        case .lacking, .cut, .drained: client.resetOnClose()
        }
        clientWatch.take()?.endWithSocket()
        clientRoomWatch.take()?.endWithSocket()
        client = .none
        loop.clearDeadline(of: self)
        service.counters.ended(termination, sent: request.count, received: response.count)
        table.remove(self)
    }

    /// Reads what the client has sent and nobody wants any more: the kernel makes a reset of a close over
    /// unread bytes, and that can overtake the server's last words.
    private func discardUnread() {
        for _ in 0..<Relay.roundsPerTurn {
            buffers.scratch.removeAll()
            guard case .moved = client.read(into: &buffers.scratch) else { return }
        }
    }

    private func record(_ termination: Termination) -> SessionRecord {
        SessionRecord(
            began: beganAt, nanoseconds: loop.now.nanoseconds - beganAt.nanoseconds,
            client: clientHost, server: server,
            attempts: tried.count + (server == nil ? 0 : 1), sent: request.count, received: response.count,
            termination: termination)
    }

    private func closeUpstream() {
        upstreamWatch.take()?.endWithSocket()
        upstream = .none
    }

    private func leaveServer() {
        closeUpstream()
        guard let left = server else { return }
        server = nil
        pool.ended(left)
    }

    // MARK: Relaying

    private func pumpRequest() {
        guard machine.isRelaying else { return }
        keepAlive()
        switch request.pump(from: client, to: upstream, through: buffers) {
        case .waiting: break
        case .more: return loop.resumeNextTurn(self)
        case .ended:
            let action = machine.handle(.clientEnded)
            // A close says it by itself.
            if action == .carryOn { upstream.finishWriting() }
            perform(action)
        case .sourceFailed: perform(machine.handle(.clientFailed))
        case .sinkFailed:
            // What the server said before it stopped reading is still to be passed on.
            pumpResponse()
            if machine.isRelaying { perform(machine.handle(.serverFailed)) }
        case .outOfMemory: perform(machine.handle(.lacked(.memory)))
        }
        // Nobody waits for what comes of the bytes that are held.
        if request.isSourceBroken { perform(machine.handle(.clientFailed)) }
    }

    private func pumpResponse() {
        guard machine.isRelaying else { return }
        keepAlive()
        switch response.pump(from: upstream, to: client, through: buffers) {
        case .waiting: if response.isHolding, clientRoomWatch == nil { watchForRoom() }
        case .more: return loop.resumeNextTurn(self)
        case .ended:
            let action = machine.handle(.serverEnded)
            if action == .carryOn { client.finishWriting() }
            perform(action)
        case .sourceFailed: perform(machine.handle(.serverFailed))
        case .sinkFailed: perform(machine.handle(.clientFailed))
        case .outOfMemory: perform(machine.handle(.lacked(.memory)))
        }
        // What the server said before it broke is still passed on.
        if response.isSourceBroken, !response.isHolding { perform(machine.handle(.serverFailed)) }
    }

    private func keepAlive() {
        loop.setDeadline(of: self, to: loop.now + service.limits.idleTimeout)
    }
}
