/// All that is told to Prometheus, as plain values; ``pieces`` put them into families.
public struct Exposition: Sendable {
    /// One server of a service.
    public struct Server: Sendable {
        /// The name in the configuration.
        public var name: String
        /// What ended there.
        public var tally: Tally
        /// How long it took.
        public var latency: LatencyHistogram
        /// Attempts that failed there.
        public var failures: UInt64
        /// Requests that it holds now.
        public var inFlight: Int
        /// The most that it may hold; nil for any number.
        public var inFlightLimit: Int?
        /// Connections to it that wait for their next request, with the most that do.
        public var kept: Use?
        /// What keeps it out of turn, if anything does.
        public var state: ServerState
        /// What its checks found; nil for a server that is not checked.
        public var checks: Checks?
        /// Whether checks find it up.
        public var isUp: Bool
        /// Whether it may get new requests.
        public var isEligible: Bool
        /// Its share beside the others'.
        public var weight: Int

        /// Sets all of them.
        public init(
            name: String, tally: Tally, latency: LatencyHistogram, failures: UInt64, inFlight: Int,
            inFlightLimit: Int?, kept: Use?, state: ServerState, checks: Checks?, isUp: Bool,
            isEligible: Bool, weight: Int
        ) {
            self.name = name
            self.tally = tally
            self.latency = latency
            self.failures = failures
            self.inFlight = inFlight
            self.inFlightLimit = inFlightLimit
            self.kept = kept
            self.state = state
            self.checks = checks
            self.isUp = isUp
            self.isEligible = isEligible
            self.weight = weight
        }

        /// Adds what was counted before a reset: to Prometheus a counter that goes back is a restart.
        public mutating func addCounters(of earlier: Server) {
            tally += earlier.tally
            latency.add(earlier.latency)
            failures += earlier.failures
        }
    }

    /// One service.
    public struct Service: Sendable {
        /// The name in the configuration.
        public var name: String
        /// Its servers, in the order of the configuration.
        public var servers: [Server]
        /// What ended without a server that was asked.
        public var unserved: Tally
        /// What clients were told.
        public var statuses: StatusClasses
        /// Further attempts.
        public var retries: UInt64
        /// Requests that wait for a server with room.
        public var queued: Int
        /// Client connections that are open now, with the most that are taken.
        public var connections: Use
        /// What only a service in mode http has.
        public var http: HTTP?
        /// Client connections accepted.
        public var connectionsAccepted: UInt64
        /// How often this machine lacked something for a connection to a server, by the word for it.
        public var shortages: [String: UInt64]

        /// Sets all of them.
        public init(
            name: String, servers: [Server], unserved: Tally, statuses: StatusClasses, retries: UInt64,
            queued: Int, connections: Use, http: HTTP?, connectionsAccepted: UInt64,
            shortages: [String: UInt64]
        ) {
            self.name = name
            self.servers = servers
            self.unserved = unserved
            self.statuses = statuses
            self.retries = retries
            self.queued = queued
            self.connections = connections
            self.http = http
            self.connectionsAccepted = connectionsAccepted
            self.shortages = shortages
        }

        /// Adds what was counted before a reset, of the service and of the servers that it has so far.
        ///
        /// - Precondition: the other one has these servers too.
        public mutating func addCounters(of earlier: Service) {
            for number in servers.indices { servers[number].addCounters(of: earlier.servers[number]) }
            unserved += earlier.unserved
            statuses += earlier.statuses
            retries += earlier.retries
            connectionsAccepted += earlier.connectionsAccepted
            shortages.merge(earlier.shortages, uniquingKeysWith: +)
        }
    }

    /// Upper bounds of the latency histogram's buckets, in microseconds: Prometheus' usual ones from 5 ms
    /// to 10 s, with some before for answers from memory, and some behind for time-outs.
    public static let latencyBounds: [UInt64] = [
        500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
        5_000_000, 10_000_000, 30_000_000, 60_000_000,
    ]

    /// The version of the program.
    public var version: String
    /// When the process began, in Unix seconds.
    public var startedAt: Double
    /// What the process takes of its machine.
    public var process = Process()
    /// Listeners of the dashboard.
    public var admin = Admin()
    /// All services, in the order of the configuration.
    public var services: [Service]

    /// Sets what is known at once.
    public init(version: String, startedAt: Double, services: [Service]) {
        self.version = version
        self.startedAt = startedAt
        self.services = services
    }

    /// Writes a part of the text.
    public typealias Piece = (inout PrometheusText) -> Void

    /// The whole text in exposition format 0.0.4, part by part: with very many servers it takes long.
    public var pieces: [Piece] {
        [writeBuild, writeProcess, writeAdmin] + requests + [writeStatuses] + latencies + failures
            + [writeTraffic, writeHTTP] + states + checks
    }

    private func writeBuild(to text: inout PrometheusText) {
        text.family("evenkeel_build_info", .gauge, help: "Always 1; the label says which version runs.")
        text.sample(1 as UInt64, ["version": version])
        text.family(
            "process_start_time_seconds", .gauge, help: "When the process began, in seconds since 1970.")
        text.sample(startedAt)
    }

