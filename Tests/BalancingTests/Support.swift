import Time

@testable import Balancing

/// Seeded randomness (SplitMix64, Steele and others, 2014), so that a failure can be run again.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Instant {
    /// So many seconds after the origin.
    static func second(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }
}

extension Pool {
    /// A pool of servers that are up, one for each weight.
    static func ofUp(weights: [Int]) -> Pool {
        Pool(
            weights.enumerated().map { place, weight in
                Server(name: "Server-\(place + 1)", weight: weight, health: .unchecked(at: .origin))
            })
    }

    /// A pool of servers of equal weight that are up, one for each limit of connections.
    static func ofUp(limits: [Int?]) -> Pool {
        Pool(
            limits.enumerated().map { place, limit in
                Server(name: "Server-\(place + 1)", maxConnections: limit, health: .unchecked(at: .origin))
            })
    }

    /// A pool of servers that nobody has checked yet; one check, passed or failed, flips any of them.
    static func ofUnchecked(count: Int, rise: Int = 1, fall: Int = 1) -> Pool {
        let thresholds = HealthThresholds(rise: rise, fall: fall)
        return Pool(
            (1...count).map {
                Server(name: "Server-\($0)", health: Health(thresholds: thresholds, at: .origin))
            })
    }

    /// Tells of changes at once, which nobody minds who is not called by an exchange.
    func tellAtOnce(_ told: @escaping (ServerID, PoolChange) -> Void) {
        tell()
        onNews = { [unowned self] in tell() }
        onChange = told
    }

    /// Sets what a person wants, when time plays no part.
    func setAdministrativeState(_ state: AdministrativeState, of id: ServerID) {
        setAdministrativeState(state, of: id, at: .origin)
    }

    /// The servers that new connections may go to.
    var eligible: [ServerID] { ids.filter { self[$0].isEligible } }
}

extension TriedServers {
    /// These servers were tried.
    init(_ servers: ServerID...) {
        self.init()
        for server in servers { insert(server) }
    }
}

extension EjectionRule {
    /// A rule in which no status is a failure.
    init(consecutiveFailures: Int, shortest: TimeSpan) {
        self.init(consecutiveFailures: consecutiveFailures, shortest: shortest, statuses: StatusSet([]))
    }
}

extension Strategy {
    /// The next server of those that are in turn.
    mutating func pick(from pool: Pool, excluding tried: TriedServers) -> ServerID? {
        pick(from: pool, among: .eligible, excluding: tried)
    }

    /// The numbers of the next servers, counted from 0; each connection ends before the next begins.
    mutating func numbers(of picks: Int, from pool: Pool) -> [Int] {
        (0..<picks).compactMap { _ in pick(from: pool, excluding: TriedServers())?.number }
    }

    /// How often each server comes in the next picks.
    mutating func counts(of picks: Int, from pool: Pool) -> [Int] {
        var counts = [Int](repeating: 0, count: pool.count)
        for number in numbers(of: picks, from: pool) { counts[number] += 1 }
        return counts
    }
}
