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
    case ejected(for: TimeSpan, reason: String)
    /// A passed check brought the end of a server's ejection nearer.
    case ejectionShortened(until: Instant)
    /// A server's ejection is over, by its time or because the server began anew.
    case readmitted
    /// A server that was back on trial takes part as any other again.
    case passedTrial
}
