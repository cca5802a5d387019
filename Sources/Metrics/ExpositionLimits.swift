// What Prometheus is told of states, checks and limits, beside what is counted of requests.

extension Exposition {
    /// Something of which there may be so many at a time.
    public struct Use: Sendable {
        /// How many there are now.
        public var now: Int
        /// How many there may be; infinite for any number.
        public var limit: Double

        /// Sets both; a limit of `Int.max` is none.
        public init(_ now: Int, of limit: Int) {
            self.now = now
            self.limit = limit == .max ? .infinity : Double(limit)
        }
    }

    /// What keeps a server out of turn: of several reasons the first that would have to go.
    public enum ServerState: String, Sendable, CaseIterable {
        /// Nothing: it is in turn.
        case up
        /// Checks fail, or traffic did not reach it.
        case down
        /// A check has to pass first.
        case checking
        /// Its exchanges failed, and it is left out for a while.
        case ejected
        /// A person lets it run empty.
        case draining
        /// A person took it out.
        case disabled
    }

    /// What the checks of a server found, since the start: a reset of the metrics leaves them.
    public struct Checks: Sendable {
        /// How many there were, by what they found.
        public var counts: [(outcome: String, count: UInt64)]
        /// How long all of them took.
        public var seconds: Double

        /// Sets all of them.
        public init(counts: [(outcome: String, count: UInt64)], seconds: Double) {
            self.counts = counts
            self.seconds = seconds
        }
    }

    /// What only a service in mode http has.
    public struct HTTP: Sendable {
        /// Requests that may wait for a server with room.
        public var queueLimit: Int
        /// Connections to all servers, idle ones among them; at the limit idle ones make room for new ones.
        public var serverConnections: Use
        /// Retries within the window of the retry budget.
        public var retryBudget: Use

        /// Sets all of them.
        public init(queueLimit: Int, serverConnections: Use, retryBudget: Use) {
            self.queueLimit = queueLimit
            self.serverConnections = serverConnections
            self.retryBudget = retryBudget
        }
    }

    /// Listeners of the dashboard.
    public struct Admin: Sendable {
        /// Connections of each listener, by its name.
        public var connections: [(listener: String, use: Use)] = []
        /// Streams of events; nil without a dashboard.
        public var streams: Use?

        /// No listener.
        public init() {}
    }

    /// What the process takes of its machine; what the system does not tell is nil.
    public struct Process: Sendable {
        /// Time on processors, in user and system mode, in seconds.
        public var cpuSeconds: Double?
        /// Open file descriptors.
        public var openDescriptors: Int?
        /// The most that may be open.
        public var descriptorLimit: Double?
        /// Bytes of address space.
        public var virtualBytes: UInt64?
        /// The most bytes of address space.
        public var virtualLimit: Double?
        /// Bytes in memory.
        public var residentBytes: UInt64?

        /// Nothing known.
        public init() {}
    }

    /// The names are those of Prometheus' client libraries ("Writing client libraries", process metrics).
    func writeProcess(to text: inout PrometheusText) {
        func gauge(_ name: String, _ value: Double?, _ help: String) {
            guard let value else { return }
            text.family("process_" + name, .gauge, help: help)
            text.sample(value)
        }
        if let seconds = process.cpuSeconds {
            text.family(
                "process_cpu_seconds_total", .counter,
                help: "Time on processors, user and system, in seconds.")
            text.sample(seconds)
        }
        gauge("open_fds", process.openDescriptors.map { Double($0) }, "Open file descriptors.")
        gauge("max_fds", process.descriptorLimit, "File descriptors that may be open.")
        gauge("virtual_memory_bytes", process.virtualBytes.map { Double($0) }, "Address space in bytes.")
        gauge("virtual_memory_max_bytes", process.virtualLimit, "The most address space in bytes.")
        gauge("resident_memory_bytes", process.residentBytes.map { Double($0) }, "Memory in bytes.")
    }

    func writeAdmin(to text: inout PrometheusText) {
        text.family(
            "evenkeel_admin_connections_open", .gauge,
            help: "Connections to the dashboard's listeners that are open now.")
        for (listener, use) in admin.connections { text.sample(Double(use.now), ["listener": listener]) }
        text.family(
            "evenkeel_admin_connections_limit", .gauge, help: "Connections to them that are taken at a time.")
        for (listener, use) in admin.connections { text.sample(use.limit, ["listener": listener]) }
        guard let streams = admin.streams else { return }
        text.family("evenkeel_event_streams_open", .gauge, help: "Clients that follow the events now.")
        text.sample(Double(streams.now))
        text.family("evenkeel_event_streams_limit", .gauge, help: "Clients that may follow the events.")
        text.sample(streams.limit)
    }

    func writeHTTP(to text: inout PrometheusText) {
        func family(_ name: String, _ value: (HTTP) -> Double, _ help: String) {
            text.family("evenkeel_" + name, .gauge, help: help)
            for service in services {
                if let http = service.http { text.sample(value(http), ["service": service.name]) }
            }
        }
        family("queue_limit", { Double($0.queueLimit) }, "Requests that may wait for a server with room.")
        family(
            "server_connections_open", { Double($0.serverConnections.now) },
            "Connections to servers: in use, kept for the next request, or about to be closed by their servers."
        )
        family(
            "server_connections_limit", { $0.serverConnections.limit },
            "Connections to servers at which kept ones make room for new ones.")
        family(
            "retry_budget_used", { Double($0.retryBudget.now) },
            "Retries of the last ten seconds that the budget counts.")
        family(
            "retry_budget_limit", { $0.retryBudget.limit }, "Retries that the budget allows in ten seconds.")
    }

    var keptConnections: [Piece] {
        family(
            "evenkeel_kept_connections", .gauge,
            help: "Connections to a server that wait for their next request."
        ) { text, service, server in
            if let kept = server.kept {
                text.sample(Double(kept.now), ["service": service, "server": server.name])
            }
        }
            + family(
                "evenkeel_kept_connections_limit", .gauge, help: "Connections that are kept to a server."
            ) { text, service, server in
                if let kept = server.kept {
                    text.sample(kept.limit, ["service": service, "server": server.name])
                }
            }
    }

    /// A histogram of each server's checks would be some fifteen series more, of few values each.
    var checks: [Piece] {
        family("evenkeel_checks_total", .counter, help: "Health checks of a server that ended, by outcome.") {
            text, service, server in
            for (outcome, count) in server.checks?.counts ?? [] {
                text.sample(count, ["service": service, "server": server.name, "outcome": outcome])
            }
        }
            + family(
                "evenkeel_check_duration_seconds", .summary,
                help: "From the start of a health check to its verdict."
            ) { text, service, server in
                guard let checks = server.checks else { return }
                text.summary(
                    count: checks.counts.reduce(0) { $0 + $1.count }, sum: checks.seconds,
                    ["service": service, "server": server.name])
            }
    }
}
