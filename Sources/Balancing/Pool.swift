import Time

/// The servers of a service, and the one place where their state changes.
///
/// What picks, counts, checks or administers goes through here, so that a change has one path and one report.
/// It belongs to one event loop and is not safe to share.
///
/// A change takes effect at once, and is told later: ``onNews`` only says that there is something to tell,
/// and ``tell()`` tells it, when nobody is in the midst of a call that caused it.
public final class Pool {
    private var servers: [Server]
    /// The same servers as strategies see them.
    private(set) var candidates: [Candidate]
    /// How many servers have each rank.
    private var ranks = InlineArray<4, Int>(repeating: 0)
    /// The candidates that changed last, for those who follow them.
    private var changedServers = ChangedServers()
    /// Whether each connection that begins or ends is a change, and not only one that takes the last room or gives
    /// some: for a strategy that goes by what servers hold.
    private(set) var followsLoad = false
    private let ejectionRule: EjectionRule?
    private var outliers: Outliers
    /// How many servers are eligible.
    public private(set) var eligibleCount = 0
    /// How many are left out for an ejection alone: enabled and up.
    private var ejectedCount = 0
    /// Changes that were not told yet.
    private var news: [(server: ServerID, change: PoolChange)] = []
    /// Called when there is something to tell. It is in the midst of another call: it may do no more than see to
    /// it that ``tell()`` is called in its own turn.
    public var onNews: (() -> Void)?
    /// Told of each change of a server's state, once, by ``tell()``.
    public var onChange: ((ServerID, PoolChange) -> Void)?
    /// Called when a draining server holds nothing any more. It is in the midst of another call, as ``onNews``.
    public var onDrained: ((ServerID) -> Void)?
    /// What all servers hold together, and the most that they held at once.
    private var load = (inFlight: 0, peak: 0)

    /// - Parameters:
    ///   - servers: in the order of the configuration, which their names follow.
    ///   - ejectionRule: what ejects a server; nil: nothing does.
    /// - Precondition: at least one server.
    public init(_ servers: [Server], ejectionRule: EjectionRule? = nil) {
        precondition(!servers.isEmpty, "a pool has at least one server")
        self.servers = servers
        self.ejectionRule = ejectionRule
        outliers = Outliers(servers: servers.count)
        candidates = servers.map(Candidate.init)
        for candidate in candidates {
            ranks[candidate.rank.rawValue] += 1
            eligibleCount += candidate.verdict == .eligible ? 1 : 0
        }
    }

    /// How many servers there are, whatever their state.
    public var count: Int { servers.count }

    /// All servers, in the order of the configuration.
    public var ids: ServerIDs { ServerIDs(count: servers.count) }

    /// Whether any server is left that a connection may go to, with room or without. A strategy that picks none
    /// while this holds says that all whose turn it is are full: waiting may help.
    public func hasAny(excluding tried: TriedServers) -> Bool {
        nextRank(excluding: tried) != nil
    }

    /// Whose turn it is: the first rank in which a server is left; nil when none is.
    func nextRank(excluding tried: TriedServers) -> Rank? {
        if hasLeft(in: .eligible, excluding: tried) { return .eligible }
        if hasLeft(in: .reserve, excluding: tried) { return .reserve }
        return hasLeft(in: .lastResort, excluding: tried) ? .lastResort : nil
    }

    /// How many changes of candidates there ever were.
    var changeCount: Int { changedServers.count }

    /// The server of one of the last ``ChangedServers/capacity`` changes, counted from 0.
    func changedServer(at change: Int) -> ServerID { changedServers[change] }

    private func hasLeft(in rank: Rank, excluding tried: TriedServers) -> Bool {
        let all = ranks[rank.rawValue]
        return tried.count == 0 ? all > 0 : all > tried.count { candidates[$0.number].rank == rank }
    }

    /// A server as it stands: a copy, for a report or a decision.
    public subscript(id: ServerID) -> Server {
        var server = servers[id.number]
        server.inFlight = candidates[id.number].inFlight
        server.peakInFlight = candidates[id.number].peakInFlight
        return server
    }

    /// What all servers hold together.
    public var inFlight: Int { load.inFlight }

    /// The most that they held at once, since the start or the last reset.
    public var peakInFlight: Int { load.peak }

    /// A server's name, without a copy of the rest.
    public func name(of id: ServerID) -> String { servers[id.number].name }

    /// Whether a person wants a server to get new requests, whatever its health.
    public func isEnabled(_ id: ServerID) -> Bool {
        candidates[id.number].rank != .none
    }

    // MARK: Traffic

    /// A connection or exchange goes to a server, from the moment it is picked.
    public func began(_ id: ServerID) {
        candidates[id.number].began()
        load.inFlight += 1
        load.peak = max(load.peak, load.inFlight)
        if candidates[id.number].isOnTrial { updateRank(of: id) }
        noteLoad(of: id)
    }

