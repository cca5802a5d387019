import EventLoop

/// What is asked for and changes nothing.
extension AdminServer {
    /// Exchanges in one answer, at the most and where nothing is said.
    private static let exchangeLimits = (most: 200, usual: 50)

    func getState(_ route: Route, _ target: Target) throws(Problem) -> HTTPServerResponse {
        switch route {
        case .services:
            return Answer.json(["services": balancer.serviceNames.compactMap(balancer.status)])
        case .service(let name): return Answer.json(try service(name))
        case .servers(let name): return Answer.json(["servers": try service(name).servers])
        case .server(let name, let service): return Answer.json(try server(name, of: service))
        case .strategy(let name): return Answer.json(Picked(try service(name)))
        case .exchanges(let name): return try exchanges(of: name, target)
        case .exchange(let id, let name): return try exchange(id, of: name)
        case .history(let name): return Answer.json(try history(of: name))
        case .tests: return Answer.json(["tests": balancer.tests])
        case .test(let id): return Answer.json(try test(id))
        case .changes: return Answer.json(["changes": streams?.changes.newestFirst ?? []])
        case .health: return Answer.json(["status": "ok"])
        case .readiness: return readiness
        case .metrics:
            return Answer.text(balancer.metricsText(), type: "text/plain; version=0.0.4; charset=utf-8")
        // Answered by others.
        case .file, .login, .logout, .status, .events, .openAPI, .reset:
            throw Problem(404, "unknown_path", "there is nothing here")
        }
    }

    func service(_ name: String) throws(Problem) -> ServiceStatus {
        guard let status = balancer.status(of: name) else {
            throw .unknown("service", name, among: balancer.serviceNames)
        }
        return status
    }

    func server(_ name: String, of service: String) throws(Problem) -> ServerStatus {
        let servers = try self.service(service).servers
        guard let server = servers.first(where: { $0.name == name }) else {
            throw .unknown("server", name, in: " in service \"\(service)\"", among: servers.map(\.name))
        }
        return server
    }

    func test(_ id: Int) throws(Problem) -> TestStatus {
        guard let test = balancer.tests.first(where: { $0.id == id }) else {
            throw .unknown("test", "\(id)", among: balancer.tests.map { "\($0.id)" })
        }
        return test
    }

    private func exchanges(of name: String, _ target: Target) throws(Problem) -> HTTPServerResponse {
        let after = try target.integer("after", in: 0...Int.max) ?? 0
        let limit = try target.integer("limit", in: 1...Self.exchangeLimits.most)
        let exchanges = balancer.exchanges(
            of: name, after: UInt64(after), atMost: limit ?? Self.exchangeLimits.usual)
        guard let exchanges else { throw .unknown("service", name, among: balancer.serviceNames) }
        return Answer.json(["exchanges": exchanges])
    }

    private func exchange(_ id: UInt64, of name: String) throws(Problem) -> HTTPServerResponse {
        _ = try service(name)
        guard let exchange = balancer.exchange(id, of: name) else {
            throw Problem(
                404, "unknown_exchange", "exchange \(id) has not ended yet, or is no longer remembered")
        }
        return Answer.json(exchange)
    }

    private func history(of name: String) throws(Problem) -> HistoryStatus {
        guard var history = balancer.history(of: name) else {
            throw .unknown("service", name, among: balancer.serviceNames)
        }
        let changes = streams?.changes.newestFirst ?? []
        history.changes = changes.filter { $0.service == nil || $0.service == name }
        return history
    }

    /// For whoever sends traffic here: 503 while it would be sent in vain.
    private var readiness: HTTPServerResponse {
        let reasons = balancer.reasonsNotReady
        guard !reasons.isEmpty else { return Answer.json(["status": "ready"]) }
        return Answer.json(Unready(reasons: reasons), status: 503)
    }
}

private struct Unready: Encodable {
    let status = "not_ready"
    let reasons: [String]

    private enum CodingKeys: CodingKey { case status, reasons }
}

/// The strategy that picks.
struct Picked: Encodable {
    let strategy: String
    let title: String

    init(_ service: ServiceStatus) {
        strategy = service.strategy
        title = service.strategyTitle
    }
}
