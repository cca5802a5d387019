/// Reads the mapping `health`.
struct HealthReader {
    let mapping: MappingReader
    let mode: ModeRule

    func read() -> HealthConfiguration {
        mode.refuse(Schema.httpHealth, in: mapping)
        let kind = mapping.value("type", as: Format<CheckName>.choice("type of health check"))
        if let kind = mapping.entry("type") != nil ? kind : Defaults.checkKind.name { refuseUnused(by: kind) }
        return HealthConfiguration(
            kind: read(kind ?? Defaults.checkKind.name),
            interval: mapping.value("interval", as: .duration) ?? Defaults.healthInterval,
            fastInterval: mapping.value("fast_interval", as: .duration) ?? Defaults.healthFastInterval,
            timeout: mapping.value("timeout", as: .duration) ?? Defaults.healthTimeout,
            rise: mapping.value("rise", as: .integer(in: Limits.probes)) ?? Defaults.rise,
            fall: mapping.value("fall", as: .integer(in: Limits.probes)) ?? Defaults.fall,
            consecutiveFailures: mapping.value("consecutive_failures", as: .integer(in: Limits.failures))
                ?? Defaults.consecutiveFailures,
            statuses: readStatuses() ?? Defaults.failureStatuses,
            ejection: mapping.value("ejection", as: .ejection) ?? Defaults.ejection)
    }

    /// An empty list is an answer too: no status is a failure.
    private func readStatuses() -> [Int]? {
        mapping.values("statuses", named: ("a status", "statuses"), as: .failureStatus)
    }

    private func read(_ kind: CheckName) -> CheckKind {
        let completesHandshake =
            mapping.value("complete_handshake", as: .onOrOff) ?? Defaults.completesHandshake
        let path = mapping.value("path", as: .requestPath) ?? Defaults.healthPath
        let expect = mapping.value("expect", as: .statusRange) ?? Defaults.healthExpect
        return switch kind {
        case .tcp: .tcp(completesHandshake: completesHandshake)
        case .http: .http(path: path, expect: expect)
        case .none: .none
        }
    }

    /// A key that changes nothing is a misunderstanding that would show only when a server is down.
    /// Ejection needs no probe: it goes by the exchanges of clients.
    private func refuseUnused(by kind: CheckName) {
        let unused =
            switch kind {
            case .http: Schema.tcpCheck
            case .tcp: Schema.httpCheck
            case .none: Schema.health.filter { $0 != "type" && !Schema.httpHealth.contains($0) }
            }
        for entry in mapping.entries where unused.contains(entry.name) {
            let remedy = Self.remedy(for: entry.name)
            mapping.report.add(
                "\"\(entry.name)\" has no meaning for type \(kind.rawValue): write \(remedy), or leave it out",
                at: entry.place)
        }
    }

    /// With which types a key has a meaning.
    private static func remedy(for key: String) -> String {
        if Schema.httpCheck.contains(key) { return "\"type: http\"" }
        return Schema.tcpCheck.contains(key) ? "\"type: tcp\"" : "\"type: tcp\" or \"type: http\""
    }
}
