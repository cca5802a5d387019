import EventLoop
import HTTPWire
import Platform
import Sockets
import Time

/// One client's connection: reads requests, and answers them one after the other.
///
/// A request that comes while another is answered waits in the input; once that is full, the client's
/// kernel makes the client wait.
final class ServerConnection: EventHandler {
    /// What a step came to.
    private enum Step {
        case went, waits
    }

    /// Steps of a connection in a turn, before others have theirs: about a hundred pipelined requests.
    private static let stepsInTurn = 256
    /// Reads in a turn.
    private static let readsInTurn = 8
    /// Bytes that may wait for a client when its next request is taken: some dozens of short answers, which one write
    /// sends.
    private static let backlog = 16_384

    private unowned let server: HTTPServer
    private let loop: EventLoop
    private let limits: HTTPServer.Limits
    private let peer: SocketAddress
    private var stream: ClientStream
    private var parser = RequestParser()
    private var body = BodyReader(.none)
    private var phase = Phase.idle(isFresh: true)
    private var timer: Timer?
    private var reads = 0
    private var isToResume = false
    /// The line's turn is this connection's.
    private var hasTurn = false
    /// Since when it has been idle.
    private(set) var restsSince: Instant

    init(_ socket: consuming Socket, from peer: SocketAddress, of server: HTTPServer) throws(EventLoopError) {
        self.server = server
        self.peer = peer
        loop = server.loop
        limits = server.limits
        stream = ClientStream(socket)
        restsSince = server.loop.now
        super.init()
        try stream.watch(on: loop, handler: self)
        expect(within: limits.request)
    }

    /// How little its client would miss it, the least first; nil for one that waits for work of ours.
    var dispensability: Int? {
        switch phase {
        // It has had its answer. A browser that sends its next request here just now sends it again on a new
        // connection (RFC 9112 section 9.3.1).
        case .idle(isFresh: false): stream.waitingBytes == 0 ? 0 : 2
        // An answer is held back that nobody should wait for, or one is sent.
        case .delay, .lingering: 0
        // A browser whose first request finds it closed shows an error. Mostly that is here already, and not read yet.
        case .idle(isFresh: true) where loop.now - restsSince < limits.acceptPause: nil
        case .idle, .head, .reading: 1
        case .ending: 2
        case .inLine, .streaming, .closed: nil
        }
    }

    /// Bytes that wait to be sent.
    var waitingBytes: Int { stream.waitingBytes }

    // MARK: What happens to it

    override func socketReady(_ number: Int32, _ events: SocketEvents) {
        stream.note(events)
        goOn()
    }

    override func resumed() {
        isToResume = false
        advance()
    }

    override func deadlinePassed() {
        switch phase {
        case .head: refuse(.headTimeout)
        case .reading(let asked, _, _, _): refuse(.bodyTimeout, toHead: asked.isHead)
        default: close()
        }
        goOn()
    }

    /// Ends the connection when nothing is in flight, else behind the answer.
    func finish() {
        stream.note(.readable)
        goOn()
    }

    private func timerFired() {
        guard case .delay(let asked, let make, _) = phase else { return }
        answer(make(), asked)
        if case .inLine(let work) = phase { _ = queue(work, isRead: asked.isRead) }
        goOn()
    }

    // MARK: Going on

    func goOn() {
        if !isToResume { advance() }
    }

    func resume() {
        isToResume = true
        loop.resumeNextTurn(self)
    }

    private func advance() {
        reads = 0
        for _ in 0..<Self.stepsInTurn where !isToResume {
            guard case .went = step() else {
                flush()
                return
            }
        }
        if flush() { resume() }
    }

    private func step() -> Step {
        switch phase {
        case .idle, .head: readHead()
        case .inLine(let work): waitInLine(work)
        case .reading: readContent()
        case .delay(_, _, let due): watchClient(for: due - loop.now)
        case .streaming(let content, _): content.isCut ? close() : watchClient(for: .seconds(Int64.max))
        case .ending(let lingers): end(lingers)
        case .lingering: linger()
        case .closed: .waits
        }
    }

    private func expect(within span: TimeSpan) {
        loop.setDeadline(of: self, to: loop.now + span)
    }

    /// Sends what can be sent now; answers whether the connection still stands.
    @discardableResult
    private func flush() -> Bool {
        if case .closed = phase { return false }
        switch stream.flush() {
        case .done: return true
        case .more:
            resume()
            return true
        case .failed:
            close()
            return false
        }
    }

    // MARK: Reading

    private func readHead() -> Step {
        if stream.waitingBytes >= Self.backlog {
            guard flush(), stream.waitingBytes < Self.backlog else { return .waits }
        }
        switch stream.withInput({ parser.parse($0) }) ?? .needMore {
        case .complete(let length): return queue(.judge(length), isRead: Asked(parser.head).isRead)
        case .invalid(let violation): return refuse(HTTPServerRefusal(violation))
        case .needMore:
            if case .idle(let isFresh) = phase, parser.hasBegun {
                phase = .head
                // A fresh connection's time goes on.
                if !isFresh { expect(within: limits.request) }
            }
            return readMore()
        }
    }

