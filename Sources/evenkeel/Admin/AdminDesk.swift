import Balancing
import Configuration
import Dashboard
import EventLoop
import Logging
import Metrics
import Platform
import Time

/// What the dashboard may see and do: joins it to the services and to the load tests.
final class AdminDesk: AdministeredBalancer {
    private let services: [RunningService]
    private let loop: EventLoop
    private let log: Logger
    private let testDesk: TestDesk
    private var wall = WallOrigin()
    private(set) var isStopping = false
    private let started: Instant
    /// When it started by the wall clock of that time, for Prometheus: a start that moves would be a restart.
    private let startTime: Double
    /// Asked, with the metrics, for those of the dashboard's own listeners.
    var onMetrics: (() -> Exposition.Admin?)?
    /// Told of each change.
    var onChange: ((Change) -> Void)?

    init(for services: [RunningService], on loop: EventLoop, log: Logger) {
        self.services = services
        self.loop = loop
        self.log = log
        started = loop.now
        startTime = AdminClock(loop, origin: wall.current()).unixNow
        testDesk = TestDesk(for: services, on: loop, log: log)
        testDesk.onChange = { [unowned self] service, text in
            tell(service, kind: .test, text: text)
        }
        for service in services {
            service.onChange = { [unowned self, unowned service] id, change in
                tell(change, of: id, in: service)
            }
        }
    }

    /// The balancer ends: what could keep it does, too.
    func stop() {
        isStopping = true
        testDesk.cancelAll()
    }

    // MARK: How things stand

    var now: Double { clock.unixNow }

    /// By the wall clock of now, so that what lies between the two is true though somebody set it meanwhile.
    var startedAt: Double { clock.unixTime(of: started) }

    private var clock: AdminClock { AdminClock(loop, origin: wall.current()) }

    var serviceNames: [String] { services.map(\.name) }

    var reasonsNotReady: [String] {
        if isStopping { return ["the balancer is stopping"] }
        return services.compactMap(\.reasonNotReady)
    }

    func status(of service: String) -> ServiceStatus? { report(service)?.status }

    func servers(of service: String) -> [() -> ServerStatus] { report(service)?.servers ?? [] }

    func serverNames(of service: String) -> [String] {
        running(service).map { running in running.pool.ids.map(running.pool.name) } ?? []
    }

    func server(_ name: String, of service: String) -> ServerStatus? {
        guard let running = running(service), let id = running.server(named: name) else { return nil }
        return report(service)?.status(of: id)
    }

    func exchange(_ id: UInt64, of service: String) -> ExchangeStatus? { report(service)?.exchange(id) }

    func newestExchange(of service: String) -> UInt64 { running(service)?.service.recent.total ?? 0 }

    func history(of service: String) -> HistoryStatus? { report(service)?.history }

    func serverHistories(of service: String) -> [() -> ServerSeriesStatus] {
        report(service)?.serverHistories ?? []
    }

    func metrics() -> AnyIterator<String> {
        let clock = clock
        var all = Exposition(version: Version.current, startedAt: startTime, services: [])
        let descriptors = DescriptorCount()
        // First the values are taken, server by server, and then written.
        var values = services.flatMap { service -> [() -> Void] in
            let report = ServiceReport(service, clock: clock)
            return [{ all.services.append(report.expositionWithoutServers) }]
                + service.pool.ids.map { id in
                    { all.services[all.services.count - 1].servers.append(report.exposition(of: id)) }
                }
        }[...]
        values.append { [onMetrics] in
            all.process = Exposition.Process(openDescriptors: descriptors.total)
            all.admin = onMetrics?() ?? all.admin
        }
        var pieces: ArraySlice<Exposition.Piece>?
        var text = PrometheusText()
        return AnyIterator {
            if descriptors.go() { return "" }
            if let value = values.popFirst() {
                value()
                return ""
            }
            if pieces == nil { pieces = all.pieces[...] }
            guard let piece = pieces?.popFirst() else { return nil }
            piece(&text)
            return text.take()
        }
    }

