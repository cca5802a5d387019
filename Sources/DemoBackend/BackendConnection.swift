import EventLoop
import HTTPWire
import Platform
import Sockets
import Time

/// One client's connection: reads requests, and answers them one after the other.
///
/// A request that comes while another is answered waits in the input; once that is full, the client's
/// kernel makes the client wait.
final class BackendConnection: EventHandler {
    /// A request whose head was read.
    private struct Request {
        let route: BackendRoute
        let isHead: Bool
        let version: HTTPVersion
        let keepsAlive: Bool
        let arrival: Instant
    }

    /// What the connection is at.
    private enum Phase {
        /// Waits for a request's head, or its rest.
        case head
        /// Throws away a request's body.
        case body(Request)
        /// Lets time pass until the answer is due.
        case delay(Request, BackendApplication.Job, due: Instant)
        /// Waits for room in the output.
        case answer([UInt8], isLast: Bool)
        /// Sends what is left to send.
        case ending
        /// Waits for the client to close: closing over unread bytes is a reset, which can overtake the
        /// answer and destroy it (RFC 9112 section 9.6).
        case lingering
        case closed
    }

    /// What a step came to.
    private enum Step {
        case went, waits
    }

    private unowned let backend: DemoBackend
    private let loop: EventLoop
    private let limits: BackendLimits
    private var timer: Timer?
    private var watch: SocketWatch?
    private var stream: ClientStream?
    private var parser = RequestParser()
    private var body = BodyReader(.none)
    private var phase = Phase.head
    private var isToResume = false

    init(_ socket: consuming Socket, of backend: DemoBackend) throws(EventLoopError) {
        self.backend = backend
        loop = backend.loop
        limits = backend.limits
        super.init()
        watch = try SocketWatch(
            socket.number, for: [.readable, .writable, .closed], trigger: .edge, on: loop, handler: self)
        stream = ClientStream(socket)
        loop.setDeadline(of: self, to: loop.now + limits.idle)
    }

    // MARK: What happens to it

    override func socketReady(_ number: Int32, _ events: SocketEvents) {
        stream?.note(events)
        if !isToResume { advance() }
    }

    override func resumed() {
        isToResume = false
        advance()
    }

    override func deadlinePassed() {
        close()
    }

    /// Ends the connection when nothing is in flight, else behind the answer.
    func finish() {
        stream?.note(.readable)
        if !isToResume { advance() }
    }

    private func timerFired() {
        guard case .delay(let request, let job, _) = phase else { return }
        answer(request, job)
        if !isToResume { advance() }
    }

    // MARK: Going on

    private func advance() {
        for _ in 0..<BackendLimits.stepBatch {
            guard case .went = step() else {
                flush()
                settleDeadline()
                return
            }
        }
        flush()
        isToResume = true
        loop.resumeNextTurn(self)
    }

    private func step() -> Step {
        switch phase {
        case .head: readHead()
        case .body(let request): readBody(of: request)
        case .delay(_, _, let due): watchClient(until: due)
        case .answer(let bytes, let isLast): send(bytes, isLast: isLast)
        case .ending: end()
        case .lingering: linger()
        case .closed: .waits
        }
    }

    private func settleDeadline() {
        switch phase {
        case .head, .body, .answer, .ending: loop.setDeadline(of: self, to: loop.now + limits.idle)
        case .delay: loop.clearDeadline(of: self)
        // Set once: a client that goes on sending is not waited for any longer.
        case .lingering, .closed: break
        }
    }

    // MARK: The steps

    private func readHead() -> Step {
        switch stream?.withInput({ parser.parse($0) }) ?? .needMore {
        case .complete(let length): begin(length)
        case .invalid(let violation): refuse(violation.status, "refused: \(violation.reason)")
        case .needMore: readMore()
        }
    }

    private func begin(_ length: Int) -> Step {
        let target = stream?.withInput { $0.text(parser.head.target.path.indices) } ?? ""
        let request = Request(
            route: BackendRoute(target: target), isHead: parser.head.method == .head,
            version: parser.head.version, keepsAlive: parser.head.keepAlive, arrival: MonotonicClock.now())
        let expectsContinue = parser.head.expectsContinue
        body.reset(parser.head.framing)
        parser.reset()
        stream?.removeInput(length)
        guard !body.isDone else { return take(request) }
        if expectsContinue, stream?.hasInput == false { goOn() }
        phase = .body(request)
        return .went
    }

    /// Where there is no room for it the client's own patience must do, as RFC 9110 asks of it.
    private func goOn() {
        _ = stream?.append(Array(BackendResponse.goOn.utf8))
    }

