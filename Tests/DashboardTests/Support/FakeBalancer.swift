import Balancing
import Dashboard

/// A balancer that is what a test says, and remembers what was asked of it.
final class FakeBalancer: AdministeredBalancer {
    var services = [ServiceStatus.sample("demo")]
    var startedAt = 1000.0
    var now = 1012.5
    var isStopping = false
    var reasonsNotReady: [String] = []
    /// By service, oldest first.
    var exchanges: [String: [ExchangeStatus]] = [:]
    var tests: [TestStatus] = []
    var testTargets: [(service: String, url: String)] = [("demo", "http://127.0.0.1:8080/")]
    /// Why no test starts.
    var testRefusal: TestRefusal?

    private(set) var changes: [(change: ServerChange, server: String, service: String)] = []
    private(set) var resets: [String?] = []

    var serviceNames: [String] { services.map(\.name) }

    private func find(_ service: String) -> ServiceStatus? { services.first { $0.name == service } }

    func status(of service: String) -> ServiceStatus? {
        var status = find(service)
        status?.servers = []
        return status
    }

    func servers(of service: String) -> [() -> ServerStatus] {
        find(service)?.servers.map { server in { server } } ?? []
    }

    func serverNames(of service: String) -> [String] { find(service)?.servers.map(\.name) ?? [] }

    func server(_ name: String, of service: String) -> ServerStatus? {
        find(service)?.servers.first { $0.name == name }
    }

    func exchange(_ id: UInt64, of service: String) -> ExchangeStatus? {
        exchanges[service]?.first { $0.id == id }
    }

    func newestExchange(of service: String) -> UInt64 { exchanges[service]?.last?.id ?? 0 }

    func history(of service: String) -> HistoryStatus? {
        guard status(of: service) != nil else { return nil }
        return HistoryStatus(
            service: service, second: 1, endAt: now, total: SeriesStatus())
    }

    func serverHistories(of service: String) -> [() -> ServerSeriesStatus] {
        servers(of: service).map { server in { ServerSeriesStatus(name: server().name, SeriesStatus()) } }
    }

    func metrics() -> AnyIterator<String> { AnyIterator(["evenkeel_", "up 1\n"].makeIterator()) }

    func change(_ change: ServerChange, of server: String, in service: String) -> Bool {
        changes.append((change, server, service))
        guard let place = services.firstIndex(where: { $0.name == service }),
            let number = services[place].servers.firstIndex(where: { $0.name == server })
        else { return false }
        if let state = change.administrativeState {
            services[place].servers[number].administrativeState = state.rawValue
        }
        if let weight = change.weight { services[place].servers[number].weight = weight }
        return true
    }

    func setStrategy(_ strategy: StrategyName, of service: String) {
        guard let place = services.firstIndex(where: { $0.name == service }) else { return }
        services[place].strategy = strategy.rawValue
        services[place].strategyTitle = strategy.title
    }

    func resetMetrics(of service: String?) -> Double {
        resets.append(service)
        return now
    }

    func startTest(_ plan: TestPlan) throws(TestRefusal) -> TestStatus {
        if let testRefusal { throw testRefusal }
        let test = TestStatus(id: tests.count + 1, plan: plan, startedAt: now)
        tests.insert(test, at: 0)
        return test
    }

    func cancelTest(_ id: Int) -> TestStatus? {
        guard let place = tests.firstIndex(where: { $0.id == id }) else { return nil }
        tests[place].state = .cancelled
        return tests[place]
    }

    /// So many more exchanges have ended.
    func addExchanges(_ count: Int, to service: String = "demo") {
        for _ in 0..<count {
            exchanges[service, default: []].append(.sample(newestExchange(of: service) + 1))
        }
    }
}
