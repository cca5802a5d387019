/// The eligible server with room that has the fewest connections in flight for its weight; ties take
/// turns.
///
/// The turns of ties are kept over the whole pool, not over the servers that happen to be tied, so
/// that idle servers share alike (nginx's `least_conn` settles ties the same way).
struct LeastConnections: Strategy {
    private var ties = FairRotation()

    /// Makes a strategy that has picked nothing yet.
    init() {}

    mutating func pick(from pool: Pool, among rank: Rank, excluding tried: TriedServers) -> ServerID? {
        let candidates = pool.candidates
        var idlest: Candidate?
        var weights = 0
        for (number, candidate) in candidates.enumerated()
        where candidate.isOpen(in: rank) && !tried.contains(ServerID(number)) {
            if let best = idlest, !candidate.isIdler(than: best) {
                if !best.isIdler(than: candidate) { weights += candidate.weight }
                continue
            }
            idlest = candidate
            weights = candidate.weight
        }
        guard let idlest else { return nil }
        return ties.next(of: candidates, weighing: weights) { candidate, server in
            candidate.isOpen(in: rank) && !idlest.isIdler(than: candidate) && !tried.contains(server)
        }
    }

    /// What a server holds for its weight.
    func standing(of server: ServerID, in pool: Pool) -> Double {
        let candidate = pool.candidates[server.number]
        return Double(candidate.inFlight) / Double(candidate.weight)
    }
}
