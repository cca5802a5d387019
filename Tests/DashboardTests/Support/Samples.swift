import Dashboard

extension ServiceStatus {
    /// A service in mode http with these servers.
    static func sample(_ name: String, servers: [String] = ["Server-1", "Server-2"]) -> ServiceStatus {
        var service = ServiceStatus(
            name: name, mode: "http", address: "127.0.0.1:8080", url: "http://127.0.0.1:8080/",
            state: "accepting", strategy: StrategyStatus(name: "round_robin", title: "Round Robin"),
            strategies: [StrategyStatus(name: "round_robin", title: "Round Robin")],
            serversUp: servers.count, serversEligible: servers.count, countingSince: 1000,
            connections: ConnectionsStatus(open: 0, peak: 0, accepted: 0, limit: 100),
            requests: RequestsStatus(
                total: 0, inFlight: 0, peakInFlight: 0, succeeded: 0, failed: 0, refused: 0, aborted: 0,
                retries: 0, queued: 0, successRatio: nil, byStatus: ["2xx": 0]),
            bytes: BytesStatus(toClients: 0, toServers: 0), latencyMs: nil, recent: .sample, lastMinute: 0,
            lastSecond: .sample, serversTotal: servers.count)
        service.servers = servers.map(ServerStatus.sample)
        return service
    }
}

extension ServerStatus {
    /// A server that is up and idle.
    static func sample(_ name: String) -> ServerStatus {
        ServerStatus(
            name: name, address: "127.0.0.1:8081", weight: 1, maxConnections: nil,
            administrativeState: "enabled",
            health: HealthStatus(
                state: "up", checked: true, sinceSeconds: 1, reason: nil, lastCheck: nil,
                nextCheckSeconds: nil),
            ejection: nil, onTrial: false, eligible: true, drain: nil, inFlight: 0, peakInFlight: 0,
            requests: ServerRequestsStatus(total: 0, succeeded: 0, failed: 0, share: nil), failures: 0,
            bytes: BytesStatus(toClients: 0, toServers: 0), latencyMs: nil, recent: .sample,
            lastSecond: .sample, standing: StandingStatus(title: "turns owed", value: 0))
    }
}

extension RecentStatus {
    /// A quiet time.
    static var sample: RecentStatus {
        RecentStatus(
            seconds: 10, requests: 0, failed: 0, requestsPerSecond: 0, bytesPerSecond: 0, successRatio: nil,
            latencyMs: nil)
    }
}

extension SecondStatus {
    /// A quiet second.
    static var sample: SecondStatus { SecondStatus(requests: 0, failed: 0, p50: nil, p95: nil, p99: nil) }
}

extension ExchangeStatus {
    /// An exchange that went well.
    static func sample(_ id: UInt64) -> ExchangeStatus {
        ExchangeStatus(
            id: id, kind: "exchange", beganAt: 1000, durationMs: 1, client: "127.0.0.1", method: "GET",
            target: "/\(id)", status: 200, server: "Server-1", attempts: 1, reused: false,
            bytes: BytesStatus(toClients: 0, toServers: 0), reason: "none", rule: nil, outcome: "succeeded",
            picks: [])
    }
}
