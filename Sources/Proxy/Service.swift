import Balancing
import EventLoop
import Metrics
import Sockets
import Time

/// A service as it runs: where its servers are, how one is picked, what its sessions may take.
///
/// Sessions and listener share it; it belongs to one loop.
public final class Service {
    /// What a session is handled by.
    public enum Mode: Sendable {
        /// Bytes, whatever they mean.
        case tcp
        /// A client that no server serves gets an HTTP answer, and a request that may be repeated is
        /// sent to another server when one leaves without a word.
        case http
    }

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

    /// How long nothing moves before a session is looked at again: soon enough for a client that waits,
    /// and seldom enough to cost nothing.
    static let quietTime = Duration.seconds(1)

    /// The pool that sessions pick from.
    public let pool: Pool
    /// What became of the sessions.
    public internal(set) var counters = SessionCounters()
    /// Called when real traffic did not reach a server, after the pool was told.
    public var onTrafficFailure: ((ServerID) -> Void)?

    let loop: EventLoop
    let mode: Mode
    let limits: Limits
    let buffers = RelayBuffers()
    private let addresses: [SocketAddress]
    private var strategy: any Strategy

    /// - Precondition: one address for each of the pool's servers, in the same order.
    public init(
        on loop: EventLoop, mode: Mode, pool: Pool, addresses: [SocketAddress], strategy: StrategyName,
        limits: Limits
    ) {
        precondition(addresses.count == pool.count, "one address for each server")
        self.loop = loop
        self.mode = mode
        self.pool = pool
        self.addresses = addresses
        self.strategy = strategy.makeStrategy()
        self.limits = limits
    }

    /// When a session is looked at again, counted from its last bytes.
    var secondLook: Duration { min(Self.quietTime, limits.idleTimeout) }

    func pick(excluding tried: TriedServers) -> ServerID? {
        strategy.pick(from: pool, excluding: tried)
    }

    func address(of server: ServerID) -> SocketAddress {
        addresses[server.number]
    }

    /// Takes note that real traffic did not reach a server.
    func failed(_ server: ServerID, with error: ProxyError) {
        guard error.source == .server else { return }
        pool.failed(server, reason: error.reason, at: loop.now)
        onTrafficFailure?(server)
    }
}
