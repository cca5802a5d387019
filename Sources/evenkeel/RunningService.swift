import Balancing
import Configuration
import EventLoop
import HTTPWire
import HealthChecking
import Logging
import Metrics
import Platform
import Proxy
import Sockets
import Time

/// One service with its parts joined: pool, sessions, listener and checks.
final class RunningService {
    let name: String
    let configuration: ServiceConfiguration
    let pool: Pool
    let service: Service
    let checker: HealthChecker?
    /// The most clients at once.
    let sessionLimit: Int
    /// Since when is counted: its start, or the last reset.
    private(set) var countingSince: Instant
    /// What was counted before the last reset, for Prometheus.
    private(set) var countedBefore: Exposition.Service?
    /// Why servers are left out, for as long as they are.
    private(set) var ejectionReasons: [ServerID: String] = [:]
    /// Told of each change of a server, after it was logged.
    var onChange: ((ServerID, PoolChange) -> Void)?
    private let log: Logger
    private let table: SessionTable
    private(set) var listener: Listener?
    /// Where its servers are, in their order.
    let serverAddresses: [[SocketAddress]]
    private let loop: EventLoop
    private var readmission: Timer?
    private var isStarting = false
    private(set) var isAccepting = false
    private var hadEligible = false
    /// What was told a short time ago and is not told again.
    private var told = ToldLately()

    /// Binds the listener, beside those that are bound already.
    ///
    /// - Parameter found: the addresses of the configuration's endpoints, looked up together.
    init(
        _ configuration: ServiceConfiguration, at found: ResolvedAddresses = [:],
        within budget: DescriptorBudget, sharing idleConnections: IdleConnections,
        _ ownConnections: OwnConnections = OwnConnections(), beside bound: [OwnListener] = [],
        on loop: EventLoop, log: Logger
    ) throws {
        self.configuration = configuration
        self.log = log
        sessionLimit = budget.sessions(for: configuration)
        name = configuration.name
        serverAddresses = try configuration.servers.map { try found.addresses(of: $0.address) }
        let addresses = serverAddresses.map { PeerAddress($0) }
        self.loop = loop
        countingSince = loop.now
        let rule = EjectionRule(
            consecutiveFailures: configuration.health.consecutiveFailures,
            shortest: configuration.health.ejection, statuses: StatusSet(configuration.health.statuses))
        pool = Pool(
            configuration.servers.map { Self.server($0, configuration.health, on: loop) },
            ejectionRule: configuration.mode == .http ? rule : nil)
        service = Service(
            on: loop, pool: pool, addresses: addresses, strategy: configuration.strategy,
            limits: Service.Limits(
                sessions: sessionLimit, retries: configuration.limits.retries,
                connectTimeout: configuration.timeouts.connect, idleTimeout: configuration.timeouts.idle,
                pipes: budget.pipes),
            http: configuration.mode == .http
                ? HTTPLimits(configuration, serverConnections: budget.serverConnections(for: configuration))
                : nil,
            idleConnections: idleConnections,
            trusts: { [ranges = configuration.trustedProxies] peer in ranges.contains { $0.contains(peer) } })
        table = SessionTable(of: service, ownConnections)
        listener = try Self.listener(
            on: configuration.listen, at: found.address(of: configuration.listen), beside: bound, into: table,
            loop: loop)
        checker = try Self.checker(of: pool, configuration, at: addresses, on: loop)
        readmission = try Timer(on: loop) { [unowned self] in
            pool.readmit(at: loop.now)
            scheduleReadmission()
        }
        join()
    }

    private static func listener(
        on endpoint: Endpoint, at address: SocketAddress, beside bound: [OwnListener],
        into table: SessionTable, loop: EventLoop
    ) throws -> Listener {
        do {
            return try Listener(on: address, into: table, loop: loop)
        } catch {
            throw StartError.listening(on: endpoint, at: address, error, beside: bound)
        }
    }

    private static func server(
        _ server: ServerConfiguration, _ health: HealthConfiguration, on loop: EventLoop
    ) -> Server {
        let thresholds = HealthThresholds(rise: health.rise, fall: health.fall)
        let isChecked = health.kind != .none
        return Server(
            name: server.name, weight: server.weight, maxConnections: server.maxConnections,
            health: isChecked ? Health(thresholds: thresholds, at: loop.now) : .unchecked(at: loop.now))
    }

    private static func checker(
        of pool: Pool, _ configuration: ServiceConfiguration, at addresses: [PeerAddress],
        on loop: EventLoop
    ) throws -> HealthChecker? {
        let health = configuration.health
        guard let kind = health.kind.checked else { return nil }
        let targets = zip(configuration.servers, addresses).map { server, address in
            CheckTarget(address: address, host: server.address.hostField)
        }
        return try HealthChecker(
            on: loop, pool: pool, targets: targets,
            settings: CheckSettings(
                kind: kind, interval: health.interval, fastInterval: health.fastInterval,
                timeout: health.timeout, acceptedFaults: AcceptedFaults(configuration)))
    }

