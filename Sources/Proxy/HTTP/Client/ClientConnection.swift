import Balancing
import EventLoop
import Sockets
import Time

/// One client's connection in HTTP mode: it carries exchanges one after the other.
final class ClientConnection: ClientStream {
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

    private let service: Service
    private let context: HTTPContext
    private unowned let table: SessionTable
    private let exchanges: ExchangePool
    private(set) var state = State.idle
    private var requests = 0
    /// When it has been idle for long enough: an empty line is no request, and moves nothing.
    private var idleUntil = Instant.never
    private var leftover: Buffer?
    /// The kernel refused to watch it.
    private var isUnwatchable = false

    init(
        client: consuming Socket, identity: ClientIdentity, in table: SessionTable, _ exchanges: ExchangePool
    ) {
        self.table = table
        self.exchanges = exchanges
        service = exchanges.service
        context = exchanges.context
        super.init(client, identity: identity)
    }

    override var isLastRequest: Bool { requests + 1 >= context.limits.requestsPerConnection }

    /// Mostly the request has come with the connection. A client that waits for its answer has nothing to say,
    /// so it is not watched for ``ClientStream/unwatchedTime``, which a quick answer forestalls.
    override func start() {
        idleUntil = service.loop.now + context.limits.keepAlive
        stream.assumeReadable()
        beginExchange()
        switch state {
        case .idle: watch()
        case .busy(let exchange): if !exchange.request.isRead { watch() }
        case .lingering, .closed: break
        }
    }

    override func watch() {
        guard !stream.isWatched else { return }
        do {
            try stream.watch(on: service.loop, handler: self)
        } catch {
            guard case .busy = state else { return cut() }
            // The exchange calls: it is told in a turn of its own.
            isUnwatchable = true
            service.loop.resumeNextTurn(self)
        }
    }

    override func cut() {
        if case .busy(let exchange) = state { exchange.handle(.cut) }
        close(.cut)
    }

    override var isTunnel: Bool {
        if case .busy(let exchange) = state { exchange.tunnel != nil } else { false }
    }

    override func cut(from server: ServerID) {
        if case .busy(let exchange) = state, exchange.server == server {
            exchange.handle(.drained(exchange.progress))
        }
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
            exchange.handle(.clientReady)
            restIfBlank()
        case .lingering: drain()
        case .closed: break
        }
        noticeBreak()
    }

    /// Whatever the exchange was at, reading or not: an edge tells a reset once.
    private func noticeBreak() {
        if stream.isBroken, case .busy(let exchange) = state { exchange.handle(.clientBroke) }
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
        if isUnwatchable { return cut() }
        switch state {
        case .idle: if leftover != nil || stream.isReadable { beginExchange() }
        case .busy(let exchange): exchange.handle(.resumed)
        case .lingering: drain()
        case .closed: break
        }
        noticeBreak()
    }

    // MARK: Exchanges

    private func beginExchange() {
        let exchange = exchanges.take()
        exchange.begin(for: self, with: leftover.take())
        state = .busy(exchange)
        exchange.handle(.clientReady)
        restIfBlank()
    }

    /// Nothing came after all, or an empty line: an idle client holds no exchange.
    private func restIfBlank() {
        guard case .busy(let exchange) = state, !exchange.request.hasBegun else { return }
        state = .idle
        exchange.clear()
        exchanges.giveBack(exchange)
        service.loop.setDeadline(of: self, to: idleUntil)
    }

    override func exchangeEnded(_ manner: Manner, leftover: consuming Buffer?) {
        if case .busy(let exchange) = state { exchanges.giveBack(exchange) }
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
