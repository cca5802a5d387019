/// Refuses the keys that only have a meaning for requests where connections are balanced: a limit that
/// limits nothing would be found out on the day that it is needed.
struct ModeRule {
    /// What a refused key gets told behind its name; nil where requests are balanced.
    private let refusal: String?

    /// - Parameters:
    ///   - own: what the file says; nil when that is nothing, or wrong. It counts also where it is
    ///     replaced: the file would be wrong on the day that the flag is left out.
    ///   - override: what replaces it.
    init(own: ServiceMode?, override: Override<ServiceMode>?) {
        if own == .tcp {
            refusal = "has no meaning in mode tcp: write \"mode: http\", or leave it out"
        } else if let override, override.value == .tcp {
            refusal = "has no meaning in mode tcp, which \(override.origin) sets: leave out one of them"
        } else {
            refusal = nil
        }
    }

    /// Notes those of a mapping's keys that the mode has no use for.
    func refuse(_ keys: [String], in mapping: MappingReader) {
        guard let refusal else { return }
        for entry in mapping.entries where keys.contains(entry.name) {
            mapping.report.add("\"\(entry.name)\" \(refusal)", at: entry.place)
        }
    }
}
