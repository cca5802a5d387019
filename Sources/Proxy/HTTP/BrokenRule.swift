import HTTPWire

/// The rule that a server's answer broke.
public enum BrokenRule: Equatable, Sendable {
    /// One of HTTP's grammar, or a limit of ours.
    case violation(HTTPViolation)
    /// More interim answers than ``HTTPWire/HeadLimits/interimHeads``.
    case tooManyInterimHeads
    /// A 101 to a protocol that was not offered, or before it had the whole request.
    case unrequestedUpgrade

    /// The stable word.
    public var word: String {
        switch self {
        case .violation(let violation): violation.reason
        case .tooManyInterimHeads: "too_many_interim_heads"
        case .unrequestedUpgrade: "unrequested_upgrade"
        }
    }

    /// What is wrong, in a sentence without a capital and a full stop.
    public var sentence: String {
        switch self {
        case .violation(let violation): violation.sentence
        case .tooManyInterimHeads:
            "more than \(HeadLimits.interimHeads) interim answers came before the answer"
        case .unrequestedUpgrade:
            "it switched to a protocol that was not offered, or without the whole request"
        }
    }

    /// Whether the answer can be understood all the same, so that to refuse it is our choice, and not held against its
    /// server.
    var isOurChoice: Bool {
        switch self {
        case .violation(let violation): violation.isUnderstood
        case .tooManyInterimHeads: true
        case .unrequestedUpgrade: false
        }
    }
}
