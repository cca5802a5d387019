/// Picks servers with a strategy that can be changed, and takes down why.
public struct Picker {
    /// The strategy in use.
    public private(set) var name: StrategyName
    private var strategy: any Strategy

    /// One that has picked nothing yet.
    public init(_ name: StrategyName) {
        self.name = name
        strategy = name.makeStrategy()
    }

    /// Picks with another strategy from now on, which has picked nothing yet. The one in use goes on as it is.
    public mutating func use(_ name: StrategyName) {
        guard name != self.name else { return }
        self = Picker(name)
    }

    /// The server to try next among those of the first rank in which one is left that was not tried before; nil
    /// when none is left, or those are full.
    public mutating func pick(
        from pool: Pool, excluding tried: TriedServers, noting log: inout PickLog
    ) -> ServerID? {
        let rank = pool.nextRank(excluding: tried)
        let picked = rank.flatMap { strategy.pick(from: pool, among: $0, excluding: tried) }
        let rule: Pick.Rule = rank == .eligible || picked == nil ? .strategy(name) : .lastResort(name)
        log.note(picked, by: rule, from: pool, excluding: tried)
        if picked == nil, let rank, rank != .eligible { log.noteFull(in: rank, of: pool.candidates) }
        return picked
    }

    /// Takes down that a server gets the same exchange again, over a connection that is not a kept one.
    public func pickAgain(
        _ server: ServerID, from pool: Pool, excluding tried: TriedServers, noting log: inout PickLog
    ) {
        log.note(server, by: .sameServer, from: pool, excluding: tried)
    }

    /// See ``Strategy/standing(of:in:)``.
    public func standing(of server: ServerID, in pool: Pool) -> Double {
        strategy.standing(of: server, in: pool)
    }
}
