import Balancing
import EventLoop
import Sockets

/// The attempts: a server is picked, a connection to it taken or made, and a failure turned into the next
/// attempt where that is allowed.
extension Exchange {
    /// Picks a server and a connection to it.
    func pick() {
        let wantsFresh = freshServer != nil
        guard let picked = pickServer() else { return noServer() }
        leaveQueue()
        freshServer = nil
        addressTries = AddressTries()
        server = picked
        lastServer = picked
        attempts += 1
        attemptBegan = loop.now
        sent = 0
        answer = AnswerFacts()
        isServerDeaf = false
        pool.began(picked)
        if !wantsFresh, let idle = takeIdle(to: picked) {
            lend(idle)
            answer.wasReused = true
            pool.reused(picked)
            perform(machine.handle(.picked(isConnected: true)))
        } else {
            answer.wasReused = false
            connect(to: picked)
        }
    }

    private func pickServer() -> ServerID? {
        guard let freshServer else {
            // Room is for those that wait already, as soon as their turn comes.
            let mayPick = place != nil || upstreams.queue.count == 0
            return mayPick ? service.pick(excluding: tried, noting: &picks) : nil
        }
        service.pickAgain(freshServer, excluding: tried, noting: &picks)
        return freshServer
    }

    private func takeIdle(to server: ServerID) -> UpstreamConnection? {
        upstreams.take(to: server, surely: !request.method.isIdempotent)
    }

    /// A server has room for an exchange that waited.
    func pickAgain() {
        perform(machine.handle(.headRead))
    }

    private func noServer() {
        guard pool.hasAny(excluding: tried) else {
            let reason = place == nil ? ExchangeReason.noServerEligible : .queueClosed
            return perform(machine.handle(.refused(lastFailure ?? reason)))
        }
        guard place != nil || !upstreams.isQueueFull else {
            return perform(machine.handle(.refused(.queueFull)))
        }
        perform(machine.handle(.allFull))
    }

    /// Any server may be the next one: until there is room, those that failed are out of turn, or back.
    func wait() {
        let isRelieved = tried.count > 0
        tried.removeAll()
        place = upstreams.enqueue(self)
        if isRelieved { upstreams.roomCame() }
        setDeadline(context.limits.queueTimeout)
        client?.watch()
    }

    func leaveQueue() {
        guard let left = place else { return }
        place = nil
        upstreams.leaveQueue(left)
    }

    private func lend(_ connection: UpstreamConnection) {
        connection.exchange = self
        upstream = connection
    }

    /// - Parameter isUnderWay: another address of the server is tried, within the time of the first.
    private func connect(to server: ServerID, isUnderWay: Bool = false) {
        do {
            let connection = UpstreamConnection(
                try openSocket(to: server), to: server, in: upstreams)
            lend(connection)
            try connection.stream.watch(on: loop, handler: connection)
            if isUnderWay { return }
            perform(machine.handle(.picked(isConnected: false)))
            setDeadline(service.limits.connectTimeout)
        } catch let error as SystemError {
            connectFailed(.connecting(error), isUnderWay: isUnderWay)
        } catch {
            connectFailed(.connecting(.outOfMemory), isUnderWay: isUnderWay)
        }
    }

    private func openSocket(to server: ServerID) throws(SystemError) -> Socket {
        upstreams.willOpen()
        let address = addressTries.next(of: service.address(of: server))
        do {
            return try service.idleConnections.connect(to: address)
        } catch {
            // A connection that leaves holds a port.
            if error.shortage == .ports, upstreams.giveUpLeaving(to: server),
                let socket = try? service.idleConnections.connect(to: address)
            {
                return socket
            }
            upstreams.didNotOpen()
            throw error
        }
    }

    func finishConnecting() {
        guard let upstream, let server else { return }
        if let error = upstream.stream.socket.pendingError() {
            // It took the connection and broke it.
            if error.isReset { return serverGone() }
            return connectFailed(.connecting(error))
        }
        attemptBegan = loop.now
        addressTries.succeeded(of: service.address(of: server))
        pool.reached(server, at: attemptBegan)
        perform(machine.handle(.connected))
        if machine.state == .sending, upstream.stream.isReadable { readAnswer() }
    }

