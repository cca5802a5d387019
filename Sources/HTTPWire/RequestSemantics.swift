/// What the known fields of a request mean together, gathered as they come.
struct RequestSemantics {
    private var framing = FramingFields(of: .client)
    private var connection = ConnectionOptions()
    private var host: ByteRange?
    private var upgrade: ByteRange?
    private var expectsContinue = false
    private var hasLoopMarks = false

    mutating func add(_ bytes: Span<UInt8>, _ field: HeadField) throws(HTTPViolation) {
        switch field.known {
        case .host:
            guard host == nil else { throw .repeatedHost }
            guard Authority.isValid(bytes, field.value) else { throw .invalidHost }
            host = field.value
        case .connection: try connection.add(bytes, field.value)
        case .contentLength: try framing.addContentLength(bytes, field.value)
        case .transferEncoding: try framing.addTransferEncoding(bytes, field.value)
        case .expect:
            try addExpectations(bytes, field.value)
        case .upgrade: upgrade = upgrade ?? field.value
        case .cdnLoop: hasLoopMarks = true
        default: break
        }
    }

    /// A list (RFC 9110, section 10.1.1), whose empty members mean nothing (section 5.6.1.2).
    private mutating func addExpectations(_ bytes: Span<UInt8>, _ value: ByteRange) throws(HTTPViolation) {
        var elements = ListElements(value)
        while let element = elements.next(bytes) {
            guard !element.isEmpty else { continue }
            guard PackedToken(bytes, element) == .continueExpectation else { throw .unsupportedExpectation }
            expectsContinue = true
        }
    }

    /// Settles what can be known only when the head is whole.
    mutating func finish(_ bytes: Span<UInt8>, _ head: inout RequestHead) throws(HTTPViolation) {
        if host == nil, head.version == .http11 { throw .missingHost }
        head.framing = try framing.framing(head.version) ?? .none
        head.keepAlive = connection.allowsReuse(head.version)
        head.host = head.target.authority ?? host
        let isCurrent = head.version == .http11
        head.upgrade = isCurrent && connection.upgrade ? upgrade : nil
        head.expectsContinue = isCurrent && expectsContinue && head.framing.hasContent
        head.hasLoopMarks = hasLoopMarks
        head.namesOthers = connection.namesOthers
        connection.mark(bytes, &head.fields)
    }
}
