/// What reading a body has come to. The numbers are indices of the span that was given.
public enum BodyEvent: Equatable, Sendable {
    /// These bytes are content. Go on reading at the end of the range.
    case payload(Range<Int>)
    /// All before `consumed` is done with; what lies behind it, if anything, is to be given again with
    /// more bytes after it.
    case needMore(consumed: Int)
    /// The body is over. What lies behind `consumed` belongs to the next message.
    case end(consumed: Int)
    /// The body is broken, and where it ends will never be known.
    case invalid(HTTPViolation)
}
