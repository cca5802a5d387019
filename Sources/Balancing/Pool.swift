import Time

/// The servers of a service, and the one place where their state changes.
///
/// Whoever picks, counts, checks or administers goes through here, so that a change has one path
/// and one report. It belongs to one event loop and is not safe to share.
public final class Pool {
    private var servers: [Server]
    /// The same servers as strategies see them.
    private(set) var candidates: [Candidate]
    private let ejectionRule: EjectionRule?
    /// Told of each change of a server's state, once, after it was made.
    public var onChange: ((ServerID, PoolChange) -> Void)?
    /// Told when a draining server holds nothing any more. It is in the midst of somebody's leaving: whatever
    /// it leads to has to wait for another turn.
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
        candidates = servers.map(Candidate.init)
    }

    /// How many servers there are, whatever their state.
    public var count: Int { servers.count }

    /// All servers, in the order of the configuration.
    public var ids: ServerIDs { ServerIDs(count: servers.count) }

    /// How many servers take part, with room or without.
    public var eligibleCount: Int {
        candidates.reduce(0) { $0 + ($1.isEligible ? 1 : 0) }
    }

    /// Whether any server takes part that was not tried. A strategy that picks none while this holds
    /// says that all of them are full: waiting may help.
    public func hasEligible(excluding tried: TriedServers) -> Bool {
        ids.contains { candidates[$0.number].isEligible && !tried.contains($0) }
    }

    /// A server as it stands: a copy, for whoever reports or decides on one.
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
        switch candidates[id.number].verdict {
        case .disabled, .draining: false
        case .picked, .eligible, .full, .tried, .down, .checking, .ejected: true
        }
    }

    // MARK: Traffic

    /// A connection or exchange goes to a server, from the moment it is picked.
    public func began(_ id: ServerID) {
        candidates[id.number].began()
        load.inFlight += 1
        load.peak = max(load.peak, load.inFlight)
    }

    /// A connection that began has ended, well or not.
    public func ended(_ id: ServerID) {
        assert(candidates[id.number].inFlight > 0, "ended more often than begun")
        load.inFlight -= 1
        guard candidates[id.number].endedEmpty(), candidates[id.number].verdict == .draining else { return }
        onDrained?(id)
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

    /// A server took a connection.
    public func reached(_ id: ServerID, at now: Instant) {
        servers[id.number].served += 1
        guard servers[id.number].health.streak > 0 else { return }
        saw(.trafficPassed, of: id, at: now)
    }

    /// A server did not take a connection; `reason` is for a person, such as "connection refused".
    public func failed(_ id: ServerID, reason: String, at now: Instant) {
        servers[id.number].failures += 1
        saw(.trafficFailed(reason: reason), of: id, at: now)
    }

    /// A server answered an exchange.
    public func exchangeSucceeded(_ id: ServerID, at now: Instant) {
        guard servers[id.number].ejection.streak > 0 else { return }
        handle(.exchangeSucceeded, of: id, at: now)
    }

    /// A server took the connection but not the exchange: its response was bad, cut, late or none;
    /// `reason` is a word for it, such as "bad_response". A connection that was not made is ``failed``
    /// instead, which counts for health: checks see the same, and sooner when it is over.
    public func exchangeFailed(_ id: ServerID, reason: String, at now: Instant) {
        servers[id.number].failures += 1
        handle(.exchangeFailed(reason: reason, mayEject: canSpare(id)), of: id, at: now)
    }

    // MARK: Ejection

    /// When the next ejection's time is over; nil when no server is ejected. It moves with each
    /// ``PoolChange/ejected(until:reason:)`` and ``PoolChange/readmitted``; whoever has a clock calls
    /// ``readmit(at:)`` then.
    public var nextReadmission: Instant? {
        servers.lazy.compactMap(\.ejection.until).min()
    }

    /// Brings the servers back whose time is over.
    public func readmit(at now: Instant) {
        for id in ids { handle(.timePassed, of: id, at: now) }
    }

    /// Whether the others can do without a server: not more than half of the pool is left out, and
    /// somebody is left to go to. One that gets nothing anyway would only take another's place.
    private func canSpare(_ id: ServerID) -> Bool {
        guard let ejectionRule, candidates[id.number].isEligible, eligibleCount > 1 else { return false }
        let ejected = servers.count { $0.ejection.isEjected }
        return ejected < ejectionRule.mostEjected(of: count)
    }

    private func handle(_ event: EjectionEvent, of id: ServerID, at now: Instant) {
        guard let ejectionRule,
            let change = servers[id.number].ejection.handle(event, by: ejectionRule, at: now)
        else { return }
        updateEligibility(of: id)
        onChange?(id, change)
    }

    // MARK: Health and administration

    /// Takes in what was seen of a server.
    public func saw(_ event: HealthEvent, of id: ServerID, at now: Instant) {
        guard let flip = servers[id.number].health.handle(event, at: now) else { return }
        updateEligibility(of: id)
        onChange?(id, .health(flip))
        if flip.to == .up { handle(.cameUp, of: id, at: now) }
    }

    /// Sets what a person wants of a server.
    public func setAdministrativeState(_ state: AdministrativeState, of id: ServerID) {
        let before = servers[id.number].administrativeState
        guard before != state else { return }
        servers[id.number].administrativeState = state
        updateEligibility(of: id)
        onChange?(id, .administrativeState(from: before, to: state))
    }

    /// Sets the share that a server gets beside the others'.
    ///
    /// - Precondition: it is within ``Server/weights``.
    public func setWeight(_ weight: Int, of id: ServerID) {
        precondition(Server.weights.contains(weight), "a server's weight is 1 to 256")
        let before = servers[id.number].weight
        guard before != weight else { return }
        servers[id.number].weight = weight
        candidates[id.number].weight = weight
        onChange?(id, .weight(from: before, to: weight))
    }

    private func updateEligibility(of id: ServerID) {
        candidates[id.number].verdict = servers[id.number].verdict
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
