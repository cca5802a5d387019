import HTTPServer

/// What is asked for and changes nothing.
extension AdminServer {
    /// Exchanges in one answer, at the most and where nothing is said.
    private static let exchangeLimits = (most: 200, usual: 50)

    func getState(_ route: Route, _ target: Target) throws(Problem) -> HTTPServerResponse {
        switch route {
        case .services:
            return long(route) {
                Pieces.object(
                    { ["services": [Int]()] },
                    filling: [("services", balancer.serviceNames.map(pieces(ofService:)))])
            }
        case .service(let name):
            _ = try service(name)
            return long(route) { pieces(ofService: name) }
        case .servers(let name):
            _ = try service(name)
            return long(route) {
                Pieces.object({ ["servers": [Int]()] }, filling: [("servers", servers(of: name))])
            }
        case .server(let name, let service): return Answer.json(try server(name, of: service))
        case .strategy(let name): return Answer.json(Picked(try service(name)))
        case .exchanges(let name): return try exchanges(of: name, target)
        case .exchange(let id, let name): return try exchange(id, of: name)
        case .history(let name):
            let history = try history(of: name)
            return long(route) {
                Pieces.object(
                    { history },
                    filling: [("servers", balancer.serverHistories(of: name).map { [Pieces.value($0)] })])
            }
        case .tests: return Answer.json(["tests": balancer.tests])
        case .test(let id): return Answer.json(try test(id))
        case .changes: return Answer.json(["changes": streams?.changes.newestFirst ?? []])
        case .health: return Answer.json(["status": "ok"])
        case .readiness: return readiness
        case .metrics:
            let content = answers.content(of: route, at: loop.now) ?? kept(metrics, of: route)
            return Answer.content(content, type: "text/plain; version=0.0.4; charset=utf-8")
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
        guard let server = balancer.server(name, of: service) else {
            _ = try self.service(service)
            throw .unknown(
                "server", name, in: " in service \"\(service)\"", among: balancer.serverNames(of: service))
        }
        return server
    }

    func test(_ text: String) throws(Problem) -> TestStatus {
        let id = try Target.id(text, of: "test")
        guard let test = balancer.tests.first(where: { $0.id == id }) else {
            throw .unknown("test", "\(id)", among: balancer.tests.map { "\($0.id)" })
        }
        return test
    }

    private func exchanges(of name: String, _ target: Target) throws(Problem) -> HTTPServerResponse {
        let after = try target.integer("after", in: Target.ids) ?? 0
        let limit = try target.integer("limit", in: 1...Self.exchangeLimits.most)
        _ = try service(name)
        let exchanges = exchanges(of: name, after: UInt64(after), atMost: limit ?? Self.exchangeLimits.usual)
        let pieces = Pieces.object({ ["exchanges": [Int]()] }, filling: [("exchanges", exchanges)])
        return Answer.content(content(pieces + [Self.lineEnd]))
    }

    private func exchange(_ text: String, of name: String) throws(Problem) -> HTTPServerResponse {
        let id = UInt64(try Target.id(text, of: "exchange"))
        _ = try service(name)
        guard let exchange = answers.exchange(id, of: name, from: balancer) else {
            throw Problem(
                404, "unknown_exchange", "exchange \(id) has not ended yet, or is no longer remembered")
        }
        return Answer.content(content([{ exchange }, Self.lineEnd]))
    }

    private static func lineEnd() -> [UInt8] { [UInt8(ascii: "\n")] }

    /// What is made in pieces, and if it is long, once a second for everyone.
    private func long(_ route: Route, _ pieces: () -> [Piece]) -> HTTPServerResponse {
        Answer.content(
            answers.content(of: route, at: loop.now) ?? kept(content(pieces() + [Self.lineEnd]), of: route))
    }

    private func kept(_ content: HTTPServerContent, of route: Route) -> HTTPServerContent {
        answers.keep(content, of: route, at: loop.now)
        content.onWhole = { [weak self, weak content] in
            if let self, let content { answers.isWhole(content, of: route, at: loop.now) }
        }
        return content
    }

    private var metrics: HTTPServerContent {
        let pieces = balancer.metrics()
        return HTTPServerContent(AnyIterator { pieces.next().map { Array($0.utf8) } })
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
