/// Takes turns among changing sets of servers so that each gets its share by weight in the long run.
///
/// It is nginx's smooth weighted round robin (`ngx_http_upstream_get_peer`), but every turn is worth
/// the same: each candidate's credit grows by its share of the turn, and the richest takes the turn
/// and pays for it. (nginx credits the bare weight; then a turn among two is cheaper than one among
/// fifty, so that servers which come and go drift apart without bound, and whoever was owed one turn
/// among fifty takes twenty-five in a row among two.) The credits always add up to zero, and a server
/// that leaves keeps its credit until it is back. With equal weights it is the plain rotation.
///
/// This is the carpool problem (Fagin and Williams, 1983): among n servers none is ever more than
/// (n - 1) / 2 turns away from its fair share, whatever sets of candidates come.
struct FairRotation {
    /// What a turn is worth. Any sum of weights up to 24 divides it, so that common pools share without
    /// rounding; for others the price of a turn differs by less than the sum's part of this.
    private static let turn = 5_354_228_880

    /// Index: the server's number.
    private var credits: [Int] = []

    /// Takes the next of the servers that `takesPart` accepts, whose weights add up to `weights`; nil when
    /// it accepts none.
    mutating func next(
        of candidates: [Candidate], weighing weights: Int, where takesPart: (Candidate, ServerID) -> Bool
    ) -> ServerID? {
        while credits.count < candidates.count { credits.append(0) }
        guard weights > 0 else { return nil }
        let shareOfOne = Self.turn / weights
        var richest: (number: Int, credit: Int)?
        for (number, candidate) in candidates.enumerated() where takesPart(candidate, ServerID(number)) {
            let credit = credits[number] + candidate.weight * shareOfOne
            credits[number] = credit
            if let best = richest, best.credit >= credit { continue }
            richest = (number, credit)
        }
        guard let richest else { return nil }
        credits[richest.number] -= weights * shareOfOne
        return ServerID(richest.number)
    }

    /// The turns that a server is owed: negative when it had more than its share.
    func turnsOwed(to server: ServerID) -> Double {
        server.number < credits.count ? Double(credits[server.number]) / Double(Self.turn) : 0
    }
}
