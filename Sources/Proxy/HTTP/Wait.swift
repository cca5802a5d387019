import Time

/// How long something may take, in nanoseconds.
///
/// A `Duration` counts attoseconds in 128 bits, so that adding one to an instant takes some two hundred
/// instructions; an exchange does that several times. Those that never change are turned into these once.
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

/// The times of ``HTTPLimits``, ready to be added.
struct HTTPWaits {
    let requestHead: Wait
    let body: Wait
    let responseHead: Wait
    let keepAlive: Wait
    let queueTimeout: Wait
    /// See ``Service/quietTime``.
    let quiet = Wait(Service.quietTime)

    init(_ limits: HTTPLimits) {
        requestHead = Wait(limits.requestHead)
        body = Wait(limits.body)
        responseHead = Wait(limits.responseHead)
        keepAlive = Wait(limits.keepAlive)
        queueTimeout = Wait(limits.queueTimeout)
    }
}