    /// A connection that began has ended, well or not.
    public func ended(_ id: ServerID) {
        assert(candidates[id.number].inFlight > 0, "ended more often than begun")
        load.inFlight -= 1
        noteLoad(of: id)
        let isEmpty = candidates[id.number].endedEmpty()
        if candidates[id.number].isOnTrial { updateRank(of: id) }
        guard isEmpty else { return }
        if candidates[id.number].verdict == .draining { onDrained?(id) }
    }

    /// From now on each connection is a change of its server.
    func followLoad() {
        followsLoad = true
    }

    private func noteLoad(of id: ServerID) {
        guard followsLoad || candidates[id.number].maxConnections < .max else { return }
        changedServers.append(id)
    }

    /// Begins all counts anew: those of what was served and what failed at 0, peaks at what is in flight.
    public func resetCounts() {
        for id in ids {
            servers[id.number].served = 0
            servers[id.number].failures = 0
            candidates[id.number].resetPeak()
        }
        load.peak = load.inFlight
    }

    /// A server gets an exchange over a connection that was kept: that says nothing about whether it would take
    /// a new one.
    public func reused(_ id: ServerID) {
        servers[id.number].served += 1
    }

    /// A server took a connection.
    public func reached(_ id: ServerID, at now: Instant) {
        servers[id.number].served += 1
        guard servers[id.number].health.awaitsTraffic else { return }
        saw(.trafficPassed, of: id, at: now)
    }

    /// A server did not take a connection; `reason` is for a person, such as "connection refused". Where no
    /// check would bring it up again, this counts as a failed exchange, which began at `began` (nil: now): an
    /// ejection ends by itself.
    public func failed(_ id: ServerID, reason: String, begunAt began: Instant? = nil, at now: Instant) {
        guard servers[id.number].health.isChecked else {
            return exchangeFailed(id, reason: reason, begunAt: began, at: now)
        }
        servers[id.number].failures += 1
        saw(.trafficFailed(reason: reason), of: id, at: now)
    }

    // An exchange is judged by when its request went to the server (`began`; nil: now): one of before an ejection
    // that is over says nothing of the server that is back.

    /// A server's answer has begun, with this status.
    public func answerBegan(_ id: ServerID, status: Int, begunAt began: Instant? = nil, at now: Instant) {
        guard candidates[id.number].isOnTrial, let ejectionRule, !ejectionRule.statuses.contains(status),
            isConcerned(id, byExchangeBegunAt: began ?? now)
        else { return }
        handle(.answerBegan, of: id, at: now)
    }

    /// A server answered an exchange, to the end, with this status.
    public func exchangeAnswered(_ id: ServerID, status: Int, begunAt began: Instant? = nil, at now: Instant)
    {
        guard let ejectionRule, isConcerned(id, byExchangeBegunAt: began ?? now) else { return }
        if ejectionRule.statuses.contains(status) {
            return exchangeFailed(id, reason: "status \(status)", wasAnswered: true, at: now)
        }
        outliers.answered(id, failed: false, at: now)
        guard servers[id.number].ejection.streak > 0 || candidates[id.number].isOnTrial else { return }
        handle(.exchangeSucceeded, of: id, at: now)
    }

    /// A server took the connection but not the exchange: its response was bad, cut, late or none;
    /// `reason` is a word for it, such as "bad_response". A connection that was not made is ``failed``
    /// instead, which counts for health: checks see the same, and sooner when it is over.
    public func exchangeFailed(_ id: ServerID, reason: String, begunAt began: Instant? = nil, at now: Instant)
    {
        servers[id.number].failures += 1
        guard isConcerned(id, byExchangeBegunAt: began ?? now) else { return }
        exchangeFailed(id, reason: reason, wasAnswered: false, at: now)
    }

    private func isConcerned(_ id: ServerID, byExchangeBegunAt began: Instant) -> Bool {
        servers[id.number].ejection.isConcerned(byExchangeBegunAt: began)
    }

    // MARK: Ejection

    /// - Parameter wasAnswered: with a status that only the others' answers make a fault of the server's.
    private func exchangeFailed(_ id: ServerID, reason: String, wasAnswered: Bool, at now: Instant) {
        guard ejectionRule != nil else { return }
        outliers.answered(id, failed: true, at: now)
        let consequence = canSpare(id) ? consequence(for: id, at: now) : .none
        handle(
            .exchangeFailed(reason: reason, wasAnswered: wasAnswered, consequence), of: id, at: now)
    }

    private func consequence(for id: ServerID, at now: Instant) -> EjectionEvent.Consequence {
        let ejection = servers[id.number].ejection
        let judgement = outliers.judge(id, failingInARowSince: ejection.failingSince(at: now), at: now) {
            candidates[$0.number].verdict == .eligible
        }
        switch judgement {
        case .farWorse: return .atOnce
        case .worse: return .byRow
        // What it is on trial for was proven.
        case .alone: return ejection.isOnTrial ? .byRow : .whenSilent
        case .asTheOthers: return .whenSilent
        }
    }

