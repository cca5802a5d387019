import Balancing
import EventLoop
import Sockets

/// The attempts: a server is picked, a connection to it taken or made, and left again.
extension Exchange {
    /// Picks a server and a connection to it.
    func pick() -> ExchangeMachine.Event? {
        let wantsFresh = attempts.freshServer != nil
        guard let picked = pickServer() else { return noServer() }
        if place != nil { leaveQueue() }
        attempts.begin(with: picked, at: loop.now)
        request.beginAttempt()
        answer.beginAttempt()
        pool.began(picked)
        guard !wantsFresh, let idle = upstreams.take(to: picked, surely: !request.facts.method.isIdempotent)
        else { return connect(to: picked) }
        lend(idle)
        attempts.reuse()
        pool.reused(picked)
        return .picked(isConnected: true)
    }

    private func pickServer() -> ServerID? {
        guard let fresh = attempts.freshServer else {
            // Room is for those that wait already, as soon as their turn comes.
            let mayPick = place != nil || upstreams.queue.count == 0
            return mayPick ? service.pick(excluding: attempts.tried, noting: &picks) : nil
        }
        service.pickAgain(fresh, excluding: attempts.tried, noting: &picks)
        return fresh
    }

    private func noServer() -> ExchangeMachine.Event {
        guard pool.hasAny(excluding: attempts.tried) else {
            let reason = place == nil ? ExchangeReason.noServerEligible : .queueClosed
            return .failed(attempts.lastFailure ?? reason)
        }
        return place == nil && upstreams.isQueueFull ? .failed(.queueFull) : .allFull
    }

    /// Any server may be the next one: until there is room, those that failed are out of turn, or back.
    @inline(never) func wait() -> ExchangeMachine.Event? {
        let isRelieved = attempts.forgetTried()
        place = upstreams.enqueue(self)
        if isRelieved { upstreams.roomCame() }
        setDeadline(context.limits.queueTimeout)
        client?.watch()
        return nil
    }

    /// Leaves the queue, if it stands there.
    func leaveQueue() {
        guard let left = place else { return }
        place = nil
        upstreams.leaveQueue(left)
    }

    private func lend(_ connection: UpstreamConnection) {
        connection.user = self
        upstream = connection
    }

    // MARK: Connecting

    /// - Parameter isUnderWay: another address of the server is tried, within the time of the first.
    private func connect(to server: ServerID, isUnderWay: Bool = false) -> ExchangeMachine.Event? {
        do {
            let connection = UpstreamConnection(
                try openSocket(to: server), to: server, in: upstreams)
            lend(connection)
            try connection.stream.watch(on: loop, handler: connection)
            if isUnderWay { return nil }
            setDeadline(service.limits.connectTimeout)
            return .picked(isConnected: false)
        } catch let error as SystemError {
            return connectFailed(.connecting(error), isUnderWay: isUnderWay)
        } catch {
            return connectFailed(.connecting(.outOfMemory), isUnderWay: isUnderWay)
        }
    }

    private func openSocket(to server: ServerID) throws(SystemError) -> Socket {
        upstreams.willOpen()
        let address = attempts.nextAddress(of: service.address(of: server))
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

    /// The connection stands, or has failed.
    @inline(never) func finishConnecting() -> ExchangeMachine.Event? {
        guard let upstream, let server else { return nil }
        if let error = upstream.stream.socket.pendingError() {
            // It took the connection and broke it.
            return error.isReset ? .attemptFailed(.serverClosed, progress) : connectFailed(.connecting(error))
        }
        attempts.connected(to: service.address(of: server), at: loop.now)
        pool.reached(server, at: attempts.began)
        return .connected
    }

    /// An address of the server took no connection; the server may have another one.
    ///
    /// - Parameter isUnderWay: the time for connecting to it runs.
    @inline(never) func connectFailed(_ failure: ProxyError, isUnderWay: Bool = true) -> ExchangeMachine
        .Event?
    {
        guard let server else { return nil }
        guard let error = attempts.verdict(after: failure, of: service.address(of: server)) else {
            leaveConnection()
            return connect(to: server, isUnderWay: isUnderWay)
        }
        attempts.notConnected(error)
        return .attemptFailed(.notConnected, progress)
    }

    // MARK: Leaving

    /// Asks the same server over a new connection. The room there stays ours.
    @inline(never) func reconnect() -> ExchangeMachine.Event? {
        leaveConnection()
        if let server { pool.ended(server) }
        attempts.repeatAtServer()
        return pick()
    }

    /// Leaves a server that failed, for good. Another one may be tried within the limit of attempts and the budget, from
    /// which an attempt that was no load for anybody is not taken.
    func leaveServer(for failure: AttemptFailure, mayRepeat: Bool) -> ExchangeMachine.Event {
        guard let failed = server else { return .failed(.serverClosed) }
        leaveServer()
        let (error, began) = (attempts.error, attempts.began)
        let reason = attempts.fail(failed, for: failure)
        switch failure {
        case .notConnected: if let error { service.failed(failed, with: error, begunAt: began) }
        case .serverClosed:
            pool.exchangeFailed(failed, reason: "closed without an answer", begunAt: began, at: loop.now)
        case .drained: break
        }
        let mayTryAnother =
            mayRepeat && attempts.failures <= service.limits.retries && pool.hasAny(excluding: attempts.tried)
            && (error?.isFree == true || context.budget.mayRetry(at: loop.now))
        return mayTryAnother ? .mayTryAnother : .failed(reason)
    }

    /// Counts a bad answer, or none, against the server that owes it.
    @inline(never) func blameServer(_ reason: String) {
        guard let server else { return }
        pool.exchangeFailed(server, reason: reason, begunAt: attempts.began, at: loop.now)
    }

    /// Lets go of the server.
    func leaveServer(_ fate: UpstreamConnection.Fate = .closed) {
        leaveConnection(fate)
        guard let left = server else { return }
        attempts.leave()
        pool.ended(left)
        upstreams.roomCame()
    }

    private func leaveConnection(_ fate: UpstreamConnection.Fate = .closed) {
        answer.dropBody(buffers)
        guard let connection = upstream else { return }
        upstream = nil
        connection.user = nil
        switch fate {
        case .kept: upstreams.giveBack(connection)
        case .leaving: upstreams.letServerClose(connection)
        case .closed: upstreams.close(connection)
        }
    }
}
