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
        let request = CheckRequestConfiguration(
            method: mapping.value("method", as: .checkMethod) ?? Defaults.healthMethod,
            path: mapping.value("path", as: .requestPath) ?? Defaults.healthPath,
            host: mapping.value("host", as: .hostField),
            fields: readFields(),
            expect: mapping.value("expect", as: .statusRange) ?? Defaults.healthExpect)
        return switch kind {
        case .tcp: .tcp(completesHandshake: completesHandshake)
        case .http: .http(request)
        case .none: .none
        }
    }

    /// The fields of a check's request. A value may be secret, so no message repeats one.
    private func readFields() -> [CheckField] {
        let section = mapping.section("fields", keys: nil)
        var fields: [CheckField] = []
        for entry in section.entries.prefix(Limits.checkFields) {
            let name = entry.name
            if let problem = Self.problem(with: name, after: fields) {
                mapping.report.add(problem, at: entry.place)
            } else if let value = section.value(name, as: .fieldValue(of: name)) {
                fields.append(CheckField(name: name, value: value))
            }
        }
        let bytes = fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        if let place = mapping.entry("fields")?.place {
            if section.entries.count > Limits.checkFields {
                mapping.report.add("\"fields\" has more than \(Limits.checkFields) fields", at: place)
            } else if bytes > Limits.checkFieldBytes {
                mapping.report.add(
                    "\"fields\" has more than \(Limits.checkFieldBytes) bytes of names and values", at: place)
            }
        }
        return fields
    }

    /// What is wrong with a field's name (RFC 9110 section 5.1); nil when it is right. Two fields of a name could be
    /// read as one or as the other.
    private static func problem(with name: String, after fields: [CheckField]) -> String? {
        guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else {
            return "the name of a field is letters, digits, \"-\" and the like, without spaces and colons"
        }
        if let refusal = CheckField.refusal(of: name) {
            return "a check cannot have the field \(QuotedText.quote(name)): \(refusal)"
        }
        guard !fields.contains(where: { $0.name.lowercased() == name.lowercased() }) else {
            return "the field \(QuotedText.quote(name)) is already there: capital letters count as small ones"
        }
        return nil
    }

    /// A byte of a token (RFC 9110 section 5.6.2).
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
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
