/// What a strategy looks at of one server: plain numbers, side by side for the whole pool, so that a
/// pick touches no names and no reasons, and counts no references to them.
struct Candidate {
    /// See ``Server/weight``.
    let weight: Int
    /// See ``Server/maxConnections``; `Int.max` for none.
    let maxConnections: Int
    /// See ``Server/inFlight``. Counted here alone.
    var inFlight = 0
    /// See ``Server/isEligible``. Worked out when the server's state changes, not at each pick.
    var isEligible: Bool

    init(_ server: Server) {
        weight = server.weight
        maxConnections = server.maxConnections ?? .max
        isEligible = server.isEligible
    }

    /// Whether a connection may go to it now.
    var isOpen: Bool { isEligible && inFlight < maxConnections }

    /// Whether it holds fewer connections for its weight than another: compares the quotients without
    /// the division.
    func isIdler(than other: Candidate) -> Bool {
        inFlight * other.weight < other.inFlight * weight
    }
}
