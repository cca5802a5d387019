import Balancing
import Configuration
import Dashboard
import EventLoop
import HealthChecking
import Metrics
import Proxy
import Sockets
import Time

/// How a running service stands, in the dashboard's words.
struct ServiceReport {
    private let running: RunningService
    private let clock: AdminClock
    private let meters: Meters

    init(_ running: RunningService, clock: AdminClock) {
        self.running = running
        self.clock = clock
        meters = running.service.meters
    }

    private var service: Service { running.service }
    private var pool: Pool { running.pool }

    /// Without the servers.
    var status: ServiceStatus {
        let strategy = service.strategy
        let servers = pool.ids.map { pool[$0] }
        let (recent, counters) = (meters.recent, service.counters)
        return ServiceStatus(
            name: running.name, mode: running.configuration.mode.rawValue, address: running.address,
            url: running.url, state: running.state.rawValue, strategy: StrategyStatus(strategy),
            strategies: StrategyName.allCases.map(StrategyStatus.init),
            serversUp: servers.count { $0.health.state == .up },
            serversEligible: servers.count(where: \.isEligible),
            countingSince: clock.unixTime(of: running.countingSince),
            connections: ConnectionsStatus(
                open: counters.open, peak: counters.peak, accepted: counters.accepted,
                limit: running.sessionLimit),
            requests: requests, bytes: BytesStatus(meters.totals),
            latencyMs: meters.latency.figures.map(LatencyStatus.init),
            recent: RecentStatus(recent, latency: recent.latency),
            lastMinute: meters.history.suffix(60).reduce(0) { $0 + UInt64($1.requests) },
            lastSecond: SecondStatus(meters.lastSecond), serversTotal: servers.count)
    }

    private var requests: RequestsStatus {
        let totals = meters.totals
        return RequestsStatus(
            total: totals.requests, inFlight: pool.inFlight, peakInFlight: pool.peakInFlight,
            succeeded: totals.succeeded, failed: totals.failed, refused: totals.refused,
            aborted: totals.aborted, retries: meters.retries, queued: service.queued,
            successRatio: totals.successRatio?.rounded(to: 1_000_000),
            byStatus: Dictionary(uniqueKeysWithValues: meters.statuses.all.map { ($0.name, $0.count) }))
    }

    // MARK: Servers

    /// Each as it stands when its turn comes, but for its share, which all of them have of the same moment.
    var servers: [() -> ServerStatus] {
        let shares = shares
        return pool.ids.map { id in { status(of: id, shares[id.number]) } }
    }

    func status(of id: ServerID) -> ServerStatus { status(of: id, shares[id.number]) }

    /// Each server's part of the requests of all.
    private var shares: [(total: Double?, recent: Double?)] {
        let counts = meters.servers.map { (total: $0.totals.requests, recent: $0.recentRequests) }
        let all = counts.reduce((0, 0)) { ($0.0 + $1.total, $0.1 + $1.recent) }
        return counts.map { (share(of: $0.total, in: all.0), share(of: $0.recent, in: all.1)) }
    }

    private func status(
        of id: ServerID, _ share: (total: Double?, recent: Double?)
    ) -> ServerStatus {
        let (server, meter) = (pool[id], meters.servers[id.number])
        let (totals, recent) = (meter.totals, meter.recent)
        return ServerStatus(
            name: server.name, address: running.configuration.servers[id.number].address.description,
            weight: server.weight, maxConnections: server.maxConnections,
            administrativeState: server.administrativeState.rawValue, health: health(of: id, server.health),
            ejection: ejection(of: id, server.ejection), onTrial: server.ejection.isOnTrial,
            eligible: server.isEligible,
            drain: service.drain(of: id).map { DrainStatus($0, at: clock.now) }, inFlight: server.inFlight,
            peakInFlight: server.peakInFlight,
            requests: ServerRequestsStatus(
                total: totals.requests, succeeded: totals.succeeded, failed: totals.failed,
                share: share.total),
            failures: server.failures, bytes: BytesStatus(totals),
            latencyMs: meter.latency.figures.map(LatencyStatus.init),
            recent: RecentStatus(
                recent, latency: recent.latency,
                share: share.recent),
            lastSecond: SecondStatus(meter.lastSecond),
            standing: StandingStatus(
                title: service.strategy.standingTitle, value: service.standing(of: id).rounded(to: 1000)))
    }

    private func share(of part: UInt64, in whole: UInt64) -> Double? {
        whole == 0 ? nil : (Double(part) / Double(whole)).rounded(to: 10_000)
    }

