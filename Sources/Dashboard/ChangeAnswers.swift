import Balancing
import HTTPServer

/// What is asked for and changes something.
extension AdminServer {
    /// How long a drain may take, in seconds.
    private static let drainTimeouts = 1.0...3600
    /// How long it takes where nothing is said: as long as a body may stand still.
    private static let usualDrainTimeout = 30.0

    func change(_ route: Route, _ content: [UInt8]) throws(Problem) -> HTTPServerResponse {
        switch route {
        case .server(let name, let service): return try changeServer(name, of: service, content)
        case .strategy(let name): return try setStrategy(of: name, content)
        case .reset: return try resetMetrics(content)
        case .tests: return try startTest(content)
        case .test(let id):
            return Answer.json(balancer.cancelTest(try test(id).id))
        default: throw Problem.wrongMethod(route.methods)
        }
    }

    private func changeServer(
        _ name: String, of service: String, _ content: [UInt8]
    ) throws(Problem) -> HTTPServerResponse {
        _ = try server(name, of: service)
        var body = try JSONBody(content)
        let state = try body.choice("administrative_state", as: AdministrativeState.self)
        let weight = try body.integer("weight", in: Server.weights)
        let timeout = try body.number("drain_timeout_seconds", in: Self.drainTimeouts)
        let ejected = try body.bool("ejected")
        try body.finish()
        guard ejected != true else {
            throw Problem(400, "bad_value", "\"ejected\" can only be false: that ends an ejection")
        }
        guard state != nil || weight != nil || ejected != nil else {
            throw Problem(400, "nothing_to_change", "give administrative_state, weight or ejected")
        }
        guard timeout == nil || state == .draining else {
            throw Problem(
                400, "bad_value", "\"drain_timeout_seconds\" goes with \"administrative_state\": \"draining\""
            )
        }
        let change = ServerChange(
            administrativeState: state, weight: weight,
            drainTimeout: .seconds(timeout ?? Self.usualDrainTimeout), endsEjection: ejected == false)
        _ = balancer.change(change, of: name, in: service)
        return Answer.json(try server(name, of: service))
    }

    private func setStrategy(
        of name: String, _ content: [UInt8]
    ) throws(Problem) -> HTTPServerResponse {
        _ = try service(name)
        var body = try JSONBody(content)
        let strategy = try body.choice("strategy", as: StrategyName.self)
        try body.finish()
        guard let strategy else { throw Problem(400, "bad_value", "\"strategy\" is missing") }
        balancer.setStrategy(strategy, of: name)
        return Answer.json(Picked(try service(name)))
    }

    private func resetMetrics(_ content: [UInt8]) throws(Problem) -> HTTPServerResponse {
        var body = try JSONBody(content)
        let name = try body.string("service")
        try body.finish()
        if let name { _ = try service(name) }
        return Answer.json(Counting(countingSince: balancer.resetMetrics(of: name)))
    }

    private func startTest(_ content: [UInt8]) throws(Problem) -> HTTPServerResponse {
        let plan = try TestPlan(
            JSONBody(content), targets: balancer.testTargets, services: balancer.serviceNames)
        do throws(TestRefusal) {
            let test = try balancer.startTest(plan)
            return Answer.json(test, status: 201, fields: [("Location", "/api/v1/tests/\(test.id)")])
        } catch {
            switch error {
            case .running(let id):
                throw Problem(409, "test_running", "test \(id) still runs; cancel it or wait for its end")
            case .wrong(let member, let problem): throw Problem(400, "bad_value", "\"\(member)\" \(problem)")
            case .impossible(let reason): throw Problem(503, "test_impossible", reason)
            }
        }
    }
}

/// Since when is counted.
private struct Counting: Encodable {
    let countingSince: Double

    private enum CodingKeys: String, CodingKey {
        case countingSince = "counting_since"
    }
}
