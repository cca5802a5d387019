import Yams

extension Configuration {
    /// Reads a configuration from its four layers: flags go before the environment, that before the
    /// file, that before the defaults.
    ///
    /// - Parameters:
    ///   - file: the file, or nil for a service that flags and the environment describe alone.
    ///   - environment: all variables; those that do not start with `EVENKEEL_` are passed over.
    ///   - flags: what the command line said.
    /// - Throws: ``ConfigurationErrors`` with every mistake of every layer.
    public static func load(
        file: ConfigurationFile?, environment: [String: String], flags: ConfigurationOverrides
    ) throws(ConfigurationErrors) -> Configuration {
        let report: Report
        do throws(Diagnostic) {
            report = Report(document: try Document.reading(file))
        } catch {
            report = Report(document: nil)
            report.add(error)
            // Their own mistakes show in the same run.
            _ = Overrides(flags: flags, environment: environment, report: report)
            throw report.errors ?? ConfigurationErrors([error])
        }
        let overrides = Overrides(flags: flags, environment: environment, report: report)
        let configuration = ConfigurationReader(report: report, overrides: overrides).read()
        if let errors = report.errors { throw errors }
        return configuration
    }
}

/// Reads the whole file, in its short or its long form.
private struct ConfigurationReader {
    let report: Report
    let overrides: Overrides

    /// The configuration, as far as it could be read.
    func read() -> Configuration {
        let top = readTop()
        var listeners = Listeners(report: report)
        let services =
            top.entry("services") == nil
            ? readShortForm(top, &listeners) : readLongForm(top, &listeners)
        let admin = AdminReader(mapping: top.section("admin", keys: Schema.admin), overrides: overrides)
            .read(&listeners)
        listeners.refuseCircles()
        if let dashboard = admin.listen, admin.token == nil { listeners.refuseServers(thatAre: dashboard) }
        let timeout =
            top.value("shutdown_timeout", as: .duration, or: overrides.shutdownTimeout)
            ?? Defaults.shutdownTimeout
        let tunnels = top.value("shutdown_tunnel_timeout", as: .duration)
        let level = top.value("log_level", as: .choice("log level"), or: overrides.logLevel)
        return Configuration(
            services: services, admin: admin, shutdownTimeout: timeout,
            shutdownTunnelTimeout: tunnels ?? timeout, logLevel: level ?? Defaults.logLevel,
            origins: report.origins)
    }

    private func readTop() -> MappingReader {
        guard let document = report.document else {
            return MappingReader(emptyAt: .nowhere, path: [], report: report)
        }
        let start = document.source.place(line: 1, scalar: 1)
        guard let root = document.root, !root.isNothing else {
            return MappingReader(emptyAt: start, path: [], report: report)
        }
        return report.mapping(root, named: "the file", keys: Schema.file, path: [])
    }

    /// The only service's keys stand at the top.
    private func readShortForm(_ top: MappingReader, _ listeners: inout Listeners) -> [ServiceConfiguration] {
        let name = Defaults.serviceName
        let service = ServiceReader(name: name, mapping: top.at("services", name), overrides: overrides)
        return [service.read(&listeners)].compactMap { $0 }
    }

    private func readLongForm(_ top: MappingReader, _ listeners: inout Listeners) -> [ServiceConfiguration] {
        refuseMixture(top)
        let entries = top.section("services", keys: nil).entries
        if let node = top.entry("services")?.value, case .mapping = node, entries.isEmpty {
            report.add("\"services\" needs at least one service", at: report.place(of: node))
        }
        if entries.count > 1 { refuseOverrides(of: entries.map(\.name)) }
        return entries.compactMap { entry in
            _ = report.read(entry.name, at: entry.place, as: .serviceName)
            let mapping = report.mapping(
                entry.value, named: QuotedText.quote(entry.name), keys: Schema.service,
                path: ["services", entry.name])
            let reader = ServiceReader(
                name: entry.name, mapping: mapping,
                overrides: entries.count > 1 ? overrides.ofNoService : overrides)
            return reader.read(&listeners)
        }
    }

    private func refuseMixture(_ top: MappingReader) {
        let beside = top.entries.filter { Schema.service.contains($0.name) }
        guard let first = beside.first else { return }
        let names = beside.map { "\"\($0.name)\"" }.joined(separator: ", ")
        report.add(
            "\(names) cannot stand beside \"services\": write the keys of each service below its name",
            at: first.place)
    }

    private func refuseOverrides(of names: [String]) {
        for origin in overrides.ofOneService {
            let services = "\(names.count) (\(names.joined(separator: ", ")))"
            report.add(
                "it applies to a single service, and the file has \(services)",
                at: .named(origin.description))
        }
    }
}