    /// When the next ejection's time is over; nil when no server is ejected. It moves with each
    /// ``PoolChange/ejected(for:reason:)``, ``PoolChange/ejectionShortened(until:)`` and
    /// ``PoolChange/readmitted``; a timer calls ``readmit(at:)`` then.
    public var nextReadmission: Instant? {
        servers.lazy.compactMap(\.ejection.until).min()
    }

    /// Brings the servers back whose time is over.
    public func readmit(at now: Instant) {
        for id in ids { handle(.timePassed, of: id, at: now) }
    }

    /// Ends a server's ejection, for a person says so.
    public func readmit(_ id: ServerID, at now: Instant) {
        handle(.beganAnew, of: id, at: now)
    }

    /// Whether the others can do without a server: not more than half of the pool is left out, and
    /// another one is left to go to. One that gets nothing anyway would only take another's place.
    private func canSpare(_ id: ServerID) -> Bool {
        guard let ejectionRule, candidates[id.number].verdict == .eligible, eligibleCount > 1 else {
            return false
        }
        return ejectedCount < ejectionRule.mostEjected(of: count)
    }

    private func handle(_ event: EjectionEvent, of id: ServerID, at now: Instant) {
        guard let ejectionRule else { return }
        let wasEjected = servers[id.number].ejection.isEjected
        guard let change = servers[id.number].ejection.handle(event, by: ejectionRule, at: now) else {
            return
        }
        let isEjected = servers[id.number].ejection.isEjected
        if isEjected != wasEjected { outliers.forget(id) }
        changed(id, change)
    }

    // MARK: Health and administration

    /// Takes in what was seen of a server.
    public func saw(_ event: HealthEvent, of id: ServerID, at now: Instant) {
        if event == .checkPassed { handle(.checkPassed, of: id, at: now) }
        guard let flip = servers[id.number].health.handle(event, at: now) else { return }
        changed(id, .health(flip))
        guard flip.to == .up else { return }
        outliers.forget(id)
        handle(.beganAnew, of: id, at: now)
    }

    /// Sets what a person wants of a server. One that is enabled has to pass a check of its own first, for what
    /// was seen before may have been another process, and is not ejected any more.
    public func setAdministrativeState(_ state: AdministrativeState, of id: ServerID, at now: Instant) {
        let before = servers[id.number].administrativeState
        if before != state {
            servers[id.number].administrativeState = state
            changed(id, .administrativeState(from: before, to: state))
            if state == .enabled { saw(.enabled, of: id, at: now) }
        }
        if state == .enabled { readmit(id, at: now) }
    }

    /// Sets the share that a server gets beside the others'.
    ///
    /// - Precondition: it is within ``Server/weights``.
    public func setWeight(_ weight: Int, of id: ServerID) {
        precondition(Server.weights.contains(weight), "a server's weight is within its range")
        let before = servers[id.number].weight
        guard before != weight else { return }
        servers[id.number].weight = weight
        candidates[id.number].weight = weight
        changed(id, .weight(from: before, to: weight))
    }

    // MARK: Changes

    private func changed(_ id: ServerID, _ change: PoolChange) {
        let before = candidates[id.number].verdict
        ranks[candidates[id.number].rank.rawValue] -= 1
        candidates[id.number].stand(as: servers[id.number])
        changedServers.append(id)
        ranks[candidates[id.number].rank.rawValue] += 1
        let after = candidates[id.number].verdict
        eligibleCount += (after == .eligible ? 1 : 0) - (before == .eligible ? 1 : 0)
        ejectedCount += (after == .ejected ? 1 : 0) - (before == .ejected ? 1 : 0)
        news.append((id, change))
        if news.count == 1 { onNews?() }
    }

    private func updateRank(of id: ServerID) {
        ranks[candidates[id.number].rank.rawValue] -= 1
        candidates[id.number].updateRank()
        changedServers.append(id)
        ranks[candidates[id.number].rank.rawValue] += 1
    }

    /// Tells of the changes since the last time, in their order. Changes that are made meanwhile are told later.
    public func tell() {
        let told = news
        news.removeAll(keepingCapacity: true)
        for (server, change) in told { onChange?(server, change) }
    }
}

/// The names of a pool's servers, in order, without an array to hold them.
public struct ServerIDs: Sequence, IteratorProtocol, Sendable {
    private var number = 0
    private let count: Int

    init(count: Int) {
        self.count = count
    }

    /// The next server's name.
    public mutating func next() -> ServerID? {
        guard number < count else { return nil }
        defer { number += 1 }
        return ServerID(number)
    }
}
