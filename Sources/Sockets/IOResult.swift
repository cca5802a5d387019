/// What came of one read or write that does not block.
public enum IOResult: Equatable, Sendable {
    /// This many bytes were moved, 1 or more.
    case moved(Int)
    /// Nothing can be moved now; the event loop tells when.
    case wouldBlock
    /// The peer has sent all that it will send (reads alone).
    case ended
    /// The connection is broken.
    case failed(SystemError)
}
