import Time

/// Whether a server can be used, by what checks and traffic saw of it.
public enum HealthState: String, Sendable, CaseIterable {
    /// A check has to pass first: none has ended since the start, or since a person enabled the server.
    case checking
    /// Checks pass, and traffic reaches it.
    case up
    /// Checks fail, or traffic did not reach it.
    case down
}

/// Something that was seen of a server.
public enum HealthEvent: Equatable, Sendable {
    /// A check passed.
    case checkPassed
    /// A check failed; the text says how, such as "connection refused".
    case checkFailed(reason: String)
    /// A connection of real traffic was made.
    case trafficPassed
    /// A connection of real traffic was refused or timed out.
    case trafficFailed(reason: String)
    /// A person enabled the server: what was seen before may be of another process.
    case enabled
}

/// A change of a server's health, reported once.
public struct HealthFlip: Equatable, Sendable {
    /// Who saw what made the change.
    public enum Witness: Sendable {
        /// A check.
        case checks
        /// A connection of real traffic.
        case traffic
        /// Nobody: a person asked for a check.
        case person
    }

    /// The state before.
    public let from: HealthState
    /// The state after.
    public let to: HealthState
    /// Who saw it.
    public let witness: Witness
    /// Why, for a person: "connection refused (3 failures in a row)".
    public let reason: String
}

/// How many in a row change a server's health.
public struct HealthThresholds: Equatable, Sendable {
    /// Passed checks in a row that bring a down server up.
    public let rise: Int
    /// Failed checks in a row that take an up server down.
    public let fall: Int

    /// - Precondition: both are at least 1.
    public init(rise: Int, fall: Int) {
        precondition(rise >= 1 && fall >= 1, "rise and fall are at least 1")
        self.rise = rise
        self.fall = fall
    }
}

/// How soon the next check of a server is wanted.
public enum CheckPace: Equatable, Sendable {
    /// Its health is settled.
    case settled
    /// A change is on its way.
    case changing
    /// Traffic took it out of turn, and it may be back any moment. `relapse` is how often that happened since traffic
    /// last reached it: 0 where traffic reaches it again, and checks have yet to say so.
    case close(relapse: Int)
}

/// The health of one server: a state machine over what two witnesses see of it, checks and traffic.
///
/// A server is up when both say so, and what one witness counts, the other never resets. As in HAProxy, `fall`
/// failed checks in a row take a server down and `rise` passed ones bring it up, whatever traffic sees; after the
/// start, and after a person enabled the server, one check decides. A connection of traffic that fails takes the
/// server out of turn at once (nginx's `max_fails=1`), for one is enough to know and the others can serve. The next
/// connection that is made ends that, and so does the first check that passes, for it connects too.
public struct Health: Equatable, Sendable {
    /// How many checks come at a close pace after traffic did not reach the server: at one each 150 ms about
    /// 2.5 s, which most restarts take less than.
    public static let closeLooks = 16

    /// What checks say.
    private enum Checks: Equatable {
        case pending
        case passing(failed: Int)
        case failing(passed: Int)
    }

    private var checks = Checks.pending
    /// What traffic says: whether it reaches the server, as far as it has tried.
    private var isReached = true
    /// How often traffic found the server out of reach since a connection was last made.
    private var relapses = 0
    /// How many more checks come at a close pace.
    private var looksLeft = 0
    /// When ``state`` came to be what it is.
    public private(set) var since: Instant
    /// What the last failure said; nil when the last thing seen was good.
    public private(set) var lastFailure: String?

    private let thresholds: HealthThresholds

    /// A server that is to be checked.
    public init(thresholds: HealthThresholds, at now: Instant) {
        self.since = now
        self.thresholds = thresholds
    }

    /// A server that no check will look at: it counts as up whatever happens to it.
    public static func unchecked(at now: Instant) -> Health {
        var health = Health(thresholds: HealthThresholds(rise: 1, fall: .max), at: now)
        health.checks = .passing(failed: 0)
        return health
    }

    /// Whether checks look at it.
    public var isChecked: Bool { thresholds.fall != .max }

    /// Where the server stands.
    public var state: HealthState {
        guard isReached else { return .down }
        return switch checks {
        case .pending: .checking
        case .passing: .up
        case .failing: .down
        }
    }

    /// Checks in a row that speak against what checks said before.
    public var streak: Int {
        switch checks {
        case .pending: 0
        case .passing(let failed): failed
        case .failing(let passed): passed
        }
    }

    /// Whether traffic found the server out of reach, so that a connection which is made is news.
    public var awaitsTraffic: Bool { relapses > 0 }

    /// How soon the next check is wanted.
    public var pace: CheckPace {
        if looksLeft > 0 { return .close(relapse: relapses) }
        return checks == .pending || streak > 0 ? .changing : .settled
    }

    /// Takes in what was seen; the answer is the change it makes, if any.
    public mutating func handle(_ event: HealthEvent, at now: Instant) -> HealthFlip? {
        guard isChecked else { return nil }
        let before = state
        let (witness, reason) = takeIn(event)
        guard state != before else { return nil }
        since = now
        if state == .up { looksLeft = 0 }
        return HealthFlip(from: before, to: state, witness: witness, reason: reason)
    }

    /// The answer says why the state may have changed.
    private mutating func takeIn(_ event: HealthEvent) -> (HealthFlip.Witness, String) {
        switch event {
        case .checkPassed: return (.checks, checkPassed())
        case .checkFailed(let reason): return (.checks, checkFailed(reason))
        case .trafficPassed:
            relapses = 0
            if !isReached, streak == 0 { lastFailure = nil }
            isReached = true
            return (.traffic, "traffic reaches it again")
        case .trafficFailed(let reason):
            // One that is down is tried only because nobody else is left.
            if state != .down { trafficFailed(reason) }
            return (.traffic, reason + " (seen by traffic)")
        case .enabled:
            self = Health(thresholds: thresholds, at: since)
            return (.person, "a check has to pass first")
        }
    }

    private mutating func checkPassed() -> String {
        lastFailure = nil
        isReached = true
        looksLeft = max(0, looksLeft - 1)
        switch checks {
        case .pending:
            checks = .passing(failed: 0)
            return "the first check passed"
        case .passing:
            checks = .passing(failed: 0)
            return "the check passed"
        case .failing(let passed):
            checks = passed + 1 < thresholds.rise ? .failing(passed: passed + 1) : .passing(failed: 0)
            return "the check passed" + Self.inARow(passed + 1, "time")
        }
    }

    private mutating func checkFailed(_ reason: String) -> String {
        lastFailure = reason
        looksLeft = max(0, looksLeft - 1)
        switch checks {
        case .pending, .failing:
            checks = .failing(passed: 0)
            return reason
        case .passing(let failed):
            checks = failed + 1 < thresholds.fall ? .passing(failed: failed + 1) : .failing(passed: 0)
            return reason + Self.inARow(failed + 1, "failure")
        }
    }

    private mutating func trafficFailed(_ reason: String) {
        lastFailure = reason
        isReached = false
        relapses += 1
        looksLeft = Self.closeLooks
    }

    private static func inARow(_ count: Int, _ noun: String) -> String {
        count == 1 ? "" : " (\(count) \(noun)s in a row)"
    }
}