    private func health(of id: ServerID, _ health: Health) -> HealthStatus {
        HealthStatus(
            state: health.state.rawValue, checked: health.isChecked,
            sinceSeconds: clock.seconds(since: health.since), reason: health.lastFailure,
            lastCheck: running.checker?.lastResult(of: id).map { CheckStatus($0, at: clock.now) },
            nextCheckSeconds: running.checker?.nextCheck(of: id).map { clock.seconds(until: $0) })
    }

    private func ejection(of id: ServerID, _ ejection: Ejection) -> EjectionStatus? {
        guard let until = ejection.until else { return nil }
        return EjectionStatus(
            reason: running.ejectionReasons[id] ?? "", remainingSeconds: clock.seconds(until: until))
    }

    // MARK: Exchanges

    func exchange(_ id: UInt64) -> ExchangeStatus? {
        service.recent.entry(id).map(self.status)
    }

    private func status(of entry: RecentEntry) -> ExchangeStatus {
        let picks = entry.picks.map(self.status)
        switch entry.record {
        case .exchange(let record):
            return ExchangeStatus(
                id: entry.id, kind: "exchange", beganAt: clock.unixTime(of: record.began),
                durationMs: record.duration.inMillisecondsRounded, client: record.client,
                method: record.request.method.nonEmpty, target: record.request.target.nonEmpty,
                status: record.status == 0 ? nil : record.status, server: record.server.map(pool.name),
                attempts: record.attempts, reused: record.isReused,
                bytes: BytesStatus(toClients: record.bytesToClient, toServers: record.bytesToServer),
                reason: record.reason.word, rule: record.brokenRule?.word, outcome: record.outcome.rawValue,
                picks: picks)
        case .session(let record):
            return ExchangeStatus(
                id: entry.id, kind: "session", beganAt: clock.unixTime(of: record.began),
                durationMs: record.duration.inMillisecondsRounded, client: record.client, method: nil,
                target: nil, status: nil, server: record.server.map(pool.name), attempts: record.attempts,
                reused: false, bytes: BytesStatus(toClients: record.received, toServers: record.sent),
                reason: record.reason, rule: nil, outcome: record.outcome.rawValue, picks: picks)
        }
    }

    private func status(of pick: Pick) -> PickStatus {
        PickStatus(
            server: pick.server.map(pool.name), explanation: pick.explanation(naming: pool.name),
            candidates: pick.candidates.enumerated().map { place, view in
                CandidateStatus(
                    server: pool.name(of: pick.server(at: place)), weight: view.weight,
                    inFlight: view.inFlight, verdict: view.verdict.rawValue)
            }, otherCandidates: pick.others)
    }

    // MARK: History

    /// Without the servers.
    var history: HistoryStatus {
        let second = meters.second - 1
        return HistoryStatus(
            service: running.name, second: second,
            endAt: clock.unixTime(of: Instant(nanoseconds: (second + 1) * 1_000_000_000)),
            total: SeriesStatus(meters.history))
    }

    /// Each as it is when its turn comes.
    var serverHistories: [() -> ServerSeriesStatus] {
        pool.ids.map { id in
            {
                ServerSeriesStatus(
                    name: pool.name(of: id), SeriesStatus(meters.servers[id.number].history))
            }
        }
    }

    // MARK: Prometheus

    /// All since the start: a reset of the metrics is for people.
    var exposition: Exposition.Service {
        var service = expositionWithoutServers
        service.servers = pool.ids.map(exposition(of:))
        return service
    }

    /// The same, for servers to be added one by one.
    var expositionWithoutServers: Exposition.Service {
        var service = Exposition.Service(
            name: running.name, servers: [], unserved: meters.unserved.totals, statuses: meters.statuses,
            retries: meters.retries, queued: self.service.queued,
            connections: Exposition.Use(self.service.counters.open, of: running.sessionLimit),
            http: self.service.use.map(Exposition.HTTP.init),
            connectionsAccepted: self.service.counters.accepted,
            shortages: Dictionary(
                uniqueKeysWithValues: Shortage.allCases.map {
                    ($0.rawValue, self.service.shortages[$0] ?? 0)
                }))
        if let before = running.countedBefore { service.addCounters(of: before) }
        return service
    }

    func exposition(of id: ServerID) -> Exposition.Server {
        let (server, meter) = (pool[id], meters.servers[id.number])
        var counted = Exposition.Server(
            name: server.name, tally: meter.totals, latency: meter.latency, failures: server.failures,
            inFlight: server.inFlight, inFlightLimit: server.maxConnections,
            kept: service.keptConnections(to: id).map { Exposition.Use($0.now, of: $0.limit) },
            state: Exposition.ServerState(server),
            checks: running.checker.map { Exposition.Checks($0.tally(of: id)) },
            isUp: server.health.state == .up, isEligible: server.isEligible, weight: server.weight)
        if let before = running.countedBefore { counted.addCounters(of: before.servers[id.number]) }
        return counted
    }
}
