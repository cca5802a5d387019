import EventLoop
import Platform
import Sockets
import Time

/// One client of a test: sends a request when its worker gives it one, and reads the answer. It connects when a
/// request needs it.
final class LoadConnection: EventHandler {
    private enum Phase {
        /// There is no connection, and no request.
        case unconnected
        /// The request waits for its connection.
        case connecting
        /// The connection waits for a request.
        case idle
        /// The request is not all sent.
        case sending
        /// The request is sent; the answer is not whole.
        case receiving
        /// The request has failed before anything was waited for; that is told in a turn of its own, because the
        /// next one may fail as fast.
        case failing(LoadFailure)
        /// After a failure to connect, a moment passes before the next request.
        case pausing
    }

    /// Reads in one go before other connections get their turn.
    private static let readsPerTurn = 16

    /// Strong, because counting references to it weakly would cost at each request; the worker lets go of its
    /// connections at its end.
    private let worker: LoadWorker
    // The watch goes before the socket: a watch must not outlive its socket's number.
    private var watch: SocketWatch?
    private var socket = Socket.none
    private var phase = Phase.unconnected
    /// When the request was meant to begin.
    private var begin = Instant.origin
    private var connectBegin = Instant.origin
    /// How much of the request the kernel has taken.
    private var written = 0
    /// Whether the connection has carried a request before: then the server may have closed it meanwhile, by
    /// nobody's fault.
    private var isReused = false
    /// The server will send no more; what it sent before may still wait to be read.
    private var peerIsClosing = false
    /// A write has met the server's reset. The kernel tells it once: a read would take it for the stream's end.
    private var reset: SystemError?
    private var answer: AnswerReader
    /// Whether a byte of the answer has come.
    private var hasAnswer = false
    /// What was read and cannot be understood without more. Hardly ever there: most answers come in one piece.
    private var kept: Buffer?

    init(of worker: LoadWorker) {
        self.worker = worker
        answer = AnswerReader(answering: worker.plan.method)
    }

    // MARK: What its worker wants

    /// Sends a request that was meant to begin at that time.
    func send(meantFor begin: Instant, at now: Instant) {
        self.begin = begin
        written = 0
        hasAnswer = false
        answer.reset()
        worker.setDeadline(of: self, from: now)
        guard case .idle = phase else { return connect(at: now) }
        phase = .sending
        write()
    }

    /// Waits for a moment before it asks for the next request.
    func pause(until instant: Instant) {
        phase = .pausing
        worker.loop.setDeadline(of: self, to: instant)
    }

    /// Closes, whatever it is at. A request in flight is broken off: without a reset its server would take the end
    /// of the connection for that of the requests, and work on for nobody.
    func close() {
        switch phase {
        case .sending, .receiving: socket.resetOnClose()
        case .unconnected, .connecting, .idle, .failing, .pausing: break
        }
        disconnect()
        worker.loop.clearDeadline(of: self)
    }

    // MARK: What happens to it

    override func socketReady(_ number: Int32, _ events: SocketEvents) {
        if events.contains(.closed) { peerIsClosing = true }
        let mayRead = !events.isDisjoint(with: [.readable, .closed])
        switch phase {
        case .connecting:
            if events.contains(.writable) { write() }
            // A server may speak, or leave, before it is asked; an edge tells it once.
            if mayRead, isInFlight { receive() }
        case .sending:
            if mayRead { receive() }
            if case .sending = phase { write() }
        case .receiving: if mayRead { receive() }
        // An idle connection has nothing to say but its end. The next request gets another.
        case .idle: if mayRead { disconnect() }
        case .unconnected, .failing, .pausing: break
        }
    }

    /// Whether a request is on its way over a connection.
    private var isInFlight: Bool {
        switch phase {
        case .sending, .receiving: true
        case .unconnected, .connecting, .idle, .failing, .pausing: false
        }
    }

    override func deadlinePassed() {
        switch phase {
        case .connecting: fail(.connectTimeout)
        case .sending, .receiving: fail(.timeout)
        case .pausing:
            phase = .unconnected
            worker.isFree(self, at: MonotonicClock.now())
        case .unconnected, .idle, .failing: break
        }
    }

    override func resumed() {
        switch phase {
        case .failing(let failure): fail(failure)
        case .sending, .receiving: receive()
        case .unconnected, .connecting, .idle, .pausing: break
        }
    }

    // MARK: The connection

    private func connect(at now: Instant) {
        connectBegin = now
        isReused = false
        peerIsClosing = false
        reset = nil
        do throws(SystemError) {
            socket = try Socket.connect(to: worker.plan.target)
        } catch {
            return failSoon(LoadFailure(connecting: error))
        }
        do {
            watch = try SocketWatch(
                socket.number, for: [.readable, .writable, .closed], trigger: .edge, on: worker.loop,
                handler: self)
        } catch {
            return failSoon(.connectionFailed)
        }
        phase = .connecting
    }

    private func disconnect() {
        watch = nil
        socket = .none
        phase = .unconnected
        if let buffer = kept.take() { worker.give(buffer) }
    }

