import Sockets

/// What a client has sent to a server that has not answered yet, kept so that another server can be
/// asked if that one leaves without a word.
///
/// Only methods that may be repeated are sent twice (RFC 9110 section 9.2.2: safe ones, PUT and
/// DELETE); of the others nothing must have been sent.
enum ReplayCopy: ~Copyable {
    /// Nothing is kept: not wanted, too much, or no longer needed.
    case off
    /// Nothing was sent yet.
    case empty
    /// All that was sent.
    case kept(Buffer)

    /// The largest beginning of a request that is kept, in bytes: a head of the usual limit.
    static let limit = 16 * 1024

    private static let repeatableMethods = ["GET ", "HEAD ", "OPTIONS ", "TRACE ", "PUT ", "DELETE "]

    /// Keeps bytes that are being sent; gives up for good when they are too many or must not be sent twice.
    mutating func append(_ bytes: borrowing Buffer) {
        switch consume self {
        case .off:
            self = .off
        case .empty:
            guard Self.isRepeatable(bytes) else {
                self = .off
                return
            }
            var buffer = Buffer(capacity: Self.limit)
            self = buffer.append(bytes) == bytes.count ? .kept(buffer) : .off
        case .kept(var buffer):
            self = buffer.append(bytes) == bytes.count ? .kept(buffer) : .off
        }
    }

    /// Whether all that was sent may be sent again.
    var isComplete: Bool {
        switch self {
        case .off: false
        case .empty: true
        case .kept: true
        }
    }

    /// The bytes to send first to another server, if any.
    func bytesToSend() -> Buffer? {
        switch self {
        case .off: nil
        case .empty: nil
        case .kept(let buffer): buffer.copy()
        }
    }

    private static func isRepeatable(_ bytes: borrowing Buffer) -> Bool {
        repeatableMethods.contains { bytes.starts(with: $0) }
    }
}
