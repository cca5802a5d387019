import Time

/// How long something may take, in nanoseconds.
///
/// A `Duration` counts attoseconds in 128 bits, so that adding one to an instant takes some two hundred
/// instructions; an exchange or a session does that several times. Those that never change are turned into these once.
struct Wait {
    let nanoseconds: Int64

    init(_ span: Duration) {
        nanoseconds = span.inNanoseconds
    }

    /// The instant a wait later; saturates at `never`.
    static func + (instant: Instant, wait: Wait) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(wait.nanoseconds)
        return overflow ? .never : Instant(nanoseconds: sum)
    }
}

/// The times of ``Service/Limits``, ready to be added.
struct ServiceWaits {
    let connect: Wait
    let idle: Wait
    /// Until quiet connections are looked at once more.
    let secondLook: Wait
    /// From there until they have been idle for too long.
    let restOfIdle: Wait

    init(_ limits: Service.Limits) {
        let quiet = min(Service.quietTime, limits.idleTimeout)
        connect = Wait(limits.connectTimeout)
        idle = Wait(limits.idleTimeout)
        secondLook = Wait(quiet)
        restOfIdle = Wait(limits.idleTimeout - quiet)
    }
}
