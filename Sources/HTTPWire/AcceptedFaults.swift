/// Faults of a server's answer that are taken for somebody who cannot have the server mended. Each is a way in which
/// two readers can understand an answer differently, so none is by default.
public struct AcceptedFaults: OptionSet, Sendable {
    /// One bit for each.
    public let rawValue: UInt8

    /// Of these bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Those of the words that can be accepted.
    public init(_ violations: [HTTPViolation]) {
        self = violations.reduce(into: []) { faults, violation in
            switch violation {
            case .contentLengthWithTransferEncoding: faults.insert(.lengthBesideChunked)
            case .repeatedContentLength: faults.insert(.differingLengths)
            case .controlByteInField: faults.insert(.controlBytes)
            default: break
            }
        }
    }

    /// `Content-Length` beside `Transfer-Encoding: chunked`: the chunks count (RFC 9112, section 6.3).
    public static let lengthBesideChunked = AcceptedFaults(rawValue: 1)
    /// More than one `Content-Length`, with different numbers: the first counts.
    public static let differingLengths = AcceptedFaults(rawValue: 2)
    /// Control bytes in a field's value: each goes on as a question mark.
    public static let controlBytes = AcceptedFaults(rawValue: 4)
}