    private var isAccessLogged: Bool { configuration.accessLog || log.logLevel <= .debug }

    private func join() {
        pool.onChange = { [unowned self] server, change in report(change, of: server) }
        if isAccessLogged {
            // Who asked for an access log gets it at any level.
            var access = log
            access.logLevel = min(log.logLevel, .info)
            service.onExchange = { [unowned self, access] in access.info("\($0.logLine(name, of: pool))") }
            service.onSession = { [unowned self, access] in access.info("\($0.logLine(name, of: pool))") }
        }
        service.onLoop = { [unowned self] in reportLoop() }
        service.onBadAnswer = { [unowned self] in reportBadAnswer(of: $0, breaking: $1) }
        service.onShortage = { [unowned self] in reportShortage($0, for: $1) }
        checker?.onShortage = { [service] in service.lacked($0, for: $1) }
        listener?.onShortage = { [unowned self] error in
            log.warning("\(name): cannot accept for now: \(error); new clients wait")
        }
        listener?.onFull = { [unowned self] in reportFull() }
    }

    private func reportBadAnswer(of server: ServerID, breaking rule: BrokenRule) {
        guard told.isNew(.badAnswer(of: server), at: loop.now) else { return }
        let each = isAccessLogged ? "; the access log has each" : ""
        log.warning(
            """
            \(name): an answer of \(pool.name(of: server)) was refused: \(rule.word) (\(rule.sentence))\
            \(each) (told once a minute)
            """)
    }

    private func reportShortage(_ shortage: Shortage, for server: ServerID) {
        guard told.isNew(.shortage(shortage), at: loop.now) else { return }
        log.warning(
            """
            \(name): \(shortage.rawValue): cannot connect to \(pool.name(of: server)): \(shortage.sentence); \
            \(shortage.advice(canKeepConnections: configuration.mode == .http)) (told once a minute)
            """)
    }

    private func reportFull() {
        guard told.isNew(.full, at: loop.now) else { return }
        log.warning(
            """
            \(name): the limit of \(sessionLimit) connections is reached: new clients wait (limits.connections, or \
            what the open files allow; told once a minute)
            """)
    }

    private func reportLoop() {
        guard told.isNew(.loop, at: loop.now) else { return }
        let what =
            configuration.mode == .http
            ? "a request came back to this service again and again, and got 508: a server, or what is behind it,"
            : "connections to this service came from itself, and were cut: a server"
        log.error("\(name): \(what) leads here (told once a minute)")
    }

    // MARK: Life

    /// Begins to check, and to accept once a server is up or the first check of each has ended; clients that
    /// come earlier wait in the kernel's backlog.
    func start() throws {
        let count = pool.count == 1 ? "1 server" : "\(pool.count) servers"
        if let listener {
            log.info(
                """
                \(name): listening on \(listener.address) (\(configuration.mode.rawValue), \
                \(configuration.strategy.rawValue), \(count))
                """)
        }
        guard let checker else { return accept() }
        isStarting = true
        checker.onFirstRound = { [unowned self] in
            pool.tell()
            accept()
        }
        checker.start()
    }

    private func accept() {
        guard !isAccepting else { return }
        isStarting = false
        isAccepting = true
        hadEligible = pool.eligibleCount > 0
        if !hadEligible { log.error("\(name): no server is eligible: \(clientsFate)") }
        do {
            try listener?.start()
            log.info("\(name): accepting")
        } catch {
            log.error("\(name): cannot accept: \(error)")
        }
    }

    /// Where it listens; nil once it has stopped.
    var address: String? { listener.map { "\($0.address)" } }

    /// How many sessions are open.
    var openSessions: Int { table.count }

    /// Closes the listener; `completion` is called when the last session has ended.
    func stopAccepting(then completion: @escaping () -> Void) {
        checker?.onFirstRound = nil
        isStarting = false
        isAccepting = false
        listener?.acceptWaiting()
        listener = nil
        table.onEmpty = completion
        table.finishSoon()
    }

    /// Begins all counts anew.
    func resetMetrics(_ clock: AdminClock) {
        countingSince = clock.now
        countedBefore = ServiceReport(self, clock: clock).exposition
        service.resetMetrics()
    }

    /// How many sessions are tunnels, which do not end by themselves.
    var openTunnels: Int { table.tunnels }

    /// Closes tunnels, or all that is none.
    func cut(tunnels: Bool) {
        table.cut(tunnels: tunnels)
    }

    /// Closes all sessions.
    func cutAll() {
        table.onEmpty = nil
        table.cutAll()
    }

    // MARK: Telling

