/// In which order servers are asked: one of a rank gets a connection only when none of a rank before it is left.
///
/// A connection that is refused costs nothing, and a client that gets 503 has lost its request. So nginx
/// never gives up the only server that it has, and Envoy goes to all below its panic threshold.
enum Rank: Int, CaseIterable {
    /// In turn.
    case eligible
    /// Up as far as anybody knows, but ejected, on trial and busy, or waiting for a check.
    case reserve
    /// Down.
    case lastResort
    /// Never: a person took it out.
    case none

    init(of verdict: CandidateVerdict) {
        switch verdict {
        case .picked, .eligible, .full, .tried: self = .eligible
        case .ejected, .trial, .checking: self = .reserve
        case .down: self = .lastResort
        case .disabled, .draining: self = .none
        }
    }
}

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
    private(set) var verdict: CandidateVerdict
    /// Whether it gets one connection at a time while others can serve.
    private(set) var isOnTrial: Bool
    /// Of those in flight, how many it held already when its trial began. A tunnel may last for hours: it is not the
    /// one that the trial waits for.
    private var heldBefore = 0
    /// When it gets a connection.
    private(set) var rank: Rank

    init(_ server: Server) {
        weight = server.weight
        maxConnections = server.maxConnections ?? .max
        verdict = server.verdict
        isOnTrial = server.ejection.isOnTrial
        rank = Rank(of: server.verdict)
    }

    /// Takes over how a server stands.
    mutating func stand(as server: Server) {
        verdict = server.verdict
        let wasOnTrial = isOnTrial
        isOnTrial = server.ejection.isOnTrial
        if isOnTrial, !wasOnTrial { heldBefore = inFlight }
        updateRank()
    }

    /// One on trial that got a connection steps back until one has ended: which one it was, nobody can tell.
    mutating func updateRank() {
        rank = Rank(of: verdict)
        guard isOnTrial else { return }
        heldBefore = min(heldBefore, inFlight)
        if inFlight > heldBefore, rank == .eligible { rank = .reserve }
    }

    /// Whether it may hold one more. A full server stays eligible: it is busy, not ill.
    var hasRoom: Bool { inFlight < maxConnections }

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
            isTried
            ? .tried
            : verdict != .eligible ? verdict : rank != .eligible ? .trial : hasRoom ? .eligible : .full
        return CandidateView(inFlight: inFlight, weight: weight, verdict: verdict)
    }

}
