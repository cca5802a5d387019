import Balancing
import Sockets

/// Reads one service from its mapping, with what flags and the environment say on top.
struct ServiceReader {
    let name: String
    let mapping: MappingReader
    let overrides: Overrides

    private var report: Report { mapping.report }

    /// The service; nil when it has no address to listen on.
    func read() -> ServiceConfiguration? {
        let listen = mapping.value("listen", as: .listenAddress, or: overrides.listen)
        let mode = mapping.value("mode", as: .choice("mode"), or: overrides.mode)
        let strategy = mapping.value("strategy", as: .choice("strategy"), or: overrides.strategy)
        let servers = readServers()
        let health = HealthReader(mapping: mapping.section("health", keys: Schema.health)).read()
        let (timeouts, limits) = (readTimeouts(), readLimits())
        requireWhatIsMissing()
        guard let listen else { return nil }
        refuseLoop(from: listen, to: servers)
        return ServiceConfiguration(
            name: name, listen: listen, mode: mode ?? Defaults.mode,
            strategy: strategy ?? Defaults.strategy, servers: servers.map(\.server), health: health,
            timeouts: timeouts, limits: limits)
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

    private func readTimeouts() -> TimeoutConfiguration {
        let timeouts = mapping.section("timeouts", keys: Schema.timeouts)
        return TimeoutConfiguration(
            connect: timeouts.value("connect", as: .duration) ?? Defaults.connectTimeout,
            idle: timeouts.value("idle", as: .duration) ?? Defaults.idleTimeout)
    }

    private func readLimits() -> LimitConfiguration {
        let limits = mapping.section("limits", keys: Schema.limits)
        let connections = limits.value("connections", as: .automaticOrInteger(in: Limits.connections))
        return LimitConfiguration(
            connections: connections ?? Defaults.connections,
            retries: limits.value("retries", as: .integer(in: Limits.retries)) ?? Defaults.retries)
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

    /// A service that is its own server would connect to itself until the machine has no ports left.
    private func refuseLoop(from listen: Endpoint, to servers: [PlacedServer]) {
        for placed in servers where placed.server.address.folded == listen.folded {
            report.add("the server \"\(listen)\" is the service's own listen address", at: placed.place)
        }
    }
}