    // MARK: Failures

    /// The server took no connection: nothing was sent, so any request may go to another.
    ///
    /// - Parameter isUnderWay: the time for connecting to it runs.
    func connectFailed(_ failure: ProxyError, isUnderWay: Bool = true) {
        guard let failed = server else { return }
        guard let error = addressTries.verdict(after: failure, of: service.address(of: failed)) else {
            leaveConnection()
            return connect(to: failed, isUnderWay: isUnderWay)
        }
        let reason = ExchangeReason(error)
        lastFailure = reason
        giveUp(failed)
        leaveServer()
        service.failed(failed, with: error, begunAt: attemptBegan)
        let recourse: ExchangeMachine.Recourse =
            mayTryAnother(isFree: error.isFree) ? .attempt : .none
        perform(machine.handle(.serverFailed(reason, recourse)))
    }

    /// The server ended the connection before its answer's head was whole.
    func serverGone() {
        guard let failed = server else { return }
        let canRepeat = mayRepeat && !answer.hasSentInterim
        lastFailure = .serverClosed
        if canRepeat, answer.wasReused, !answer.hasBegun {
            // It had closed the idle connection; that crossed our request (RFC 9112 section 9.3.1).
            // The room at the server stays ours.
            leaveConnection()
            pool.ended(failed)
            server = nil
            freshServer = failed
            return perform(machine.handle(.serverFailed(.serverClosed, .attempt)))
        }
        leaveServer()
        giveUp(failed)
        pool.exchangeFailed(failed, reason: "closed without an answer", begunAt: attemptBegan, at: loop.now)
        let recourse: ExchangeMachine.Recourse = canRepeat && mayTryAnother() ? .attempt : .none
        perform(machine.handle(.serverFailed(.serverClosed, recourse)))
    }

    /// No other attempt of this exchange goes to a server that failed it.
    private func giveUp(_ server: ServerID) {
        tried.insert(server)
        failures += 1
    }

    /// The time of the server's drain is over: another server takes the request where it may be repeated.
    func serverDrained() {
        guard let drained = server else { return }
        switch machine.state {
        case .reading, .queued, .ended: return
        case .answering, .tunnelling: perform(machine.handle(.serverFailed(.drainDeadline, .none)))
        case .connecting, .sending, .awaiting:
            let canRepeat = mayRepeat && !answer.hasSentInterim
            lastFailure = .drainDeadline
            leaveServer()
            giveUp(drained)
            let recourse: ExchangeMachine.Recourse = canRepeat && mayTryAnother() ? .attempt : .none
            perform(machine.handle(.serverFailed(.drainDeadline, recourse)))
        }
    }

    /// Whether the request may be sent once more: none of it was, or it is whole in our hands and its
    /// method means the same twice (RFC 9110 section 9.2.2).
    private var mayRepeat: Bool {
        sent == 0 || (request.method.isIdempotent && !hasStreamed)
    }

    /// Within the limit of attempts and the budget, from which an attempt that was no load for anybody is not taken.
    private func mayTryAnother(isFree: Bool = false) -> Bool {
        failures <= service.limits.retries && pool.hasAny(excluding: tried)
            && (isFree || context.budget.mayRetry(at: loop.now))
    }

    /// Counts a bad answer, or none, against the server that owes it.
    func blameServer(_ reason: String) {
        guard let server else { return }
        pool.exchangeFailed(server, reason: reason, begunAt: attemptBegan, at: loop.now)
    }

    /// Lets go of the server.
    func leaveServer(_ fate: UpstreamConnection.Fate = .closed) {
        leaveConnection(fate)
        guard let left = server else { return }
        server = nil
        pool.ended(left)
        upstreams.roomCame()
    }

    private func leaveConnection(_ fate: UpstreamConnection.Fate = .closed) {
        responsePipe.clear(buffers)
        guard let connection = upstream else { return }
        upstream = nil
        connection.exchange = nil
        switch fate {
        case .kept: upstreams.giveBack(connection)
        case .leaving: upstreams.letServerClose(connection)
        case .closed: upstreams.close(connection)
        }
    }
}