    private func report(_ change: PoolChange, of server: ServerID) {
        let serverName = pool[server].name
        switch change {
        case .health(let flip):
            let line = "\(name): \(serverName) is \(flip.to.rawValue): \(flip.reason)"
            flip.to == .down ? log.warning("\(line)") : log.info("\(line)")
            // What no check has seen, the next one is to see at once.
            if flip.witness == .traffic, flip.to != .up { checker?.lookAgain(at: server) }
        case .administrativeState(let before, let after):
            log.info("\(name): \(serverName) is \(after.rawValue), was \(before.rawValue)")
            // Of its own, though one from before is under way.
            if after == .enabled { checker?.lookAgain(at: server) }
        case .weight(let before, let after):
            log.info("\(name): \(serverName) has weight \(after), had \(before)")
        case .ejected(let span, let reason):
            ejectionReasons[server] = reason
            log.warning("\(name): \(serverName) is left out for \(span.inMilliseconds) ms: \(reason)")
            scheduleReadmission()
        case .ejectionShortened:
            scheduleReadmission()
        case .readmitted:
            ejectionReasons[server] = nil
            let trial = pool[server].ejection.isOnTrial ? ": one request at a time, until one went well" : ""
            log.info("\(name): \(serverName) may take part again\(trial)")
            scheduleReadmission()
        case .passedTrial:
            log.info("\(name): \(serverName) takes part fully again")
        }
        let hasEligible = pool.eligibleCount > 0
        service.serversChanged()
        if isStarting, hasEligible { accept() }
        onChange?(server, change)
        guard isAccepting else { return }
        if hadEligible, !hasEligible { log.error("\(name): no server is eligible: \(clientsFate)") }
        if !hadEligible, hasEligible { log.info("\(name): a server is eligible again") }
        hadEligible = hasEligible
    }

    private func scheduleReadmission() {
        guard let next = pool.nextReadmission else { return }
        readmission?.schedule(after: next - loop.now)
    }

    /// What becomes of clients while no server is eligible.
    private var clientsFate: String {
        let isAnyEnabled = pool.ids.contains { pool.isEnabled($0) }
        if isAnyEnabled { return "those that are enabled are tried all the same" }
        return configuration.mode == .http ? "clients get 503" : "clients are closed at once"
    }

    /// One line about what became of all sessions.
    func logSummary() {
        if configuration.mode == .http { return logExchanges() }
        let counters = service.counters
        log.info(
            """
            \(name): \(Self.count(counters.accepted, "session")): \(counters.finished) finished, \
            \(counters.refused) refused, \(counters.clientAborted) ended by clients, \
            \(counters.serverAborted) by servers, \(counters.idle) idle, \(counters.cut) cut; \
            \(Self.retries(counters.retries)), at most \(counters.peak) at once
            """)
    }

    private func logExchanges() {
        let (exchanges, counters) = (service.meters.totals, service.counters)
        log.info(
            """
            \(name): \(Self.count(exchanges.requests, "exchange")): \(exchanges.succeeded) succeeded, \
            \(exchanges.failed) failed, \(exchanges.refused) refused, \(exchanges.aborted) aborted; \
            \(Self.retries(service.meters.retries)); \
            \(Self.count(counters.accepted, "connection")), at most \(counters.peak) at once
            """)
    }

    private static func count(_ number: some BinaryInteger, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    private static func retries(_ number: some BinaryInteger) -> String {
        number == 1 ? "1 retry" : "\(number) retries"
    }
}

extension HTTPLimits {
    fileprivate init(_ service: ServiceConfiguration, serverConnections: Int) {
        self.init(
            requestHead: service.timeouts.requestHead, body: service.timeouts.body,
            stream: service.timeouts.stream,
            responseHead: service.timeouts.responseHead, keepAlive: service.timeouts.keepAlive,
            serverKeepAlive: service.timeouts.serverKeepAlive, queueTimeout: service.timeouts.queue,
            queue: service.limits.queue, requestBody: UInt64(service.limits.requestBody),
            requestsPerConnection: service.limits.requestsPerConnection,
            keptConnections: service.limits.keptConnections, serverConnections: serverConnections,
            acceptedFaults: AcceptedFaults(service))
    }
}

extension AcceptedFaults {
    /// What a service takes of its servers, be it for a client or for a check.
    fileprivate init(_ service: ServiceConfiguration) {
        self.init(service.acceptUnsafeAnswers.compactMap { HTTPViolation(rawValue: $0.rawValue) })
    }
}

extension CheckKind {
    /// What the checker is to do; nil for no checks.
    fileprivate var checked: CheckSettings.Kind? {
        switch self {
        case .none: nil
        case .tcp(let completesHandshake): .tcp(completesHandshake: completesHandshake)
        case .http(let request): .http(CheckRequest(request), expect: request.expect)
        }
    }
}

extension CheckRequest {
    fileprivate init(_ request: CheckRequestConfiguration) {
        let method: HTTPMethod =
            switch request.method {
            case .get: .get
            case .head: .head
            case .options: .options
            }
        self.init(
            method: method, path: request.path, host: request.host,
            fields: request.fields.map { Field(name: $0.name, value: $0.value) })
    }
}

extension Endpoint {
    /// As a `Host` field names it (RFC 9110 section 7.2): without the root's dot, which few servers know as theirs; a
    /// Unix socket has no host of its own.
    fileprivate var hostField: String {
        switch self {
        case .tcp(let host, let port): Endpoint.tcp(host: HostName.withoutRoot(host), port: port).description
        case .unix: "localhost"
        }
    }
}
