import Time

/// Something that an ejection depends on.
enum EjectionEvent: Equatable {
    /// An exchange was answered.
    case exchangeSucceeded
    /// An exchange was not answered, or not well; `mayEject`: the pool can spare the server.
    case exchangeFailed(reason: String, mayEject: Bool)
    /// It is later than before.
    case timePassed
    /// Checks brought the server up again after it was down: it is another one than the one that failed.
    case cameUp
}

/// Whether a server is left out for a while because its exchanges fail: a state machine over them.
///
/// This is Envoy's outlier detection for `consecutive_gateway_failure`: failures in a row eject a
/// server, one success ends the row, and an ejection ends by its time. A check that passes does not end it:
/// a server can take connections, which is what most checks see, and still fail what is asked of it. A
/// server that was down and comes up does: it has started anew.
///
/// Each time in a row lasts twice as long as the one before (Envoy: once more the first time's length).
/// The row is forgotten as Envoy forgets it, one time for each interval that the server spends in
/// service, whether it gets traffic or not; the interval is the shortest ejection's length (by default
/// 10 s, as Envoy's `interval`). So a server that fails at once after each ejection is soon out for
/// five minutes, and one that failed once, an hour ago, starts again at the shortest.
///
/// Where the pool cannot spare the server, the row goes on: the first failure after it can ejects.
public struct Ejection: Equatable, Sendable {
    /// When its time is over; nil while the server is not ejected.
    public private(set) var until: Instant?
    /// Failed exchanges in a row; 0 while the server is ejected.
    public private(set) var streak = 0
    /// How many ejections in a row the last one was; not yet less for the time in service since.
    public private(set) var timesInRow = 0
    /// Since when the server is back; only of interest after an ejection.
    private var inServiceSince = Instant.origin

    /// A server that never failed.
    init() {}

    /// Whether the server is left out.
    public var isEjected: Bool { until != nil }

    /// Takes in what happened; the answer is the change it makes, if any.
    mutating func handle(_ event: EjectionEvent, by rule: EjectionRule, at now: Instant) -> PoolChange? {
        switch (until, event) {
        case (nil, .exchangeSucceeded):
            streak = 0
            return nil
        case (nil, .exchangeFailed(let reason, let mayEject)):
            streak += 1
            guard mayEject, streak >= rule.consecutiveFailures else { return nil }
            return eject(because: reason, by: rule, at: now)
        case (.some(let end), .timePassed):
            guard now >= end else { return nil }
            until = nil
            inServiceSince = now
            return .readmitted
        case (.some, .cameUp):
            until = nil
            inServiceSince = now
            return .readmitted
        case (nil, .cameUp):
            streak = 0
            return nil
        case (.some, .exchangeSucceeded), (.some, .exchangeFailed):
            // Left over from before the ejection, which has its time.
            return nil
        case (nil, .timePassed):
            return nil
        }
    }

    private mutating func eject(
        because reason: String, by rule: EjectionRule, at now: Instant
    ) -> PoolChange {
        let calm = max(0, (now - inServiceSince).inNanoseconds / rule.shortest.inNanoseconds)
        timesInRow = max(0, timesInRow - Int(calm))
        // A length that cannot grow is no reason for a row that takes longer to forget.
        if timesInRow == 0 || rule.length(ofTime: timesInRow) < rule.length(ofTime: timesInRow + 1) {
            timesInRow += 1
        }
        let end = now + rule.length(ofTime: timesInRow)
        let row = streak == 1 ? "" : " (\(streak) failures in a row)"
        until = end
        streak = 0
        return .ejected(until: end, reason: reason + row)
    }
}
