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
        public let connectTimeout: TimeSpan
        /// While nothing moves either way.
        public let idleTimeout: TimeSpan
        /// Pipes at once for what moves in bulk, with two descriptors each; what finds none is copied.
        public let pipes: Int

        /// Sets all of them; the defaults are the configuration's.
        public init(
            sessions: Int, retries: Int, connectTimeout: TimeSpan, idleTimeout: TimeSpan,
            pipes: Int = PipePool.mostOfUse
        ) {
            self.sessions = sessions
            self.retries = retries
            self.connectTimeout = connectTimeout
            self.idleTimeout = idleTimeout
            self.pipes = pipes
        }
    }

    /// How long a refused client may take to read why: nginx's `lingering_timeout`.
    static let lingerTimeout = TimeSpan.seconds(5)

    /// Pick logs kept for sessions to come.
    static let spareLogLimit = 256

    /// The pool that sessions pick from.
    public let pool: Pool
    /// What became of the sessions.
    public internal(set) var counters = SessionCounters()
    /// How often this machine lacked something for a connection to a server.
    public private(set) var shortages: [Shortage: UInt64] = [:]
    /// Called with each TCP session that ended.
    public var onSession: ((SessionRecord) -> Void)?
    /// Called with each exchange that ended.
    public var onExchange: ((ExchangeRecord) -> Void)?
    /// Told when a server's answer is refused or cut, with the rule that it broke.
    public var onBadAnswer: ((ServerID, BrokenRule) -> Void)?
    /// Told when this machine lacked what a connection to a server takes.
    public var onShortage: ((Shortage, ServerID) -> Void)?
    /// Told of each request that was refused because it came back again and again, and in TCP mode when sessions were
    /// cut that came from earlier ones of this service.
    public var onLoop: (() -> Void)?
    /// The last exchanges, or sessions in TCP mode.
    public private(set) var recent = RecentRing()

    let loop: EventLoop
    /// What HTTP mode needs; nil in TCP mode.
    let http: HTTPContext?
    let limits: Limits
    /// Shared with other services.
    let idleConnections: IdleConnections
    let buffers: RelayBuffers
    /// Called when the time is over in which a server was let run empty: what is in flight there ends.
    var onDrainDeadline: ((ServerID) -> Void)?
    private let addresses: [PeerAddress]
    private var picker: Picker
    private let measured: Meters
    private var drains: Drains?
    private let news: PoolNews
    /// Pick logs that sessions may use again.
    private var spareLogs: [PickLog] = []

    /// - Parameters:
    ///   - http: what HTTP mode may take; nil for TCP mode.
    ///   - idleConnections: what gives way in a shortage of descriptors, of all services that share it.
    ///   - trusts: whether the `X-Forwarded-` fields of a peer are believed.
    /// - Precondition: one address for each of the pool's servers, in the same order.
    public init(
        on loop: EventLoop, pool: Pool, addresses: [PeerAddress], strategy: StrategyName, limits: Limits,
        http: HTTPLimits? = nil, idleConnections: IdleConnections = IdleConnections(),
        trusts: @escaping (SocketAddress) -> Bool = { _ in false }
    ) {
        precondition(addresses.count == pool.count, "one address for each server")
        self.loop = loop
        let pipes = PipePool.forBulk(atMost: limits.pipes)
        buffers = RelayBuffers(pipes: pipes)
        self.http = http.map {
            HTTPContext(on: loop, servers: pool.count, limits: $0, pipes: pipes, trusts: trusts)
        }
        self.pool = pool
        self.addresses = addresses
        picker = Picker(strategy)
        self.limits = limits
        self.idleConnections = idleConnections
        measured = Meters(servers: pool.count, at: loop.now.second)
        news = PoolNews(of: pool)
        pool.onNews = { [news] in loop.resumeNextTurn(news) }
        if let upstreams = self.http?.upstreams { idleConnections.add(upstreams) }
        drains = Drains(of: pool, on: loop) { [unowned self] in onDrainDeadline?($0) }
    }

    /// A server may be picked that could not be picked before, or none is left that could be: what waits for a
    /// server picks again, in a turn of its own.
    public func serversChanged() {
        http?.upstreams.roomCame()
    }

    // MARK: Picking

    /// Who picks.
    public var strategy: StrategyName { picker.name }

    /// Picks otherwise from now on, for what waits already too.
    public func setStrategy(_ name: StrategyName) {
        picker.use(name)
    }

    /// The figure by which the strategy compares a server; ``StrategyName/standingTitle`` says what it is.
    public func standing(of server: ServerID) -> Double {
        picker.standing(of: server, in: pool)
    }

    func pick(excluding tried: TriedServers, noting log: inout PickLog) -> ServerID? {
        picker.pick(from: pool, excluding: tried, noting: &log)
    }

    func pickAgain(_ server: ServerID, excluding tried: TriedServers, noting log: inout PickLog) {
        picker.pickAgain(server, from: pool, excluding: tried, noting: &log)
    }

    /// Gives back what is kept to be used again.
    func giveBackMemory() {
        buffers.pool.freeSpares()
        http?.forgetSpares()
        spareLogs = []
    }

    func address(of server: ServerID) -> PeerAddress {
        addresses[server.number]
    }

    // MARK: Administration

    /// Lets a server get requests again, once a check of its own has passed. It ends an ejection too.
    public func enable(_ server: ServerID) {
        drains?.end(server)
        pool.setAdministrativeState(.enabled, of: server, at: loop.now)
    }

    /// Gives a server no new requests, and closes the connections kept to it; what is in flight goes on.
    public func disable(_ server: ServerID) {
        drains?.end(server)
        pool.setAdministrativeState(.disabled, of: server, at: loop.now)
        http?.upstreams.closeIdle(to: server)
    }

    /// Gives a server no new requests and disables it when nothing is in flight there any more, or after this
    /// span, when the rest is cut. Enabling or disabling it ends the drain; another drain begins anew.
    public func drain(_ server: ServerID, for timeout: TimeSpan) {
        drains?.begin(server, for: timeout)
        http?.upstreams.closeIdle(to: server)
    }

    /// The drain of a server that lasts; nil when there is none.
    public func drain(of server: ServerID) -> Drain? {
        drains?[server]
    }

    // MARK: Measuring

    /// What its requests measured, up to the second that lasts.
    public var meters: Meters {
        measured.turn(to: loop.now.second)
        return measured
    }

    /// Requests that wait for a server with room.
    public var queued: Int { http?.upstreams.queue.count ?? 0 }

    /// Begins all counts, totals and peaks anew. What is open or in flight stays so, and so do the recent
    /// seconds, the histories and the recent exchanges.
    public func resetMetrics() {
        meters.reset()
        counters.reset()
        shortages = [:]
        pool.resetCounts()
    }

    /// Begins to count the requests with this `X-Request-ID`, from 0; nil counts none any more. In TCP mode there are none.
    public func countRequests(identifiedAs identifier: String?) {
        http?.identified = identifier.map { IdentifiedRequests($0) }
    }

    /// How many requests with the identifier have come.
    public var identifiedRequests: UInt64 { http?.identified?.count ?? 0 }

    /// Takes note of an exchange that ended.
    func ended(_ record: consuming ExchangeRecord, takingIn log: inout PickLog) {
        measured.count(record.measurement, at: loop.now.second)
        if let onExchange { onExchange(record) }
        recent.append(record, takingIn: &log)
    }

    /// Takes note of a session that ended, and of the server that it asked last.
    func ended(_ record: SessionRecord, lastServer: ServerID?, takingIn log: PickLog) {
        measured.count(record.measurement(at: lastServer), at: loop.now.second)
        var log = log
        recent.append(record, takingIn: &log)
        log.clear()
        if spareLogs.count < Self.spareLogLimit { spareLogs.append(log) }
        onSession?(record)
    }

    /// A log for a session's picks.
    func takeLog() -> PickLog {
        spareLogs.popLast() ?? PickLog()
    }

    // MARK: Failures

    /// Takes note that a connection to a server was not made for want of something here.
    public func lacked(_ shortage: Shortage, for server: ServerID) {
        shortages[shortage, default: 0] += 1
        onShortage?(shortage, server)
    }

    /// Takes note that real traffic did not reach a server; nil for an attempt that began just now.
    func failed(_ server: ServerID, with error: ProxyError, begunAt began: Instant? = nil) {
        if let shortage = error.shortage { lacked(shortage, for: server) }
        if error.saysNothingOfServer { return }
        pool.failed(server, reason: error.reason, begunAt: began, at: loop.now)
    }
}

/// Tells of the changes in a pool in a turn of its own, so that nobody is called back inside the call that
/// made the change.
private final class PoolNews: EventHandler {
    private weak var pool: Pool?

    init(of pool: Pool) {
        self.pool = pool
    }

    override func resumed() {
        pool?.tell()
    }
}

extension Instant {
    /// Whole seconds since the origin.
    fileprivate var second: Int64 { nanoseconds / 1_000_000_000 }
}
