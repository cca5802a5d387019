import HTTPWire

/// Why a server's answer cannot go on.
enum AnswerFailure: Equatable {
    /// It breaks a rule.
    case breaks(BrokenRule)
    /// There is no memory for it.
    case outOfMemory

    /// With the fields that are added to it the head does not fit.
    static let headTooLarge = breaks(.violation(.headTooLarge))

    init(_ fault: BodyPipe.Fault) {
        switch fault {
        case .invalid(let violation): self = .breaks(.violation(violation))
        case .outOfMemory: self = .outOfMemory
        }
    }
}