    private func readBody(of request: Request) -> Step {
        switch stream?.withInput({ body.skipContent($0) }) ?? .needMore(consumed: 0) {
        case .end(let consumed):
            stream?.removeInput(consumed)
            return take(request)
        case .invalid(let violation):
            return refuse(violation.status, "refused: \(violation.reason)")
        case .needMore(let consumed):
            stream?.removeInput(consumed)
            return readMore()
        case .payload: return .waits
        }
    }

    /// Reads where a request is not whole.
    private func readMore() -> Step {
        switch stream?.fill() ?? .failed {
        case .filled: return .went
        case .wouldBlock:
            guard backend.isShuttingDown, case .head = phase, stream?.hasInput == false else { return .waits }
            phase = .ending
            return .went
        // The parser's limit is the input's size, so it has mostly refused before.
        case .full: return refuse(431, "the request's head is too large")
        // Earlier answers may be on their way yet.
        case .ended:
            phase = .ending
            return .went
        case .failed: return close()
        }
    }

    private func take(_ request: Request) -> Step {
        let job = backend.application.take(request.route, at: request.arrival)
        guard job.delay > .zero else { return answer(request, job) }
        if timer == nil { timer = try? Timer(on: loop) { [unowned self] in timerFired() } }
        // Without memory for a timer there is none for an answer.
        guard timer != nil else { return close() }
        let due = MonotonicClock.now() + job.delay
        timer?.schedule(after: due - loop.now)
        phase = .delay(request, job, due: due)
        return .went
    }

    /// Reads ahead during a delay, because it is reading that tells when the client has gone.
    private func watchClient(until due: Instant) -> Step {
        guard let filling = stream?.fill() else { return .waits }
        let hasLeft =
            switch filling {
            case .filled, .wouldBlock: false
            case .full: stream?.endIsKnown == true && isFar(due)
            case .ended: isFar(due)
            case .failed: true
            }
        // Its input may be full, or its stream may have ended before the reset: then reading does not tell.
        if hasLeft || stream?.isBroken == true { return close() }
        return filling == .filled ? .went : .waits
    }

    /// See ``BackendLimits/halfClosed``.
    private func isFar(_ due: Instant) -> Bool { due - loop.now > limits.halfClosed }

    @discardableResult
    private func answer(_ request: Request, _ job: BackendApplication.Job) -> Step {
        let isLast = !request.keepsAlive || backend.isShuttingDown
        let persistence: BackendResponse.Persistence =
            isLast ? .close : request.version == .http10 ? .keepAlive : .unspoken
        let response = backend.application.answer(job, at: MonotonicClock.now())
        let bytes = response.bytes(
            from: backend.application.signature, persistence, bodyIsSent: !request.isHead)
        phase = .answer(bytes, isLast: isLast)
        return .went
    }

    /// Answers what cannot be understood; where the next request would begin is not known then.
    private func refuse(_ status: Int, _ reason: String) -> Step {
        let response = backend.application.refusal(status, reason)
        // The method stands first: mostly it was read before the fault.
        let isHead =
            if case .body(let request) = phase { request.isHead } else { parser.head.method == .head }
        phase = .answer(
            response.bytes(from: backend.application.signature, .close, bodyIsSent: !isHead), isLast: true)
        return .went
    }

    private func send(_ bytes: [UInt8], isLast: Bool) -> Step {
        if stream?.append(bytes) == false {
            flush()
            guard stream?.append(bytes) == true else { return .waits }
        }
        phase = isLast ? .ending : .head
        return .went
    }

    private func end() -> Step {
        flush()
        if stream?.hasOutput == true { return .waits }
        guard stream?.mayHaveMore == true else { return close() }
        stream?.finishWriting()
        phase = .lingering
        loop.setDeadline(of: self, to: loop.now + limits.lingering)
        return .went
    }

    private func linger() -> Step {
        stream?.removeInput()
        switch stream?.fill() ?? .failed {
        case .filled: return .went
        case .wouldBlock, .full: return .waits
        case .ended, .failed: return close()
        }
    }

    private func flush() {
        if stream?.flush() == false { close() }
    }

    // MARK: The end

    @discardableResult
    private func close() -> Step {
        if case .closed = phase { return .waits }
        abandon()
        backend.remove(self)
        return .waits
    }

    /// Closes without a word to the backend.
    func abandon() {
        phase = .closed
        timer = nil
        watch = nil
        stream = nil
        loop.clearDeadline(of: self)
    }
}

extension BodyReader {
    /// Reads a body that nobody wants, as far as it has come; never answers `payload`.
    fileprivate mutating func skipContent(_ bytes: Span<UInt8>) -> BodyEvent {
        var position = 0
        while true {
            let event = next(bytes, from: position)
            guard case .payload(let range) = event else { return event }
            position = range.upperBound
        }
    }
}

extension Span<UInt8> {
    /// A piece of it as text.
    fileprivate func text(_ range: Range<Int>) -> String {
        String(decoding: range.map { self[$0] }, as: UTF8.self)
    }
}