    private func running(_ name: String) -> RunningService? { services.first { $0.name == name } }

    private func report(_ name: String) -> ServiceReport? {
        running(name).map { ServiceReport($0, clock: clock) }
    }

    // MARK: What a person wants

    func change(_ change: ServerChange, of server: String, in service: String) -> Bool {
        guard let running = running(service), let id = running.server(named: server) else { return false }
        if change.endsEjection { running.pool.readmit(id, at: loop.now) }
        if let weight = change.weight { running.pool.setWeight(weight, of: id) }
        switch change.administrativeState {
        case nil: break
        case .enabled: running.service.enable(id)
        case .disabled: running.service.disable(id)
        case .draining: running.service.drain(id, for: change.drainTimeout)
        }
        return true
    }

    func setStrategy(_ strategy: StrategyName, of service: String) {
        guard let running = running(service), running.service.strategy != strategy else { return }
        running.service.setStrategy(strategy)
        log.info("\(service): the strategy is \(strategy.rawValue) now")
        tell(service, kind: .strategy, text: "the strategy is \(strategy.title) now")
    }

    func resetMetrics(of service: String?) -> Double {
        let clock = clock
        for running in services where service == nil || running.name == service {
            running.resetMetrics(clock)
        }
        log.info("\(service ?? "all services"): the metrics were reset")
        tell(service, kind: .reset, text: "the metrics were reset")
        return clock.unixNow
    }

    // MARK: Load tests

    var tests: [TestStatus] { testDesk.tests }

    var testTargets: [(service: String, url: String)] {
        services.compactMap { service in service.url.map { (service.name, $0) } }
    }

    func startTest(_ plan: TestPlan) throws(TestRefusal) -> TestStatus {
        guard !isStopping else { throw .impossible("the balancer is stopping") }
        return try testDesk.start(plan, at: now)
    }

    func cancelTest(_ id: Int) -> TestStatus? { testDesk.cancel(id) }

    // MARK: Telling

    private func tell(
        _ service: String?, server: String? = nil, kind: Change.Kind, severity: Change.Severity = .info,
        text: String
    ) {
        onChange?(
            Change(at: now, service: service, server: server, kind: kind, severity: severity, text: text))
    }

    private func tell(_ change: PoolChange, of id: ServerID, in running: RunningService) {
        let name = running.pool.name(of: id)
        func tell(_ kind: Change.Kind, _ severity: Change.Severity, _ text: String) {
            self.tell(running.name, server: name, kind: kind, severity: severity, text: text)
        }
        // A server that leaves is worth a look; the last one that leaves, clients notice.
        let loss: Change.Severity = running.pool.eligibleCount == 0 ? .error : .warning
        switch change {
        case .health(let flip):
            tell(
                .health, flip.to == .down ? loss : .info, "\(name) is \(flip.to.rawValue): \(flip.reason)")
        case .administrativeState(let before, let state):
            let text = Self.text(of: state, after: before)
            tell(.administrativeState, state == .enabled ? .info : loss, "\(name) \(text)")
        case .weight(let before, let after):
            tell(.weight, .info, "\(name) has weight \(after), had \(before)")
        case .ejected(let span, let reason):
            tell(.ejected, loss, "\(name) is left out for \(Int(span.inSeconds.rounded())) s: \(reason)")
        case .readmitted:
            tell(.readmitted, .info, "\(name) may take part again")
        case .passedTrial:
            tell(.readmitted, .info, "\(name) takes part fully again")
        case .ejectionShortened: break
        }
    }

    /// In the words of the page's buttons.
    private static func text(of state: AdministrativeState, after before: AdministrativeState) -> String {
        switch state {
        case .enabled: "was started"
        case .draining: "drains: it gets nothing new"
        case .disabled: before == .draining ? "is stopped: its drain is over" : "was stopped"
        }
    }
}
