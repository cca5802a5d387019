import Configuration
import Proxy
import Sockets

/// How many clients a service may hold so that descriptors never run out for anything else.
///
/// A client with a request or a session in flight takes two: its own connection and the server's. Kept back
/// are those for listeners, for a check of every server at once, for pipes, for the dashboard, and for the loop, the
/// log and the standard streams.
struct DescriptorBudget {
    /// Standard streams, epoll, signals, the runtime's own, and some air.
    static let keptBack = 16
    /// Client and server.
    static let perSession = 2
    /// In HTTP mode clients that are idle hold no server, so a limit that a person sets may take four
    /// fifths of the descriptors; the rest is for connections to servers.
    static let idleShare = 0.8

    /// A pipe for what moves in bulk.
    static let perPipe = 2
    /// Pipes take one descriptor in so many at the most.
    static let pipePart = 32

    /// The dashboard's clients take one descriptor in so many.
    static let adminPart = 16
    /// But as many as a few browsers need, each of which opens six connections...
    static let leastAdminConnections = 24
    /// ... unless they would take more than one in so many.
    static let largestAdminPart = 4
    /// The most clients of the dashboard, and of the monitoring listener, at once: 128 streams of events,
    /// and as many again for all else.
    static let adminConnections = 256

    private let limit: Int
    /// Connections of clients of the dashboard, and of the monitoring listener, each.
    let adminConnections: Int
    /// Pipes for what moves in bulk, for each service.
    let pipes: Int
    /// Descriptors for each service.
    private let share: Int

    init(for configuration: Configuration, limit: Int) {
        self.limit = limit
        let services = max(1, configuration.services.count)
        let servers = configuration.services.reduce(0) { $0 + $1.servers.count }
        let adminListeners = [configuration.admin.listen, configuration.admin.monitoring].count { $0 != nil }
        let wanted = max(Self.leastAdminConnections, limit / Self.adminPart)
        adminConnections = max(1, min(wanted, Self.adminConnections, limit / Self.largestAdminPart))
        let admin = adminListeners * (adminConnections + 2)
        pipes = min(PipePool.mostOfUse, limit / Self.pipePart / Self.perPipe / services)
        let free = limit - Self.keptBack - services - servers - admin - services * pipes * Self.perPipe
        share = max(Self.perSession, free / services)
    }

    /// The service's own limit, as far as descriptors allow; where it has none, as many as can all be
    /// in flight at once.
    func sessions(for service: ServiceConfiguration) -> Int {
        guard let wanted = service.limits.connections else { return share / Self.perSession }
        return min(wanted, most(for: service))
    }

    /// Connections to the servers of a service, idle ones among them: what its clients leave.
    func serverConnections(for service: ServiceConfiguration) -> Int {
        max(1, share - sessions(for: service))
    }

    /// Fewer clients at once than a browser and a check of a load balancer need make every second one wait.
    private static let leastSessions = 8

    /// What a person should know whose process may open next to nothing; nil when it is enough.
    var scarcity: String? {
        let sessions = share / Self.perSession
        guard sessions < Self.leastSessions else { return nil }
        let clients = sessions == 1 ? "1 client" : "\(sessions) clients"
        return """
            the limit of open files is \(limit): each service can serve \(clients) at a time, and others wait; \
            1024 or more would be right (raise it with ulimit -n, or LimitNOFILE= in the systemd unit)
            """
    }

    /// What a person should know whose limit cannot be kept.
    func warning(for service: ServiceConfiguration) -> String? {
        let most = most(for: service)
        guard let wanted = service.limits.connections, wanted > most else { return nil }
        return """
            \(service.name): limits.connections is \(wanted), but the \(limit) file descriptors of this \
            process are enough for \(most); that is the limit now (raise it with ulimit -n, or \
            LimitNOFILE= in the systemd unit)
            """
    }

    private func most(for service: ServiceConfiguration) -> Int {
        switch service.mode {
        case .tcp: share / Self.perSession
        case .http: max(share / Self.perSession, Int(Double(share) * Self.idleShare))
        }
    }
}