    private func failSoon(_ failure: LoadFailure) {
        disconnect()
        phase = .failing(failure)
        worker.loop.resumeNextTurn(self)
    }

    private func fail(_ failure: LoadFailure) {
        disconnect()
        worker.failed(self, failure, since: begin)
    }

    // MARK: Sending

    /// Writes what is left of the request. On a new connection it is the write that tells how connecting went.
    private func write() {
        let result = socket.write(keeping: worker.request, from: written)
        switch result {
        case .moved(let count):
            if case .connecting = phase { worker.tally.connected(after: MonotonicClock.now() - connectBegin) }
            written += count
            phase = written < worker.request.count ? .sending : .receiving
        case .wouldBlock: break
        case .failed(let error): couldNotWrite(error)
        // Writes never tell it.
        case .ended: break
        }
    }

    private func couldNotWrite(_ error: SystemError) {
        if case .connecting = phase { return fail(LoadFailure(connecting: error)) }
        // The server had closed the connection before a byte of the request was taken: it cannot have counted it.
        if isReused, written == 0 { return reconnect() }
        // What the server said before it stopped listening may be an answer. Behind the stream's end a reset is told as
        // EPIPE, and the end is one.
        if error.isReset { reset = error }
        receive()
        if case .sending = phase { fail(LoadFailure(using: error)) }
    }

    // MARK: Receiving

    /// What the bytes that were read came to.
    private enum Understanding {
        case needsMore
        /// So many bytes came behind the whole answer.
        case whole(surplus: Int)
        case invalid
    }

    private func receive() {
        for _ in 0..<Self.readsPerTurn {
            let (result, isFull) = read()
            switch result {
            case .moved(let count):
                worker.tally.received(count)
                hasAnswer = true
                switch understand() {
                case .needsMore: break
                case .whole(let surplus): return finish(surplus: surplus)
                case .invalid: return fail(.badResponse)
                }
                // A short read has emptied the socket, unless the end came with those bytes: that was reported
                // together with them and would not be again.
                if !isFull, !peerIsClosing { return }
            case .wouldBlock: return
            case .ended: return streamEnded()
            case .failed(let error): return fail(LoadFailure(using: error))
            }
        }
        worker.loop.resumeNextTurn(self)
    }

    private func streamEnded() {
        if let reset {
            fail(LoadFailure(using: reset))
        } else if answer.mayEndHere {
            finish(surplus: 0)
        } else if wasNeverHeard {
            reconnect()
        } else {
            fail(.closedEarly)
        }
    }

    /// Whether the server had closed a connection that was used before, and the request came too late for it. The end
    /// of its stream acknowledges all that its kernel had taken until then: where that is no byte of the request, the
    /// server cannot have counted it, and sending it again counts nothing twice.
    private var wasNeverHeard: Bool { isReused && !hasAnswer && socket.unacknowledgedBytes == written }

    /// Sends the same request on a new connection.
    private func reconnect() {
        disconnect()
        written = 0
        connect(at: MonotonicClock.now())
    }

    /// Reads into the worker's buffer, or behind what was kept; and whether that has filled it.
    private func read() -> (IOResult, isFull: Bool) {
        guard var buffer = kept.take() else {
            return (socket.read(into: &worker.scratch), worker.scratch.room == 0)
        }
        // What is kept is a piece of a head or of trailers, which their parsers keep smaller than the buffer.
        let result: IOResult = buffer.room > 0 ? socket.read(into: &buffer) : .ended
        let isFull = buffer.room == 0
        kept = consume buffer
        return (result, isFull)
    }

    private func understand() -> Understanding {
        guard var buffer = kept.take() else { return understandScratch() }
        let progress = buffer.withSpan { answer.read($0, noting: &worker.tally.servers) }
        let count = buffer.count
        if case .needMore(let consumed) = progress, consumed < count {
            buffer.removeFirst(consumed)
            buffer.compact()
            kept = consume buffer
        } else {
            worker.give(buffer)
        }
        return Self.understanding(progress, of: count)
    }

    private func understandScratch() -> Understanding {
        let progress = worker.scratch.withSpan { answer.read($0, noting: &worker.tally.servers) }
        let count = worker.scratch.count
        if case .needMore(let consumed) = progress, consumed < count {
            worker.scratch.removeFirst(consumed)
            var buffer = worker.takeBuffer()
            buffer.append(worker.scratch)
            kept = consume buffer
        }
        worker.scratch.removeAll()
        return Self.understanding(progress, of: count)
    }

    private static func understanding(_ progress: AnswerReader.Progress, of count: Int) -> Understanding {
        switch progress {
        case .needMore: .needsMore
        case .whole(let consumed): .whole(surplus: count - consumed)
        case .invalid: .invalid
        }
    }

    /// The answer is whole. A server that has more to say, or that has not heard all, is not asked again.
    private func finish(surplus: Int) {
        let isReusable =
            worker.plan.keepAlive && answer.keepsAlive && surplus == 0 && !peerIsClosing
            && written == worker.request.count
        if isReusable {
            isReused = true
            phase = .idle
        } else {
            disconnect()
        }
        worker.answered(self, status: answer.status, by: answer.server, since: begin)
    }
}
