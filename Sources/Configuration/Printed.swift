import Sockets
import Time

extension Configuration {
    /// The configuration as a file in its long form: every value with where it comes from.
    ///
    /// It reads back as an equal configuration, save for what the file has no words for: time spans
    /// finer than a millisecond, the timing of a health check of type `none`, and in mode tcp all that
    /// only concerns requests. A token is not shown, unless by the file that holds it: what reads the print
    /// back needs it from a variable. Nor are the values of a check's fields.
    public func printed() -> String {
        var printer = Printer(origins: origins)
        printer.heading("services", depth: 0)
        for service in services { printer.print(service) }
        printer.print(admin)
        printer.value("shutdown_timeout", shutdownTimeout.text, [], depth: 0)
        printer.value("shutdown_tunnel_timeout", shutdownTunnelTimeout.text, [], depth: 0)
        printer.value("log_level", logLevel.rawValue, [], depth: 0)
        return printer.text
    }
}

/// Gathers lines and sets their comments below each other.
private struct Printer {
    let origins: Origins
    private var lines: [(text: String, comment: String)] = []

    /// Comments stand in one column up to this one; a longer line has its own behind it.
    private static let widestColumn = 60

    init(origins: Origins) {
        self.origins = origins
    }

    var text: String {
        let widths = lines.filter { !$0.comment.isEmpty }.map(\.text.count)
        let column = widths.filter { $0 <= Self.widestColumn }.max() ?? 0
        return lines.map { line in
            guard !line.comment.isEmpty else { return line.text + "\n" }
            let gap = String(repeating: " ", count: max(0, column - line.text.count) + 2)
            return "\(line.text)\(gap)# \(line.comment)\n"
        }.joined()
    }

    mutating func heading(_ key: String, depth: Int) {
        lines.append((Self.indent(depth) + QuotedText.yaml(key) + ":", ""))
    }

    /// A value whose origin is known by the path of its mapping.
    mutating func value(_ key: String, _ value: String, _ path: [String], depth: Int, dash: Bool = false) {
        let indent = dash ? Self.indent(depth - 1) + "- " : Self.indent(depth)
        line("\(indent)\(key): \(QuotedText.yaml(value))", path + [key])
    }

    /// A list, one item on each line: in one line a long list would be longer than a file's line may be.
    mutating func list(_ key: String, _ items: [String], _ path: [String], depth: Int) {
        let path = path + [key]
        let indent = Self.indent(depth)
        guard !items.isEmpty else { return line("\(indent)\(key): []", path) }
        heading(key, depth: depth)
        for (index, item) in items.enumerated() {
            line("\(indent)  - \(QuotedText.yaml(item))", path + ["\(index)"])
        }
    }

    /// A few numbers, in one line.
    mutating func numbers(_ key: String, _ numbers: [Int], _ path: [String], depth: Int) {
        let list = numbers.map(String.init).joined(separator: ", ")
        line("\(Self.indent(depth))\(key): [\(list)]", path + [key])
    }

    /// A line with the origin of a path.
    private mutating func line(_ text: String, _ path: [String]) {
        lines.append((text, QuotedText.printable(origins[path].description)))
    }

    mutating func print(_ service: ServiceConfiguration) {
        let path = ["services", service.name]
        heading(service.name, depth: 1)
        value("listen", service.listen.description, path, depth: 2)
        value("mode", service.mode.rawValue, path, depth: 2)
        value("strategy", service.strategy.rawValue, path, depth: 2)
        heading("servers", depth: 2)
        for (index, server) in service.servers.enumerated() {
            print(server, path + ["servers", "\(index)"])
        }
        print(service.health, path + ["health"], mode: service.mode)
        print(service.timeouts, path + ["timeouts"], mode: service.mode)
        print(service.limits, path + ["limits"], mode: service.mode)
        if service.mode == .http {
            list("trusted_proxies", service.trustedProxies.map(\.description), path, depth: 2)
            list("accept_unsafe_answers", service.acceptUnsafeAnswers.map(\.rawValue), path, depth: 2)
        }
        value("access_log", service.accessLog ? "on" : "off", path, depth: 2)
    }

