import Time

/// A change in a pool.
public enum PoolChange: Equatable, Sendable {
    /// Checks or traffic changed a server's health.
    case health(HealthFlip)
    /// A person changed what a server may get.
    case administrativeState(from: AdministrativeState, to: AdministrativeState)
    /// A person changed a server's share.
    case weight(from: Int, to: Int)
    /// A server's exchanges failed, and it is left out for a while; the reason is for a person:
    /// "bad_response (5 failures in a row)".
    case ejected(until: Instant, reason: String)
    /// The time of a server's ejection is over.
    case readmitted
}
