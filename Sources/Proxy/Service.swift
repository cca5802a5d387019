import Balancing
import EventLoop
import Metrics
import Sockets
import Time

/// A service as it runs: where its servers are, how one is picked, what its sessions may take.
///
/// Sessions and listener share it; it belongs to one loop.
public final class Service {
    /// What a session may take.
    public struct Limits: Sendable {
        /// Sessions at once; clients beyond wait in the kernel's backlog.
        public let sessions: Int
        /// Further servers tried after one failed.
        public let retries: Int
        /// Until a server takes a connection.
        public let connectTimeout: Duration
        /// While nothing moves either way.
        public let idleTimeout: Duration

        /// Sets all of them; the defaults are the configuration's.
        public init(sessions: Int, retries: Int, connectTimeout: Duration, idleTimeout: Duration) {
            self.sessions = sessions
            self.retries = retries
            self.connectTimeout = connectTimeout
            self.idleTimeout = idleTimeout
        }
    }

    /// How long a refused client may take to read why: nginx's `lingering_timeout`.
    static let lingerTimeout = Duration.seconds(5)

    /// How long nothing moves before a connection is looked at again: soon enough for a client that waits,
    /// and seldom enough to cost nothing.
    static let quietTime = Duration.seconds(1)

    /// The pool that sessions pick from.
    public let pool: Pool
    /// What became of the sessions.
    public internal(set) var counters = SessionCounters()
    /// What became of the exchanges, in HTTP mode.
    public internal(set) var exchanges = ExchangeCounters()
    /// Called when real traffic did not reach a server, after the pool was told.
    public var onTrafficFailure: ((ServerID) -> Void)?

    /// Called with each TCP session that ended.
    public var onSession: ((SessionRecord) -> Void)?
    /// Called with each exchange that ended.
    public var onExchange: ((ExchangeRecord) -> Void)?
    /// The last exchanges.
    public private(set) var recent = RecentExchanges()

    let loop: EventLoop
    /// What HTTP mode needs; nil in TCP mode.
    let http: HTTPContext?
    let limits: Limits
    let buffers = RelayBuffers()
    private let addresses: [SocketAddress]
    private var strategy: any Strategy

    /// - Parameters:
    ///   - http: what HTTP mode may take; nil for TCP mode.
    ///   - trusts: whether the `X-Forwarded-` fields of a peer are believed.
    /// - Precondition: one address for each of the pool's servers, in the same order.
    public init(
        on loop: EventLoop, pool: Pool, addresses: [SocketAddress], strategy: StrategyName, limits: Limits,
        http: HTTPLimits? = nil, trusts: @escaping (SocketAddress) -> Bool = { _ in false }
    ) {
        precondition(addresses.count == pool.count, "one address for each server")
        self.loop = loop
        self.http = http.map {
            HTTPContext(on: loop, servers: pool.count, limits: $0, trusts: trusts)
        }
        self.pool = pool
        self.addresses = addresses
        self.strategy = strategy.makeStrategy()
        self.limits = limits
    }

    /// When a session is looked at again, counted from its last bytes.
    var secondLook: Duration { min(Self.quietTime, limits.idleTimeout) }

    /// A server may be picked that could not be picked before.
    public func serverCame() {
        http?.upstreams.serverCame()
    }

    func pick(excluding tried: TriedServers) -> ServerID? {
        strategy.pick(from: pool, excluding: tried)
    }

    func address(of server: ServerID) -> SocketAddress {
        addresses[server.number]
    }

    /// Takes note of an exchange that ended.
    func ended(_ record: ExchangeRecord) {
        exchanges.count(record)
        recent.append(record)
        onExchange?(record)
    }

    /// Takes note that real traffic did not reach a server.
    func failed(_ server: ServerID, with error: ProxyError) {
        guard error.source == .server else { return }
        if pool[server].health.isChecked {
            pool.failed(server, reason: error.reason, at: loop.now)
        } else {
            // No check would bring it up again; an ejection ends by itself.
            pool.exchangeFailed(server, reason: error.reason, at: loop.now)
        }
        onTrafficFailure?(server)
    }
}
