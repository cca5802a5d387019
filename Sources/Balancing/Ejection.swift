import Time

/// Something that an ejection depends on.
enum EjectionEvent: Equatable {
    /// An exchange was answered well.
    case exchangeSucceeded
    /// A good answer has begun; it may last for hours.
    case answerBegan
    /// An exchange was not answered, or answered with a failure.
    case exchangeFailed(reason: String, wasAnswered: Bool, Consequence)
    /// A check of the server passed.
    case checkPassed
    /// It is later than before.
    case timePassed
    /// It is another server than the one that failed, as far as anybody knows: it came up after it was down, or
    /// a person enabled it.
    case beganAnew

    /// What a failure may lead to, as the pool sees the server beside the others.
    enum Consequence: Equatable {
        /// The pool cannot spare the server: none.
        case none
        /// The others fare no better, or nobody knows how they do: an ejection when none of enough exchanges in a
        /// row was answered at all.
        case whenSilent
        /// An ejection when it is one of enough failures in a row.
        case byRow
        /// An ejection at once.
        case atOnce
    }
}

/// Whether a server is left out for a while because its exchanges fail: a state machine over them.
///
/// This is Envoy's outlier detection for `consecutive_gateway_failure`: failures in a row eject a
/// server, one success ends the row, and an ejection ends by its time. A server that is back is on trial, as
/// behind a half-open circuit breaker: it gets one request at a time until it has answered one well, and a
/// failure ejects it again. A server that was down and comes up is back at once, without a trial: it has
/// started anew.
///
/// Each time in a row lasts twice as long as the one before (Envoy: once more the first time's length). A check
/// that passes halves what is left beyond the shortest length: the server can be reached, which is what most
/// checks see, and the trial tells the rest. (In Envoy a passed check ends the ejection.)
/// The row is forgotten as Envoy forgets it, one time for each interval that the server spends in
/// service, whether it gets traffic or not; the interval is the shortest ejection's length (by default
/// 10 s, as Envoy's `interval`). So a server that fails at once after each ejection is soon out for
/// long, and one that failed once, an hour ago, starts again at the shortest.
///
/// Where the pool cannot spare the server, the row goes on: the first failure after it can ejects.
public struct Ejection: Equatable, Sendable {
    /// Where the server stands.
    private enum Standing: Equatable {
        case inService
        case ejected(from: Instant, until: Instant)
        case onTrial
    }

    private var standing = Standing.inService
    /// Failed exchanges in a row; 0 while the server is ejected.
    public private(set) var streak = 0
    /// How many of the last ones were not answered at all.
    private var silent = 0
    /// When the first of them failed.
    private var streakBegan = Instant.origin
    /// How many ejections in a row the last one was; not yet less for the time in service since.
    public private(set) var timesInRow = 0
    /// Since when the server is back; only of interest after an ejection.
    private var inServiceSince = Instant.origin
    /// Since when it is the server that it is now, as far as anybody knows.
    private var isNewSince = Instant.origin

    /// A server that never failed.
    init() {}

    /// Whether the server is left out.
    public var isEjected: Bool { until != nil }

    /// When its time is over; nil while the server is not ejected.
    public var until: Instant? {
        if case .ejected(_, let until) = standing { until } else { nil }
    }

    /// Whether the server is back after an ejection and has answered nothing well yet.
    public var isOnTrial: Bool { standing == .onTrial }

    /// Since when the server fails, if it fails now: the time that the others' answers are compared over.
    func failingSince(at now: Instant) -> Instant {
        isOnTrial ? inServiceSince : streak > 0 ? streakBegan : now
    }

    /// Whether an exchange says something of the server as it is now: not when it began before the server came back,
    /// or came up as what may be another process. (Envoy counts such exchanges.)
    func isConcerned(byExchangeBegunAt began: Instant) -> Bool { began >= isNewSince }

    /// Takes in what happened; the answer is the change it makes, if any.
    mutating func handle(_ event: EjectionEvent, by rule: EjectionRule, at now: Instant) -> PoolChange? {
        switch standing {
        case .inService, .onTrial: handleInService(event, by: rule, at: now)
        case .ejected(let from, let until): handleEjected(from, until, event, by: rule, at: now)
        }
    }

    private mutating func handleInService(
        _ event: EjectionEvent, by rule: EjectionRule, at now: Instant
    ) -> PoolChange? {
        switch event {
        case .exchangeSucceeded:
            (streak, silent) = (0, 0)
            return endTrial()
        case .beganAnew:
            (streak, silent) = (0, 0)
            isNewSince = now
            return endTrial()
        case .answerBegan: return endTrial()
        case .exchangeFailed(let reason, let wasAnswered, let consequence):
            if streak == 0 { streakBegan = now }
            streak += 1
            silent = wasAnswered ? 0 : silent + 1
            guard ejects(consequence, by: rule) else { return endTrial() }
            return eject(because: reason, by: rule, at: now)
        case .timePassed, .checkPassed: return nil
        }
    }

    /// A failure that ejects nobody ends a trial too: the server is needed, or no worse than the others.
    private func ejects(_ consequence: EjectionEvent.Consequence, by rule: EjectionRule) -> Bool {
        switch consequence {
        case .none: false
        case .whenSilent: silent >= (isOnTrial ? 1 : rule.consecutiveFailures)
        case .byRow: isOnTrial || streak >= rule.consecutiveFailures
        case .atOnce: true
        }
    }

    private mutating func endTrial() -> PoolChange? {
        guard isOnTrial else { return nil }
        standing = .inService
        return .passedTrial
    }

    private mutating func handleEjected(
        _ from: Instant, _ until: Instant, _ event: EjectionEvent, by rule: EjectionRule, at now: Instant
    ) -> PoolChange? {
        switch event {
        case .timePassed:
            guard now >= until else { return nil }
            return comeBack(as: .onTrial, at: now)
        case .beganAnew: return comeBack(as: .inService, at: now)
        case .checkPassed:
            let half = now + (until - now) / 2
            let end = max(from + rule.shortest, half)
            guard end < until else { return nil }
            standing = .ejected(from: from, until: end)
            return .ejectionShortened(until: end)
        case .exchangeSucceeded, .answerBegan, .exchangeFailed:
            // Left over from before the ejection, or asked because nobody else was left. It has its time.
            return nil
        }
    }

    private mutating func comeBack(as next: Standing, at now: Instant) -> PoolChange {
        standing = next
        inServiceSince = now
        isNewSince = now
        return .readmitted
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
        let length = rule.length(ofTime: timesInRow)
        let row = streak == 1 ? "" : " (\(streak) failures in a row)"
        standing = .ejected(from: now, until: now + length)
        (streak, silent) = (0, 0)
        return .ejected(for: length, reason: reason + row)
    }
}
