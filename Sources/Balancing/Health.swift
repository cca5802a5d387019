import Time

/// Whether a server can be used, by what checks and traffic saw of it.
public enum HealthState: String, Sendable, CaseIterable {
    /// No check has ended yet.
    case checking
    /// Checks pass.
    case up
    /// Checks fail.
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
}

/// A change of a server's health, reported once.
public struct HealthFlip: Equatable, Sendable {
    /// The state before.
    public let from: HealthState
    /// The state after.
    public let to: HealthState
    /// Why, for a person: "connection refused (3 failures in a row)".
    public let reason: String
}

/// How many in a row change a server's health.
public struct HealthThresholds: Equatable, Sendable {
    /// Passed checks in a row that bring a down server up.
    public let rise: Int
    /// Failures in a row that take an up server down.
    public let fall: Int

    /// - Precondition: both are at least 1.
    public init(rise: Int, fall: Int) {
        precondition(rise >= 1 && fall >= 1, "rise and fall are at least 1")
        self.rise = rise
        self.fall = fall
    }
}

/// The health of one server: a state machine over what is seen of it.
///
/// As in HAProxy (`rise`, `fall`, `observe layer4`), `fall` failures in a row take a server down and
/// `rise` passed checks in a row bring it up; at the start one check decides. A refused connection of
/// real traffic counts as a failed check, but only checks bring a server up: a server that is down
/// gets no traffic to prove itself with.
public struct Health: Equatable, Sendable {
    /// Where the server stands.
    public private(set) var state: HealthState
    /// When it came to stand there.
    public private(set) var since: Instant
    /// Passed checks in a row while down, failures in a row while up; 0 in any other case.
    public private(set) var streak = 0
    /// What the last failure said; nil when the last thing seen was good.
    public private(set) var lastFailure: String?

    private let thresholds: HealthThresholds

    /// A server that is to be checked.
    public init(thresholds: HealthThresholds, at now: Instant) {
        self.state = .checking
        self.since = now
        self.thresholds = thresholds
    }

    /// A server that no check will look at: it counts as up whatever happens to it.
    public static func unchecked(at now: Instant) -> Health {
        var health = Health(thresholds: HealthThresholds(rise: 1, fall: .max), at: now)
        health.state = .up
        return health
    }

    /// Whether checks look at it.
    public var isChecked: Bool { thresholds.fall != .max }

    /// Whether the next check should come sooner than usual: a change is on its way.
    public var isChanging: Bool { state == .checking || streak > 0 }

    /// Takes in what was seen; the answer is the change it makes, if any.
    public mutating func handle(_ event: HealthEvent, at now: Instant) -> HealthFlip? {
        switch (state, event) {
        case (.checking, .checkPassed):
            lastFailure = nil
            return flip(to: .up, because: "the first check passed", at: now)
        case (.checking, .checkFailed(let reason)), (.checking, .trafficFailed(let reason)):
            lastFailure = reason
            return flip(to: .down, because: reason, at: now)
        case (.up, .checkPassed), (.up, .trafficPassed):
            lastFailure = nil
            streak = 0
            return nil
        case (.up, .checkFailed(let reason)), (.up, .trafficFailed(let reason)):
            lastFailure = reason
            streak += 1
            guard streak >= thresholds.fall else { return nil }
            return flip(to: .down, because: reason + inARow("failure"), at: now)
        case (.down, .checkPassed):
            lastFailure = nil
            streak += 1
            guard streak >= thresholds.rise else { return nil }
            return flip(to: .up, because: "the check passed" + inARow("time"), at: now)
        case (.down, .checkFailed(let reason)):
            lastFailure = reason
            streak = 0
            return nil
        case (.checking, .trafficPassed), (.down, .trafficPassed), (.down, .trafficFailed):
            // Left over from before the flip; checks decide here.
            return nil
        }
    }

    private mutating func flip(to next: HealthState, because reason: String, at now: Instant) -> HealthFlip {
        defer {
            state = next
            since = now
            streak = 0
        }
        return HealthFlip(from: state, to: next, reason: reason)
    }

    private func inARow(_ noun: String) -> String {
        streak == 1 ? "" : " (\(streak) \(noun)s in a row)"
    }
}
