extension TestPlan {
    /// Requests at once, where nothing is said.
    private static let usualConcurrency = 10
    /// Seconds for one request, where nothing is said.
    private static let usualTimeout = 30.0
    /// Seconds that can be counted with at all; what a test may take is for who runs it to say.
    private static let seconds = 0.0...1e9

    /// Reads a plan; only the balancer's own listeners can be its target. Who runs the test checks its values.
    ///
    /// - Throws: ``Problem`` with the member that is wrong and what would be right.
    init(
        _ body: JSONBody, targets: [(service: String, url: String)], services: [String]
    ) throws(Problem) {
        var body = body
        let service = try body.string("service")
        if let service, !services.contains(service) { throw .unknown("service", service, among: services) }
        let target = try Self.target(service, among: targets)
        let path = try body.string("path") ?? "/"
        let concurrency = try body.integer("concurrency")
        let timeout = try body.number("timeout_seconds", in: Self.seconds)
        self.init(
            service: target.service, url: target.url.dropLast() + path,
            method: try body.string("method") ?? "GET", path: path,
            headers: try body.strings("headers") ?? [:], requests: try body.integer("requests"),
            durationSeconds: try body.number("duration_seconds", in: Self.seconds),
            concurrency: concurrency ?? Self.usualConcurrency, rate: try body.number("rate"),
            keepAlive: try body.bool("keep_alive") ?? true,
            timeoutSeconds: timeout ?? Self.usualTimeout)
        try body.finish()
        guard (requests == nil) != (durationSeconds == nil) else {
            throw Problem(400, "bad_value", "give either \"requests\" or \"duration_seconds\"")
        }
    }

    private static func target(
        _ name: String?, among targets: [(service: String, url: String)]
    ) throws(Problem) -> (service: String, url: String) {
        let names = targets.map(\.service).joined(separator: ", ")
        guard let name else {
            guard targets.count == 1 else {
                throw Problem(400, "bad_value", "give \"service\"; a test can have: \(names)")
            }
            return targets[0]
        }
        guard let target = targets.first(where: { $0.service == name }) else {
            throw Problem(
                400, "bad_value", "\"service\" must be one that speaks HTTP on a TCP port: \(names)")
        }
        return target
    }
}
