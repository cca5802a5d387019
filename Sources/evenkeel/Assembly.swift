import Balancing
import Configuration
import Dashboard
import EventLoop
import HealthChecking
import Logging
import Metrics
import Platform
import Proxy
import Sockets
import Time

/// The balancer as it runs: every service of a configuration, on one loop.
///
/// This is the one place that knows all modules; they know each other only through what is joined here.
final class Balancer {
    private let services: [RunningService]
    private let desk: AdminDesk
    private let admin: AdminServer?
    private let loop: EventLoop
    private let log: Logger
    private let shutdownTimeout: TimeSpan
    private let shutdownTunnelTimeout: TimeSpan
    private var shutdownTimer: Timer?
    private var tunnelTimer: Timer?
    /// Of tunnels and what is none, one was cut, and the other has more time.
    private var hasCutOnce = false
    private var onStopped: (() -> Void)?

    /// Looks names up and binds all listeners; nothing is accepted before ``start()``.
    ///
    /// - Throws: ``LookupErrors`` with each name at fault, or ``StartError`` that says which address is.
    init(_ configuration: Configuration, on loop: EventLoop, log: Logger) throws {
        self.loop = loop
        self.log = log
        shutdownTimeout = configuration.shutdownTimeout
        shutdownTunnelTimeout = configuration.shutdownTunnelTimeout
        let budget = DescriptorBudget(for: configuration, limit: DescriptorLimit.raiseToHardLimit())
        if let warning = budget.scarcity { log.warning("\(warning)") }
        let addresses = try NameLookups.addresses(of: configuration.endpoints) { log.warning("\($0)") }
        let idleConnections = IdleConnections()
        let ownConnections = OwnConnections()
        var bound: [OwnListener] = []
        let services = try configuration.services.map { service in
            if let warning = budget.warning(for: service) { log.warning("\(warning)") }
            let running = try RunningService(
                service, at: addresses, within: budget, sharing: idleConnections, ownConnections,
                beside: bound, on: loop, log: log)
            for warning in service.sharedAddresses(running.serverAddresses) { log.warning("\(warning)") }
            if let listener = running.listener {
                bound.append(OwnListener(owner: "the service \"\(service.name)\"", address: listener.address))
            }
            return running
        }
        // What the configuration's reader could not see: names are looked up now.
        let circles = configuration.circles(
            listening: { service in services.first { $0.name == service.name }?.listener?.address },
            leading: { service in services.first { $0.name == service.name }?.serverAddresses ?? [] })
        guard circles.isEmpty else { throw StartError(mistake: circles.joined(separator: "\nerror: ")) }
        let desk = AdminDesk(for: services, on: loop, log: log)
        admin = try AdminServer(
            configuration.admin, at: addresses, budget, for: desk, beside: bound, on: loop)
        self.services = services
        self.desk = desk
        desk.onChange = { [unowned self] in admin?.tell($0) }
        desk.onMetrics = { [weak admin] in admin.map(Exposition.Admin.init) }
        admin?.onWrongTokens = { [log] count, peer in
            let tokens = count == 1 ? "a wrong token was" : "\(count) wrong tokens were"
            log.warning(
                "dashboard: \(tokens) shown, the last one by \(peer.isEmpty ? "a Unix socket" : peer)")
        }
    }

    /// Where it listens, in the order of the configuration.
    var addresses: [String] { services.compactMap(\.address) }

    /// Where a browser finds the dashboard; nil when it is off.
    var dashboardURL: String? { admin?.url }

    /// Checks all servers, and accepts clients of a service once its first checks have ended.
    func start() throws {
        if let url = admin?.url { log.info("dashboard: listening on \(url)") }
        if let url = admin?.monitoringURL { log.info("monitoring: listening on \(url)") }
        for service in services { try service.start() }
    }

    /// Accepts no more and calls `completion` when all sessions have ended, or at the time-out's end,
    /// when the rest is cut.
    func stop(then completion: @escaping () -> Void) {
        desk.stop()
        admin?.refresh()
        let open = services.reduce(0) { $0 + $1.openSessions }
        let tunnels = services.reduce(0) { $0 + $1.openTunnels }
        let longest = max(
            open > tunnels ? shutdownTimeout : .zero, tunnels > 0 ? shutdownTunnelTimeout : .zero)
        let patience = open == 0 ? "" : " may take up to \(longest.inSeconds.formatted)"
        log.info("stopping: no new connections; \(open) in flight\(patience)")
        for service in services {
            service.stopAccepting { [unowned self] in finishIfEmpty() }
        }
        shutdownTimer = try? Timer(on: loop) { [unowned self] in cut(tunnels: false) }
        shutdownTimer?.schedule(after: shutdownTimeout)
        tunnelTimer = try? Timer(on: loop) { [unowned self] in cut(tunnels: true) }
        tunnelTimer?.schedule(after: shutdownTunnelTimeout)
        // Not before: while services stop one after the other, the last client of one may go, and the next one has
        // not accepted yet those that wait for it.
        onStopped = completion
        finishIfEmpty()
    }

    private func finishIfEmpty() {
        guard services.allSatisfy({ $0.openSessions == 0 }) else { return }
        finish()
    }

    private func cut(tunnels: Bool) {
        let open = services.reduce(0) { sum, service in
            sum + (tunnels ? service.openTunnels : service.openSessions - service.openTunnels)
        }
        if open > 0 { log.warning("still \(tunnels ? "open tunnels" : "in flight") and cut now: \(open)") }
        for service in services { service.cut(tunnels: tunnels) }
        hasCutOnce.toggle()
        guard !hasCutOnce else { return }
        // What became a tunnel after tunnels were cut has had its time too.
        for service in services { service.cutAll() }
        finish()
    }

    private func finish() {
        guard let completion = onStopped else { return }
        onStopped = nil
        shutdownTimer?.cancel()
        tunnelTimer?.cancel()
        admin?.stop()
        for service in services { service.logSummary() }
        log.info("stopped")
        completion()
    }
}

extension Double {
    /// Seconds for a person: `10 s`, `1.5 s`.
    fileprivate var formatted: String {
        self == rounded() ? "\(Int(self)) s" : "\(self) s"
    }
}