    private func readContent() -> Step {
        guard case .reading(let asked, var kept, let limit, let then) = phase else { return .waits }
        // So that the kept bytes are this copy's alone, and can be appended to in place.
        phase = .head
        while true {
            let unread = body.isDone ? BodyEvent.end(consumed: 0) : .needMore(consumed: 0)
            switch stream.withInput({ body.next($0, from: 0) }) ?? unread {
            case .payload(let range):
                guard body.payloadBytes <= limit else { return refuse(.bodyTooLarge, toHead: asked.isHead) }
                kept?.append(contentsOf: stream.inputBytes(range))
                if kept == nil { expect(within: limits.idle) }
                stream.removeInput(range.upperBound)
            case .needMore(let consumed):
                stream.removeInput(consumed)
                phase = .reading(asked, kept: kept, limit: limit, then: then)
                return readMore()
            case .end(let consumed):
                stream.removeInput(consumed)
                return queue(.reply(asked) { [kept] in then(kept ?? []) }, isRead: asked.isRead)
            case .invalid(let violation): return refuse(HTTPServerRefusal(violation), toHead: asked.isHead)
            }
        }
    }

    /// Reads where a request is not whole.
    private func readMore() -> Step {
        switch fill() {
        case .filled: return .went
        case .wouldBlock:
            guard server.isShuttingDown, case .idle = phase, !parser.hasBegun, !isToResume else {
                return .waits
            }
            phase = .ending(lingers: false)
            return .went
        // The parser's limit is the input's size, so it has mostly refused before.
        case .full: return refuse(HTTPServerRefusal(.headTooLarge))
        // Earlier answers may be on their way yet.
        case .ended:
            phase = .ending(lingers: false)
            return .went
        case .failed: return close()
        }
    }

    /// Reads once, as long as its share of the turn lasts.
    private func fill() -> ClientStream.Filling {
        guard reads < Self.readsInTurn else {
            resume()
            return .wouldBlock
        }
        reads += 1
        return stream.fill()
    }

    /// Reads ahead while an answer is made, because it is reading that tells when the client has gone. One that has ended
    /// its stream may yet wait for the answer, as `nc -N` does, or may be gone: TCP does not tell.
    private func watchClient(for span: TimeSpan) -> Step {
        let filling = fill()
        let hasEnded = filling == .ended || (filling == .full && stream.endIsKnown)
        // Its input may be full, or its stream may have ended before the reset: then reading does not tell.
        if filling == .failed || stream.isBroken || (hasEnded && span > limits.halfClosed) { return close() }
        return filling == .filled ? .went : .waits
    }

    // MARK: Work of the application

    /// Does work when the server says that there is time for it; at once where it has no line.
    private func queue(_ work: Work, isRead: Bool) -> Step {
        phase = .inLine(work)
        loop.clearDeadline(of: self)
        guard server.hasLine else {
            perform(work)
            return .went
        }
        if hasTurn { return .waits }
        server.enqueue(self, isRead: isRead)
        return stream.endIsKnown ? waitInLine(work) : .waits
    }

    private func waitInLine(_ work: Work) -> Step {
        guard server.hasLine else {
            perform(work)
            return .went
        }
        guard stream.endIsKnown, limits.halfClosed > .zero else {
            return watchClient(for: .seconds(Int64.max))
        }
        // Mostly its turn comes before that.
        expect(within: limits.halfClosed)
        return watchClient(for: .zero)
    }

    /// Does some of the work that it waited for; answers whether it leaves the line, and how many bytes there are to send.
    func takeTurn() -> (isDone: Bool, bytes: Int) {
        let before = stream.waitingBytes
        hasTurn = true
        performInLine()
        // Mostly the content of a change has come with its head.
        if case .reading = phase, case .waits = readContent() { performInLine() }
        hasTurn = false
        let isDone = if case .inLine = phase { false } else { true }
        // Less than before wait where the client has gone meanwhile.
        return (isDone, max(0, stream.waitingBytes - before))
    }

    private func performInLine() {
        if case .inLine(let work) = phase { perform(work) }
    }

    private func perform(_ work: Work) {
        switch work {
        case .judge(let length): judge(length)
        case .reply(let asked, let reply): settle(reply(), asked)
        case .make(let asked, let response, let content):
            content.makePiece()
            if content.isWhole { answer(response, asked) }
        }
    }

    private func judge(_ length: Int) {
        let asked = Asked(parser.head)
        body.reset(parser.head.framing)
        let reply = server.handle(
            HTTPServerRequest(parser.head, bytes: stream.inputBytes(0..<length), peer: peer))
        parser.reset()
        stream.removeInput(length)
        settle(reply, asked)
    }

