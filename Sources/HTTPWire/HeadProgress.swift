/// How far the reading of a head has come.
public enum HeadProgress: Equatable, Sendable {
    /// Nothing is wrong so far, and more bytes are needed.
    case needMore
    /// The head has been read; what follows it begins at byte `length`.
    case complete(length: Int)
    /// The bytes are no head that we take.
    case invalid(HTTPViolation)
}
