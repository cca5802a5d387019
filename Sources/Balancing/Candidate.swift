/// What a strategy looks at of one server: plain numbers, side by side for the whole pool, so that a
/// pick touches no names and no reasons, and counts no references to them.
struct Candidate {
    /// See ``Server/weight``.
    var weight: Int
    /// See ``Server/maxConnections``; `Int.max` for none.
    let maxConnections: Int
    /// See ``Server/inFlight``. Counted here alone.
    private(set) var inFlight = 0
    /// See ``Server/peakInFlight``. Counted here alone.
    private(set) var peakInFlight = 0
    /// See ``Server/verdict``. Worked out when the server's state changes, not at each pick.
    var verdict: CandidateVerdict

    init(_ server: Server) {
        weight = server.weight
        maxConnections = server.maxConnections ?? .max
        verdict = server.verdict
    }

    /// See ``Server/isEligible``.
    var isEligible: Bool { verdict == .eligible }

    /// Whether a connection may go to it now.
    var isOpen: Bool { isEligible && inFlight < maxConnections }

    mutating func began() {
        inFlight += 1
        if inFlight > peakInFlight { peakInFlight = inFlight }
    }

    /// One has ended; answers whether it was the last.
    mutating func endedEmpty() -> Bool {
        inFlight -= 1
        return inFlight == 0
    }

    mutating func resetPeak() {
        peakInFlight = inFlight
    }

    /// What is remembered of it after a pick.
    func view(isTried: Bool) -> CandidateView {
        let verdict: CandidateVerdict =
            !isEligible ? verdict : isTried ? .tried : inFlight < maxConnections ? .eligible : .full
        return CandidateView(inFlight: inFlight, weight: weight, verdict: verdict)
    }

    /// Whether it holds fewer connections for its weight than another: compares the quotients without
    /// the division.
    func isIdler(than other: Candidate) -> Bool {
        inFlight * other.weight < other.inFlight * weight
    }
}