    private func settle(_ reply: HTTPServerReply, _ asked: Asked) {
        switch reply {
        case .now(let response): answer(response, asked)
        case .after(let span, let make):
            guard span > .zero else { return answer(make(), asked) }
            if timer == nil { timer = try? Timer(on: loop) { [unowned self] in timerFired() } }
            // Without memory for a timer there is none for an answer.
            guard timer != nil else {
                close()
                return
            }
            // From now on, and not from the turn's beginning.
            let due = MonotonicClock.now() + span
            timer?.schedule(after: due - loop.now)
            loop.clearDeadline(of: self)
            phase = .delay(asked, make, due: due)
        case .read(let limit, let then):
            read(keeping: [], atMost: limit, within: limits.request, asked, then)
        case .skip(let then):
            read(keeping: nil, atMost: .max, within: limits.idle, asked) { _ in then() }
        }
    }

    private func read(
        keeping kept: [UInt8]?, atMost limit: Int, within span: TimeSpan, _ asked: Asked,
        _ then: @escaping ([UInt8]) -> HTTPServerReply
    ) {
        guard !body.isDone else { return settle(then([]), asked) }
        guard body.remainingPayload <= limit else {
            refuse(.bodyTooLarge, toHead: asked.isHead)
            return
        }
        phase = .reading(asked, kept: kept, limit: limit, then: then)
        if asked.expectsContinue, !stream.hasInput { stream.append(Self.goAhead) }
        expect(within: span)
    }

    /// Leave to send the content (RFC 9110 section 10.1.1).
    private static let goAhead = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    // MARK: Answering

    private func answer(_ response: HTTPServerResponse, _ asked: Asked, isRefusal: Bool = false) {
        if case .content(let content) = response.body, !content.isWhole {
            phase = .inLine(.make(asked, response, content))
            return
        }
        var isLast = !asked.keepsAlive || !body.isDone || isRefusal || server.isShuttingDown
        if case .stream = response.body, asked.version == .http10 { isLast = true }
        stream.append(response.head(for: asked, isLast: isLast, with: server.commonFields))
        if case .stream(let begin) = response.body, !asked.isHead {
            let content = HTTPServerStream(over: self, isChunked: asked.version == .http11)
            phase = .streaming(content, isLast: isLast)
            loop.clearDeadline(of: self)
            stream.limitSendBuffer()
            return begin(content)
        }
        stream.append(response.content(for: asked))
        rest(isLast, lingers: isRefusal || !body.isDone)
    }

    /// Answers what cannot be understood; where the next request would begin is not known then.
    @discardableResult
    private func refuse(_ refusal: HTTPServerRefusal, toHead: Bool? = nil) -> Step {
        var asked = Asked(parser.head)
        // The method stands first: mostly it was read before the fault.
        if let toHead { asked.isHead = toHead }
        answer(server.refuse(refusal), asked, isRefusal: true)
        return .went
    }

    /// The answer is on its way.
    private func rest(_ isLast: Bool, lingers: Bool) {
        restsSince = loop.now
        expect(within: limits.idle)
        if isLast {
            phase = .ending(lingers: lingers)
        } else {
            phase = .idle(isFresh: false)
            server.connectionRests()
        }
    }

    // MARK: Streams

    func send(_ bytes: [UInt8]) {
        stream.append(bytes)
        resume()
    }

    func streamEnded() {
        guard case .streaming(_, let isLast) = phase else { return }
        rest(isLast, lingers: false)
        resume()
    }

    // MARK: The end

    private func end(_ lingers: Bool) -> Step {
        guard flush(), stream.waitingBytes == 0 else { return .waits }
        guard lingers || stream.mayHaveMore else { return close() }
        stream.finishWriting()
        phase = .lingering
        // Set once: a client that goes on sending is not waited for any longer.
        expect(within: limits.lingering)
        return .went
    }

    private func linger() -> Step {
        stream.removeInput()
        switch fill() {
        case .filled: return .went
        case .wouldBlock, .full: return .waits
        case .ended, .failed: return close()
        }
    }

    @discardableResult
    private func close() -> Step {
        if case .closed = phase { return .waits }
        let ended = phase
        leave()
        server.remove(self)
        if case .streaming(let content, _) = ended { content.closed() }
        return .waits
    }

    private func leave() {
        phase = .closed
        timer = nil
        stream.close()
        loop.clearDeadline(of: self)
    }

    /// Gives way to another client.
    func giveWay() {
        close()
    }

    /// Closes without a word to the server, which is going.
    func abandon() {
        let ended = phase
        // The end of a stream may have been put there just now.
        _ = stream.flush()
        leave()
        if case .streaming(let content, _) = ended { content.closed() }
    }
}
