/// What a strategy saw, and what it picked: the answer to "why this server?".
public struct Pick: Equatable, Sendable {
    /// Who decided.
    public enum Rule: Equatable, Sendable {
        /// A strategy, among all servers.
        case strategy(StrategyName)
        /// A strategy, among servers that are not in turn, for no other was left.
        case lastResort(StrategyName)
        /// The same server again: a kept connection to it had died, by nobody's fault.
        case sameServer
    }

    /// Who decided.
    public let rule: Rule
    /// The server that was picked; nil for none.
    public let server: ServerID?
    /// How the pool's servers stood, in order: all of a pool of ``PickLog/width`` or fewer. Of a larger one the first
    /// ones, and in the last place the one that was picked, if it is not among them.
    public let candidates: [CandidateView]
    /// How many servers of the pool are not among them.
    public let others: Int
    /// How many servers of the pool were eligible.
    let eligible: Int

    /// Which server the candidate in that place is.
    public func server(at place: Int) -> ServerID {
        if let server, place == candidates.count - 1, server.number > place { return server }
        return ServerID(place)
    }

    /// How one of the candidates stood.
    func view(of server: ServerID) -> CandidateView {
        candidates[min(server.number, candidates.count - 1)]
    }
}

/// The picks of one session or exchange, one for each attempt.
///
/// It keeps its memory from one exchange to the next, so that a pick allocates nothing; ``picks`` makes
/// something readable of it when somebody asks.
public struct PickLog: Sendable {
    /// How many picks are kept: the first ones, and in the last place the last one.
    public static let limit = 4
    /// How many servers are seen in each pick: what a person looks through, and no more work for a pool of thousands.
    public static let width = 64

    private struct Head {
        var rule = Pick.Rule.sameServer
        var server: Int32 = -1
        var eligible: Int32 = 0
    }

    private var heads = InlineArray<4, Head>(repeating: Head())
    private var count = 0
    /// How many servers are seen of the pool, and not seen.
    private var width = 0
    private var others = 0
    /// What was seen of each server, pick after pick. Longer than what counts.
    private var views: [CandidateView] = []

    /// No pick yet.
    public init() {}

    /// Forgets all picks and keeps the memory.
    public mutating func clear() {
        count = 0
    }

    /// All kept picks, oldest first.
    public var picks: [Pick] {
        (0..<count).map { number in
            let head = heads[number]
            return Pick(
                rule: head.rule, server: head.server < 0 ? nil : ServerID(Int(head.server)),
                candidates: Array(views[number * width..<(number + 1) * width]), others: others,
                eligible: Int(head.eligible))
        }
    }

    /// Takes down what there is to see, before the pick is counted. A pick that found nobody is replaced
    /// by the next one: who waits for a server with room picks again and again.
    mutating func note(
        _ picked: ServerID?, by rule: Pick.Rule, from pool: Pool, excluding tried: TriedServers
    ) {
        let candidates = pool.candidates
        let width = min(candidates.count, Self.width)
        self.width = width
        others = candidates.count - width
        let isOpenEnd = count > 0 && heads[count - 1].server < 0
        let place = isOpenEnd ? count - 1 : min(count, Self.limit - 1)
        count = place + 1
        heads[place] = Head(
            rule: rule, server: picked.map { Int32(truncatingIfNeeded: $0.number) } ?? -1,
            eligible: Int32(truncatingIfNeeded: pool.eligibleCount))
        let start = place * width
        while views.count < start + width { views.append(CandidateView()) }
        let hasTried = tried.count > 0
        var seen = views.mutableSpan
        for number in 0..<width {
            let isTried = hasTried && tried.contains(ServerID(number))
            seen[start + number] = candidates[number].view(isTried: isTried)
        }
        guard let picked else { return }
        let last = start + width - 1
        if picked.number >= width { seen[last] = candidates[picked.number].view(isTried: false) }
        seen[min(start + picked.number, last)].verdict = .picked
    }

    /// Takes down that the pick which was noted last found nobody since those of a rank are full: that they are out of
    /// turn did not keep them from it.
    mutating func noteFull(in rank: Rank, of candidates: [Candidate]) {
        let start = (count - 1) * width
        for number in 0..<width
        where candidates[number].rank == rank && views[start + number].verdict != .tried {
            views[start + number].verdict = .full
        }
    }
}