    private var requests: [Piece] {
        family(
            "evenkeel_requests_total", .counter,
            help: "Requests (sessions in mode tcp) that ended, by the server asked last and by outcome."
        ) { text, service, server in
            server.tally.write(to: &text, service: service, server: server.name)
        } + [
            { text in
                for service in services {
                    service.unserved.write(to: &text, service: service.name, server: "")
                }
            }
        ]
    }

    private func writeStatuses(to text: inout PrometheusText) {
        text.family(
            "evenkeel_responses_total", .counter, help: "What clients were told, by class of status.")
        for service in services {
            for (name, count) in service.statuses.all {
                text.sample(count, ["service": service.name, "code": name])
            }
        }
    }

    private var latencies: [Piece] {
        family(
            "evenkeel_request_duration_seconds", .histogram,
            help: "From a request's first byte to its end, of those that succeeded or failed at a server."
        ) { text, service, server in
            text.histogram(
                server.latency, upTo: Self.latencyBounds, ["service": service, "server": server.name])
        }
    }

    private var failures: [Piece] {
        family(
            "evenkeel_attempt_failures_total", .counter,
            help: "Attempts that failed at a server: no connection, or no good answer."
        ) { $0.sample($2.failures, ["service": $1, "server": $2.name]) } + [
            { text in
                text.family(
                    "evenkeel_retries_total", .counter, help: "Further attempts, after one failed.")
                for service in services { text.sample(service.retries, ["service": service.name]) }
            }
        ]
    }

    private func writeTraffic(to text: inout PrometheusText) {
        text.family(
            "evenkeel_bytes_total", .counter, help: "Bytes of content moved, without heads and framing.")
        for service in services {
            let tally = service.servers.reduce(service.unserved) { $0 + $1.tally }
            text.sample(tally.bytesToClients, ["service": service.name, "direction": "to_clients"])
            text.sample(tally.bytesToServers, ["service": service.name, "direction": "to_servers"])
        }
        text.family("evenkeel_connections_open", .gauge, help: "Client connections that are open now.")
        for service in services {
            text.sample(Double(service.connections.now), ["service": service.name])
        }
        text.family(
            "evenkeel_connections_limit", .gauge, help: "Client connections that are taken at a time.")
        for service in services {
            text.sample(service.connections.limit, ["service": service.name])
        }
        text.family("evenkeel_connections_accepted_total", .counter, help: "Client connections accepted.")
        for service in services {
            text.sample(service.connectionsAccepted, ["service": service.name])
        }
        text.family(
            "evenkeel_shortages_total", .counter,
            help: "Connections to servers that were not made because this machine lacked something.")
        for service in services {
            for (word, count) in service.shortages.sorted(by: { $0.key < $1.key }) {
                text.sample(count, ["service": service.name, "shortage": word])
            }
        }
        text.family("evenkeel_queued", .gauge, help: "Requests that wait for a server with room.")
        for service in services { text.sample(Double(service.queued), ["service": service.name]) }
    }

    private var states: [Piece] {
        family("evenkeel_in_flight", .gauge, help: "Requests that a server holds now.") {
            $0.sample(Double($2.inFlight), ["service": $1, "server": $2.name])
        }
            + family(
                "evenkeel_in_flight_limit", .gauge,
                help: "Requests that a server may hold (max_connections); +Inf without a limit."
            ) {
                $0.sample(
                    $2.inFlightLimit.map { Double($0) } ?? .infinity, ["service": $1, "server": $2.name])
            }
            + keptConnections
            + family(
                "evenkeel_server_state", .gauge,
                help: "1 for the state that a server is in, 0 for the others. Only one that is up is in turn."
            ) { text, service, server in
                for state in ServerState.allCases {
                    text.sample(
                        server.state == state ? 1 : 0 as UInt64,
                        ["service": service, "server": server.name, "state": state.rawValue])
                }
            }
            + family("evenkeel_server_up", .gauge, help: "1 while a server's health is up.") {
                $0.sample($2.isUp ? 1 : 0 as UInt64, ["service": $1, "server": $2.name])
            }
            + family(
                "evenkeel_server_eligible", .gauge,
                help: "1 while a server may get new requests: enabled, up and not ejected."
            ) { $0.sample($2.isEligible ? 1 : 0 as UInt64, ["service": $1, "server": $2.name]) }
            + family("evenkeel_server_weight", .gauge, help: "A server's share beside the others'.") {
                $0.sample(Double($2.weight), ["service": $1, "server": $2.name])
            }
    }

    /// Servers whose samples are written in one piece: half a millisecond.
    private static let serversInAPiece = 8

    func family(
        _ name: String, _ kind: PrometheusText.Kind, help: String,
        sample: @escaping (inout PrometheusText, _ service: String, Server) -> Void
    ) -> [Piece] {
        let begin: Piece = { $0.family(name, kind, help: help) }
        return [begin]
            + services.flatMap { service in
                stride(from: 0, to: service.servers.count, by: Self.serversInAPiece).map { first in
                    { text in
                        for server in service.servers.dropFirst(first).prefix(Self.serversInAPiece) {
                            sample(&text, service.name, server)
                        }
                    }
                }
            }
    }
}

extension Tally {
    fileprivate func write(to text: inout PrometheusText, service: String, server: String) {
        for (outcome, count) in [
            (Outcome.succeeded, succeeded), (.failed, failed), (.refused, refused), (.aborted, aborted),
        ] {
            text.sample(
                count, ["service": service, "server": server, "outcome": outcome.rawValue])
        }
    }
}
