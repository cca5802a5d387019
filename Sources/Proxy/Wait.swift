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

    init(_ limits: Service.Limits) {
        connect = Wait(limits.connectTimeout)
        idle = Wait(limits.idleTimeout)
    }
}