    mutating func print(_ admin: AdminConfiguration) {
        let path = ["admin"]
        heading("admin", depth: 0)
        value("listen", admin.listen?.description ?? "off", path, depth: 1)
        if let file = admin.tokenFile {
            value("token_file", file, path, depth: 1)
        } else if let token = admin.token {
            // A remark: the token is for nobody's screen, and "(set)" would be read as one.
            line("\(Self.indent(1))# token: \(token)", path + ["token"])
        }
        list("hosts", admin.hosts, path, depth: 1)
        value("monitoring", admin.monitoring?.description ?? "off", path, depth: 1)
    }

    /// The name is left out where it is only the address again: the address may be longer than a name.
    private mutating func print(_ server: ServerConfiguration, _ path: [String]) {
        value("address", server.address.description, path, depth: 4, dash: true)
        if server.name != server.address.description { value("name", server.name, path, depth: 4) }
        value("weight", "\(server.weight)", path, depth: 4)
        if let connections = server.maxConnections {
            value("max_connections", "\(connections)", path, depth: 4)
        }
    }

    private mutating func print(_ health: HealthConfiguration, _ path: [String], mode: ServiceMode) {
        heading("health", depth: 2)
        value("type", health.kind.name.rawValue, path, depth: 3)
        if health.kind != .none { printProbes(health, path) }
        guard mode == .http else { return }
        value("consecutive_failures", "\(health.consecutiveFailures)", path, depth: 3)
        numbers("statuses", health.statuses, path, depth: 3)
        value("ejection", health.ejection.text, path, depth: 3)
    }

    private mutating func printProbes(_ health: HealthConfiguration, _ path: [String]) {
        switch health.kind {
        case .none: break
        case .tcp(let completesHandshake):
            value("complete_handshake", completesHandshake ? "on" : "off", path, depth: 3)
        case .http(let request): print(request, path)
        }
        value("interval", health.interval.text, path, depth: 3)
        value("fast_interval", health.fastInterval.text, path, depth: 3)
        value("timeout", health.timeout.text, path, depth: 3)
        value("rise", "\(health.rise)", path, depth: 3)
        value("fall", "\(health.fall)", path, depth: 3)
    }

    /// The values of fields are for nobody's screen: a remark tells that they are there, as of the token.
    private mutating func print(_ request: CheckRequestConfiguration, _ path: [String]) {
        value("method", request.method.rawValue, path, depth: 3)
        value("path", request.path, path, depth: 3)
        if let host = request.host { value("host", host, path, depth: 3) }
        for field in request.fields {
            line("\(Self.indent(3))# fields: \(field)", path + ["fields", field.name])
        }
        value("expect", Self.text(of: request.expect), path, depth: 3)
    }

    private mutating func print(_ timeouts: TimeoutConfiguration, _ path: [String], mode: ServiceMode) {
        heading("timeouts", depth: 2)
        value("connect", timeouts.connect.text, path, depth: 3)
        value("idle", timeouts.idle.text, path, depth: 3)
        guard mode == .http else { return }
        value("request_head", timeouts.requestHead.text, path, depth: 3)
        value("body", timeouts.body.text, path, depth: 3)
        value("stream", timeouts.stream.text, path, depth: 3)
        value("response_head", timeouts.responseHead.text, path, depth: 3)
        value("keep_alive", timeouts.keepAlive.text, path, depth: 3)
        value("server_keep_alive", timeouts.serverKeepAlive.text, path, depth: 3)
        value("queue", timeouts.queue.text, path, depth: 3)
    }

    private mutating func print(_ limits: LimitConfiguration, _ path: [String], mode: ServiceMode) {
        heading("limits", depth: 2)
        value("connections", limits.connections.map(String.init) ?? "auto", path, depth: 3)
        value("retries", "\(limits.retries)", path, depth: 3)
        guard mode == .http else { return }
        value("request_body", Size.text(of: limits.requestBody), path, depth: 3)
        value("requests_per_connection", "\(limits.requestsPerConnection)", path, depth: 3)
        value("kept_connections", "\(limits.keptConnections)", path, depth: 3)
        value("queue", "\(limits.queue)", path, depth: 3)
    }

    private static func text(of range: ClosedRange<Int>) -> String {
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }

    private static func indent(_ depth: Int) -> String {
        String(repeating: "  ", count: depth)
    }
}
