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
    /// All servers of the pool, in order.
    public let candidates: [CandidateView]
}

/// The picks of one session or exchange, one for each attempt.
///
/// It keeps its memory from one exchange to the next, so that a pick allocates nothing; ``picks`` makes
/// something readable of it when somebody asks.
public struct PickLog: Sendable {
    /// How many picks are kept: the first ones, and in the last place the last one.
    public static let limit = 4

    private struct Head {
        var rule = Pick.Rule.sameServer
        var server: Int32 = -1
    }

    private var heads = InlineArray<4, Head>(repeating: Head())
    private var count = 0
    /// How many servers the pool has.
    private var width = 0
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
                candidates: Array(views[number * width..<(number + 1) * width]))
        }
    }

    /// Takes down what there is to see, before the pick is counted. A pick that found nobody is replaced
    /// by the next one: who waits for a server with room picks again and again.
    mutating func note(
        _ picked: ServerID?, by rule: Pick.Rule, from candidates: [Candidate], excluding tried: TriedServers
    ) {
        width = candidates.count
        let isOpenEnd = count > 0 && heads[count - 1].server < 0
        let place = isOpenEnd ? count - 1 : min(count, Self.limit - 1)
        count = place + 1
        heads[place] = Head(rule: rule, server: picked.map { Int32(truncatingIfNeeded: $0.number) } ?? -1)
        let start = place * width
        while views.count < start + width { views.append(CandidateView()) }
        let hasTried = tried.count > 0
        var seen = views.mutableSpan
        for number in candidates.indices {
            let isTried = hasTried && tried.contains(ServerID(number))
            seen[start + number] = candidates[number].view(isTried: isTried)
        }
        if let picked { seen[start + picked.number].verdict = .picked }
    }

    /// Takes down that the pick which was noted last found nobody since those of a rank are full: that they are out of
    /// turn did not keep them from it.
    mutating func noteFull(in rank: Rank, of candidates: [Candidate]) {
        let start = (count - 1) * width
        for (number, candidate) in candidates.enumerated()
        where candidate.rank == rank && views[start + number].verdict != .tried {
            views[start + number].verdict = .full
        }
    }
}
