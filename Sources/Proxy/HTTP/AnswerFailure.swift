import HTTPWire

/// Why a server's answer cannot go on.
enum AnswerFailure: Equatable {
    /// It breaks a rule, which its word names. Refusing one that can be understood all the same is our choice, and not
    /// held against the server.
    case breaksRule(String, isOurChoice: Bool)
    /// There is no memory for it.
    case outOfMemory

    /// More than ``HTTPWire/HeadLimits/interimHeads``.
    static let tooManyInterimHeads = breaksRule("too_many_interim_heads", isOurChoice: true)
    /// With the fields that are added to it the head does not fit.
    static let headTooLarge = breaksRule(HTTPViolation.headTooLarge.reason, isOurChoice: true)
    /// A 101 to a protocol that was not offered, or before it had the whole request.
    static let unrequestedUpgrade = breaksRule("unrequested_upgrade", isOurChoice: false)

    init(_ violation: HTTPViolation) {
        self = .breaksRule(violation.reason, isOurChoice: violation.isUnderstood)
    }

    init(_ fault: BodyPipe.Fault) {
        switch fault {
        case .invalid(let violation): self.init(violation)
        case .outOfMemory: self = .outOfMemory
        }
    }
}
