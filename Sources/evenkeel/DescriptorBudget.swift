import Configuration

/// How many sessions a service may hold so that descriptors never run out for anything else.
///
/// A session takes two: its client's and its server's. Kept back are those for listeners, for a check
/// of every server at once, and for the loop, the log and the standard streams.
struct DescriptorBudget {
    /// Standard streams, epoll, signals, the runtime's own, and some air.
    static let keptBack = 16
    /// Client and server.
    static let perSession = 2

    private let limit: Int
    private let share: Int

    init(for configuration: Configuration, limit: Int) {
        self.limit = limit
        let servers = configuration.services.reduce(0) { $0 + $1.servers.count }
        let reserved = Self.keptBack + configuration.services.count + servers
        let free = max(limit - reserved, Self.perSession * configuration.services.count)
        share = max(1, free / Self.perSession / max(1, configuration.services.count))
    }

    /// The service's own limit, as far as descriptors allow; an equal share where it has none.
    func sessions(for service: ServiceConfiguration) -> Int {
        min(service.limits.connections ?? share, share)
    }

    /// What a person should know whose limit cannot be kept.
    func warning(for service: ServiceConfiguration) -> String? {
        guard let wanted = service.limits.connections, wanted > share else { return nil }
        return """
            \(service.name): limits.connections is \(wanted), but the \(limit) file descriptors of this \
            process are enough for \(share); that is the limit now (raise it with ulimit -n, or \
            LimitNOFILE= in the systemd unit)
            """
    }
}
