import Balancing
import Sockets
import Time

/// Reads one service from its mapping, with what flags and the environment say on top.
struct ServiceReader {
    let name: String
    let mapping: MappingReader
    let overrides: Overrides

    private var report: Report { mapping.report }

    /// The service; nil when it has no address to listen on.
    func read(_ listeners: inout Listeners) -> ServiceConfiguration? {
        let listen = mapping.value("listen", as: .listenAddress, or: overrides.listen)
        let ownMode = mapping.value("mode", as: Format<ServiceMode>.choice("mode"))
        let mode = mapping.replacing(ownMode, of: "mode", by: overrides.mode)
        let rule = ModeRule(own: ownMode, override: overrides.mode)
        let strategy = mapping.value("strategy", as: .choice("strategy"), or: overrides.strategy)
        let servers = readServers()
        let health = HealthReader(mapping: mapping.section("health", keys: Schema.health), mode: rule).read()
        let (timeouts, limits) = (readTimeouts(rule), readLimits(rule))
        let trustedProxies = readTrustedProxies(rule)
        let unsafe = mapping.values(
            "accept_unsafe_answers", named: ("a rule", "rules"), as: Format<UnsafeAnswer>.choice("rule"))
        let accessLog = mapping.value("access_log", as: .onOrOff, or: overrides.accessLog)
        requireWhatIsMissing()
        guard let listen else { return nil }
        let place = mapping.place(of: "listen", or: overrides.listen)
        listeners.add(listen, of: "the service \(QuotedText.quote(name))", at: place)
        listeners.add(listen, of: name, at: place, servers: servers)
        return ServiceConfiguration(
            name: name, listen: listen, mode: mode ?? Defaults.mode,
            strategy: strategy ?? Defaults.strategy, servers: servers.map(\.server), health: health,
            timeouts: timeouts, limits: limits, trustedProxies: trustedProxies,
            acceptUnsafeAnswers: unsafe ?? Defaults.acceptUnsafeAnswers,
            accessLog: accessLog ?? Defaults.accessLog)
    }

    private func readServers() -> [PlacedServer] {
        let path = mapping.path + ["servers"]
        let own = ServerReader(report: report, path: path).read(mapping.list("servers"))
        guard let override = overrides.servers else { return own }
        let servers = override.value ?? []
        report.origins.forget(below: path)
        for index in servers.indices { report.origins[path + ["\(index)", "address"]] = override.origin }
        return servers
    }

    private func readTimeouts(_ mode: ModeRule) -> TimeoutConfiguration {
        let timeouts = mapping.section("timeouts", keys: Schema.timeouts)
        mode.refuse(Schema.httpTimeouts, in: timeouts)
        func read(_ key: String, _ standard: TimeSpan) -> TimeSpan {
            timeouts.value(key, as: .duration) ?? standard
        }
        return TimeoutConfiguration(
            connect: read("connect", Defaults.connectTimeout),
            idle: read("idle", Defaults.idleTimeout),
            requestHead: read("request_head", Defaults.requestHeadTimeout),
            body: read("body", Defaults.bodyTimeout),
            stream: read("stream", Defaults.streamTimeout),
            responseHead: read("response_head", Defaults.responseHeadTimeout),
            keepAlive: read("keep_alive", Defaults.keepAliveTimeout),
            serverKeepAlive: read("server_keep_alive", Defaults.serverKeepAliveTimeout),
            queue: read("queue", Defaults.queueTimeout))
    }

    private func readLimits(_ mode: ModeRule) -> LimitConfiguration {
        let limits = mapping.section("limits", keys: Schema.limits)
        mode.refuse(Schema.httpLimits, in: limits)
        func read(_ key: String, in range: ClosedRange<Int>, _ standard: Int) -> Int {
            limits.value(key, as: .integer(in: range)) ?? standard
        }
        let connections = limits.value("connections", as: .automaticOrInteger(in: Limits.connections))
        return LimitConfiguration(
            connections: connections ?? Defaults.connections,
            retries: read("retries", in: Limits.retries, Defaults.retries),
            requestBody: limits.value("request_body", as: .size(in: Limits.requestBody))
                ?? Defaults.requestBody,
            requestsPerConnection: read(
                "requests_per_connection", in: Limits.requestsPerConnection,
                Defaults.requestsPerConnection),
            keptConnections: read(
                "kept_connections", in: Limits.connectionsOrNone, Defaults.keptConnections),
            queue: read("queue", in: Limits.connectionsOrNone, Defaults.queue))
    }

    private func readTrustedProxies(_ mode: ModeRule) -> [AddressRange] {
        mode.refuse(Schema.httpService, in: mapping)
        return mapping.values(
            "trusted_proxies", named: ("a trusted proxy", "trusted proxies"), as: .addressRange)
            ?? Defaults.trustedProxies
    }

    private func requireWhatIsMissing() {
        if overrides.listen == nil {
            require(.listen, "where clients connect, such as 8080 or 127.0.0.1:8080")
        }
        if overrides.servers == nil {
            require(.servers, "a list with an address for each server, such as 127.0.0.1:8081")
        }
    }

    private func require(_ setting: OverridableSetting, _ meaning: String) {
        guard report.hasFile else {
            let ways = "a configuration file, \(setting.flag) or \(setting.variable)"
            return report.add("\"\(setting.rawValue)\" is not set anywhere: give \(ways)", at: .nowhere)
        }
        mapping.require(setting.rawValue, meaning)
    }
}
