import Time

extension Configuration {
    /// The configuration as a file in its long form: every value with where it comes from.
    ///
    /// It reads back as an equal configuration, save for what the file has no words for: time spans
    /// finer than a millisecond, and the timing of a health check of type `none`.
    public func printed() -> String {
        var printer = Printer(origins: origins)
        printer.heading("services", depth: 0)
        for service in services { printer.print(service) }
        printer.value("shutdown_timeout", shutdownTimeout.text, [], depth: 0)
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
        let comment = QuotedText.printable(origins[path + [key]].description)
        lines.append(("\(indent)\(key): \(QuotedText.yaml(value))", comment))
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
        print(service.health, path + ["health"])
        heading("timeouts", depth: 2)
        value("connect", service.timeouts.connect.text, path + ["timeouts"], depth: 3)
        value("idle", service.timeouts.idle.text, path + ["timeouts"], depth: 3)
        heading("limits", depth: 2)
        let connections = service.limits.connections.map(String.init) ?? "auto"
        value("connections", connections, path + ["limits"], depth: 3)
        value("retries", "\(service.limits.retries)", path + ["limits"], depth: 3)
    }

    /// The name is left out where it is only the address again: the address may be longer than a name.
    private mutating func print(_ server: ServerConfiguration, _ path: [String]) {
        value("address", server.address.description, path, depth: 4, dash: true)
        if server.name != server.address.description { value("name", server.name, path, depth: 4) }
        value("weight", "\(server.weight)", path, depth: 4)
    }

    private mutating func print(_ health: HealthConfiguration, _ path: [String]) {
        heading("health", depth: 2)
        value("type", health.kind.name.rawValue, path, depth: 3)
        if health.kind == .none { return }
        if case .http(let target, let expect) = health.kind {
            value("path", target, path, depth: 3)
            value("expect", Self.text(of: expect), path, depth: 3)
        }
        value("interval", health.interval.text, path, depth: 3)
        value("fast_interval", health.fastInterval.text, path, depth: 3)
        value("timeout", health.timeout.text, path, depth: 3)
        value("rise", "\(health.rise)", path, depth: 3)
        value("fall", "\(health.fall)", path, depth: 3)
    }

    private static func text(of range: ClosedRange<Int>) -> String {
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }

    private static func indent(_ depth: Int) -> String {
        String(repeating: "  ", count: depth)
    }
}
