/// The keys that each mapping of the file may have.
enum Schema {
    /// Beside `services`, or beside the keys of the short form's only service.
    static let global = ["admin", "shutdown_timeout", "shutdown_tunnel_timeout", "log_level"]
    static let service =
        ["listen", "mode", "strategy", "servers", "health", "timeouts", "limits"] + httpService
        + ["access_log"]
    static let admin = ["listen", "token", "token_file", "hosts", "monitoring"]
    static let server = ["name", "address", "weight", "max_connections"]
    static let health =
        ["type"] + tcpCheck + httpCheck + ["interval", "fast_interval", "timeout", "rise", "fall"]
        + httpHealth
    // What only has a meaning for one type of check.
    static let tcpCheck = ["complete_handshake"]
    static let httpCheck = ["method", "path", "host", "fields", "expect"]
    static let timeouts = ["connect", "idle"] + httpTimeouts
    static let limits = ["connections", "retries"] + httpLimits

    // What only has a meaning where requests are balanced.
    static let httpService = ["trusted_proxies", "accept_unsafe_answers"]
    static let httpHealth = ["consecutive_failures", "statuses", "ejection"]
    static let httpTimeouts = [
        "request_head", "body", "stream", "response_head", "keep_alive", "server_keep_alive", "queue",
    ]
    static let httpLimits = ["request_body", "requests_per_connection", "kept_connections", "queue"]
    /// The whole file.
    static let file = service + ["services"] + global

    /// The mapping where a key belongs that was met elsewhere.
    static func home(of key: String) -> String? {
        let homes = [
            ("a service", service), ("\"health\"", health), ("\"timeouts\"", timeouts),
            ("\"limits\"", limits), ("\"servers\"", server), ("\"admin\"", admin),
        ]
        let names = homes.filter { $0.1.contains(key) }.map(\.0)
        if !names.isEmpty { return "in \(names.joined(separator: " or "))" }
        return global.contains(key) ? "at the top of the file" : nil
    }
}
