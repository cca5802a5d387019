import Balancing
import EventLoop
import Metrics
import Sockets

/// The connected clients of a service, within its limit.
public final class SessionTable {
    let service: Service
    /// In mode http alone.
    let exchanges: ExchangePool?
    /// In mode tcp alone.
    private let ownConnections: OwnConnections?
    private(set) var handlers: [ClientHandler] = []
    /// Called when a client made room: a place in the table, and its descriptors.
    var onRoom: (() -> Void)?
    /// Called when the last session has ended.
    public var onEmpty: (() -> Void)?

    /// An empty table.
    ///
    /// - Parameter ownConnections: finds circles, among all services that share it.
    public init(of service: Service, _ ownConnections: OwnConnections = OwnConnections()) {
        self.service = service
        exchanges = service.http.map { ExchangePool(of: service, in: $0) }
        self.ownConnections = service.http == nil ? ownConnections : nil
        self.ownConnections?.add(self)
        service.onDrainDeadline = { [weak self] in self?.cut(from: $0) }
    }

    deinit {
        service.giveBackMemory()
    }

    /// How many clients are connected.
    public var count: Int { handlers.count }

    /// Closes a connection that is kept without need, of whichever service; false when there is none.
    func giveUpIdle() -> Bool { service.idleConnections.giveUpOne() }

    /// Gives back what its service keeps to be used again; answers whether memory is still short.
    func isShortOfMemory() -> Bool {
        guard !MemoryReserve.isAmple else { return false }
        service.giveBackMemory()
        exchanges?.freeSpares()
        return !MemoryReserve.isAmple
    }

    var isFull: Bool { handlers.count >= service.limits.sessions }

    /// Whether a client that comes from an address is one that was cut as part of a circle.
    func isCut(_ client: borrowing Socket, from address: SocketAddress) -> Bool {
        guard let ownConnections, ownConnections.hasCut else { return false }
        return ownConnections.isCut(client, from: address, at: service.loop.now)
    }

    /// Takes in a client, and begins to serve it.
    func add(_ handler: ClientHandler) {
        handler.index = handlers.count
        handlers.append(handler)
        service.counters.began()
        handler.start()
        if let ownConnections, OwnConnections.isWorthALook(handlers.count, of: service.limits.sessions) {
            ownConnections.look(isFull: isFull, at: service.loop.now)
        }
    }

    /// Sessions were cut that came from earlier ones of the same service.
    func foundCircle() {
        service.onLoop?()
    }

    /// Forgets a client whose connection has closed. Its place is filled by the last one, so that
    /// nothing moves.
    func remove(_ handler: ClientHandler) {
        service.loop.retire(handler)
        let last = handlers.removeLast()
        if last !== handler {
            last.index = handler.index
            handlers[handler.index] = last
        }
        onRoom?()
        if handlers.isEmpty { onEmpty?() }
    }

    /// Lets each client go as soon as nothing is in flight for it.
    public func finishSoon() {
        service.http?.isShuttingDown = true
        for handler in handlers { handler.finishSoon() }
    }

    /// Closes those that are with a server, without waiting for anybody.
    func cut(from server: ServerID) {
        for handler in handlers { handler.cut(from: server) }
    }

    /// How many tunnels there are.
    public var tunnels: Int { handlers.count(where: \.isTunnel) }

    /// Closes all tunnels without waiting for anybody, or all connections that are none.
    public func cut(tunnels: Bool) {
        for handler in handlers where handler.isTunnel == tunnels { handler.cut() }
    }

    /// Closes all connections without waiting for anybody.
    public func cutAll() {
        for handler in handlers { handler.cut() }
    }
}

extension SessionCounters {
    /// Counts a session that ended.
    mutating func ended(_ termination: Termination, sent: UInt64, received: UInt64) {
        open -= 1
        bytesToServers += sent
        bytesToClients += received
        switch termination {
        case .finished: finished += 1
        case .refused, .lacking: refused += 1
        case .clientAborted: clientAborted += 1
        case .serverAborted: serverAborted += 1
        case .idle: idle += 1
        case .drained, .cut: cut += 1
        }
    }
}
