import Balancing
import EventLoop
import Sockets
import Time

/// One client's connection in HTTP mode: it carries exchanges one after the other.
final class ClientConnection: ClientHandler {
    /// How an exchange leaves its connection.
    enum Manner {
        /// The next request may come.
        case goingOn
        /// The client has its last answer.
        case closing
        /// The client has its last answer, and had said that it would ask for nothing more.
        case finished
        /// The client left between two requests.
        case leaving
        /// The client has a part of an answer, or is gone.
        case broken(Termination)
    }

    /// How long a new client that only waits for its answer is not watched: longer than most answers take, which so
    /// spares a call for each connection of one request; and soon enough to break off what nobody waits for.
    static let unwatchedTime = TimeSpan.milliseconds(100)

    enum State {
        /// Between requests.
        case idle
        /// An exchange lasts.
        case busy(Exchange)
        /// The last answer is sent; what still comes is read and forgotten, so that the close does not
        /// reset the connection before the client has read it (RFC 9112 section 9.6).
        case lingering
        case closed
    }

    var stream: WatchedSocket
    let identity: ClientIdentity
    private let service: Service
    private let context: HTTPContext
    private unowned let table: SessionTable
    private(set) var state = State.idle
    private var requests = 0
    /// When it has been idle for long enough: an empty line is no request, and moves nothing.
    private var idleUntil = Instant.never
    private var leftover: Buffer?

    init(
        client: consuming Socket, identity: ClientIdentity, of service: Service, context: HTTPContext,
        in table: SessionTable
    ) {
        stream = WatchedSocket(client)
        self.identity = identity
        self.service = service
        self.context = context
        self.table = table
        super.init()
    }

    /// The answer to the request in progress is the last one on this connection.
    var isLastRequest: Bool { requests + 1 >= context.limits.requestsPerConnection }

    /// Mostly the request has come with the connection. A client that waits for its answer has nothing to say,
    /// so it is not watched for ``unwatchedTime``, which a quick answer forestalls.
    override func start() {
        idleUntil = service.loop.now + context.limits.keepAlive
        stream.assumeReadable()
        beginExchange()
        switch state {
        case .idle: watch()
        case .busy(let exchange): if !exchange.hasWholeRequest { watch() }
        case .lingering, .closed: break
        }
    }

    /// Watches the client from now on; what it has said or done by then is told in the next turn.
    func watch() {
        guard !stream.isWatched else { return }
        do {
            try stream.watch(on: service.loop, handler: self)
        } catch {
            cut()
        }
    }

    override func cut() {
        if case .busy(let exchange) = state { exchange.cut() }
        close(.cut)
    }

    override var isTunnel: Bool {
        if case .busy(let exchange) = state { exchange.tunnel != nil } else { false }
    }

    override func cut(from server: ServerID) {
        if case .busy(let exchange) = state, exchange.server == server { exchange.serverDrained() }
    }

    override func finishSoon() {
        // A request may have come that the loop has not told of yet.
        stream.assumeReadable()
        if case .idle = state { beginExchange() }
        if case .idle = state { close() }
    }

    // MARK: Events

    override func socketReady(_ number: Int32, _ events: SocketEvents) {
        stream.note(events)
        switch state {
        case .idle: if stream.isReadable { beginExchange() }
        case .busy(let exchange):
            exchange.clientReady()
            restIfBlank()
        case .lingering: drain()
        case .closed: break
        }
        noticeBreak()
    }

    /// Whatever the exchange was at, reading or not: an edge tells a reset once.
    private func noticeBreak() {
        if stream.isBroken, case .busy(let exchange) = state { exchange.clientBroke() }
    }

    override func deadlinePassed() {
        switch state {
        case .busy(let exchange): exchange.deadlinePassed()
        case .idle: close(.idle)
        case .lingering: close()
        case .closed: break
        }
    }

    override func resumed() {
        switch state {
        case .idle: if leftover != nil || stream.isReadable { beginExchange() }
        case .busy(let exchange): exchange.resumed()
        case .lingering: drain()
        case .closed: break
        }
        noticeBreak()
    }

    // MARK: Exchanges

    private func beginExchange() {
        let exchange = context.takeExchange(of: service)
        exchange.begin(for: self, with: leftover.take())
        state = .busy(exchange)
        exchange.readHead()
        restIfBlank()
    }

    /// Nothing came after all, or an empty line: an idle client holds no exchange.
    private func restIfBlank() {
        guard case .busy(let exchange) = state, exchange.isBlank else { return }
        state = .idle
        exchange.release()
        service.loop.setDeadline(of: self, to: idleUntil)
    }

    /// An exchange is over and cleared.
    func exchangeEnded(_ exchange: Exchange, _ manner: Manner, leftover: consuming Buffer?) {
        context.giveBack(exchange)
        requests += 1
        switch manner {
        case .goingOn: goOn(with: leftover)
        case .closing:
            forget(leftover)
            linger()
        case .finished:
            // Over what was sent all the same, the close would be a reset.
            let isSilent = leftover == nil && !stream.isReadable
            forget(leftover)
            if isSilent { close() } else { linger() }
        case .leaving:
            forget(leftover)
            close()
        case .broken(let termination):
            forget(leftover)
            stream.socket.resetOnClose()
            close(termination)
        }
    }

    private func forget(_ buffer: consuming Buffer?) {
        if let buffer { context.buffers.give(buffer) }
    }

    private func goOn(with buffer: consuming Buffer?) {
        if context.isShuttingDown {
            forget(buffer)
            return linger()
        }
        state = .idle
        leftover = consume buffer
        if leftover != nil || stream.isReadable { service.loop.resumeNextTurn(self) }
        awaitRequest()
    }

    private func awaitRequest() {
        idleUntil = service.loop.now + context.limits.keepAlive
        service.loop.setDeadline(of: self, to: idleUntil)
        watch()
    }

    // MARK: The end

    private func linger() {
        state = .lingering
        stream.socket.finishWriting()
        service.loop.setDeadline(of: self, to: service.loop.now + Service.lingerTimeout)
        drain()
        if case .lingering = state { watch() }
    }

    private func drain() {
        guard var buffer = context.buffers.takeBulk() else { return close() }
        let isOver = discardInput(through: &buffer)
        context.buffers.give(buffer)
        if isOver { close() }
    }

    /// Reads and forgets; answers whether the client has ended.
    private func discardInput(through buffer: inout Buffer) -> Bool {
        for _ in 0..<Relay.roundsPerTurn {
            buffer.removeAll()
            guard stream.isReadable else { return false }
            switch stream.read(into: &buffer) {
            case .moved: continue
            case .wouldBlock: return false
            case .ended, .failed: return true
            }
        }
        service.loop.resumeNextTurn(self)
        return false
    }

    private func close(_ termination: Termination = .finished) {
        if case .closed = state { return }
        state = .closed
        service.counters.ended(termination, sent: 0, received: 0)
        table.remove(self)
        service.loop.clearDeadline(of: self)
        stream.close()
        if let buffer = leftover.take() { context.buffers.give(buffer) }
    }
}
