/// The keys that each mapping of the file may have.
enum Schema {
    /// Beside `services`, or beside the keys of the short form's only service.
    static let global = ["shutdown_timeout", "log_level"]
    static let service = ["listen", "mode", "strategy", "servers", "health", "timeouts", "limits"]
    static let server = ["name", "address", "weight"]
    static let health = ["type", "path", "expect", "interval", "fast_interval", "timeout", "rise", "fall"]
    static let timeouts = ["connect", "idle"]
    static let limits = ["connections", "retries"]
    /// The whole file.
    static let file = service + ["services"] + global

    /// The mapping where a key belongs that was met elsewhere.
    static func home(of key: String) -> String? {
        let homes = [("health", health), ("timeouts", timeouts), ("limits", limits), ("servers", server)]
        if let (name, _) = homes.first(where: { $0.1.contains(key) }) { return "in \"\(name)\"" }
        if service.contains(key) { return "in a service" }
        return global.contains(key) ? "at the top of the file" : nil
    }
}
