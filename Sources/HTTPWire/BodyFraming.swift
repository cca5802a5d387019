/// How the end of a message's body is known (RFC 9112, section 6.3).
public enum BodyFraming: Equatable, Sendable {
    /// There is no body.
    case none
    /// So many bytes. Never above 2^63 - 1.
    case contentLength(UInt64)
    /// The chunked coding says where it ends.
    case chunked
    /// It ends with the connection. Responses alone have that.
    case untilClose

    /// Whether there can be content: false for a declared length of zero too.
    public var hasContent: Bool { self != .none && self != .contentLength(0) }
}

/// Gathers the two fields that frame a body, refusing whatever two readers could read in two ways.
struct FramingFields {
    /// What the Transfer-Encoding fields so far name.
    private enum Coding {
        case absent, chunked, unknown, unknownThenChunked
    }

    /// The declared length; also there when the message has no body, as in an answer to HEAD.
    private(set) var contentLength: UInt64?
    private var coding = Coding.absent
    /// The fields contradict one another, and that was accepted.
    private(set) var isContradictory = false
    private let sender: Sender
    private let faults: AcceptedFaults

    init(of sender: Sender, accepting faults: AcceptedFaults = []) {
        self.sender = sender
        self.faults = faults
    }

    /// Takes a Content-Length (RFC 9110, section 8.6): digits alone, once. Of a server the same number may come again,
    /// in a field of its own or behind a comma (RFC 9112, section 6.3).
    mutating func addContentLength(_ bytes: Span<UInt8>, _ value: ByteRange) throws(HTTPViolation) {
        guard sender == .server else { return try addLength(bytes, value) }
        var elements = ListElements(value)
        while let element = elements.next(bytes) { try addLength(bytes, element) }
    }

    private mutating func addLength(_ bytes: Span<UInt8>, _ value: ByteRange) throws(HTTPViolation) {
        guard !value.isEmpty else { throw .invalidContentLength }
        var length: UInt64 = 0
        var isTooLarge = false
        for index in value.indices {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { throw .invalidContentLength }
            let (tens, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt64(digit))
            isTooLarge = isTooLarge || overflow || carry || sum > UInt64(Int64.max)
            length = isTooLarge ? 0 : sum
        }
        guard !isTooLarge else { throw .contentLengthTooLarge }
        guard let first = contentLength else { return contentLength = length }
        if sender == .server, first == length { return }
        guard faults.contains(.differingLengths) else { throw .repeatedContentLength }
        isContradictory = true
    }

    /// Takes a Transfer-Encoding (RFC 9112, section 6.1). A malformed one throws; codings that are well
    /// formed and not known are answered when the head is complete, as a later field may be malformed.
    mutating func addTransferEncoding(_ bytes: Span<UInt8>, _ value: ByteRange) throws(HTTPViolation) {
        var elements = ListElements(value)
        while let element = elements.next(bytes) {
            let nameEnd = ByteScan.endOfToken(bytes, Int(element.start), Int(element.end))
            let isChunked = PackedToken(bytes, ByteRange(Int(element.start), nameEnd)) == .chunked
            guard nameEnd > Int(element.start), isParameter(bytes, nameEnd, Int(element.end)) else {
                throw .invalidTransferEncoding
            }
            switch coding {
            case .chunked, .unknownThenChunked: throw isChunked ? .repeatedChunked : .chunkedNotLast
            case .absent: coding = isChunked ? .chunked : .unknown
            case .unknown: coding = isChunked ? .unknownThenChunked : .unknown
            }
            if isChunked, nameEnd < Int(element.end) { throw .invalidTransferEncoding }
        }
    }

    /// Whether what follows a coding's name is nothing, or a parameter's beginning. What the parameter
    /// says need not be known: no coding with parameters is.
    private func isParameter(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        let next = ByteScan.endOfSpace(bytes, start, end)
        return next == end || bytes[next] == UInt8(ascii: ";")
    }

    /// The framing of a message with these fields, or nil when no field frames it.
    mutating func framing(_ version: HTTPVersion) throws(HTTPViolation) -> BodyFraming? {
        guard coding != .absent else { return contentLength.map(BodyFraming.contentLength) }
        guard version == .http11 else { throw .transferEncodingInOldVersion }
        if contentLength != nil {
            guard faults.contains(.lengthBesideChunked) else { throw .contentLengthWithTransferEncoding }
            contentLength = nil
            isContradictory = true
        }
        guard coding == .chunked else { throw .unsupportedTransferCoding }
        return .chunked
    }
}
