/// What the known fields of a response mean together, gathered as they come.
struct ResponseSemantics {
    private var framing: FramingFields
    private var connection = ConnectionOptions()
    private var upgrade: ByteRange?

    init(accepting faults: AcceptedFaults) {
        framing = FramingFields(of: .server, accepting: faults)
    }

    mutating func add(_ bytes: Span<UInt8>, _ field: HeadField) throws(HTTPViolation) {
        switch field.known {
        case .connection: try connection.add(bytes, field.value)
        case .contentLength: try framing.addContentLength(bytes, field.value)
        case .transferEncoding: try framing.addTransferEncoding(bytes, field.value)
        case .upgrade: upgrade = upgrade ?? field.value
        default: break
        }
    }

    /// Settles what can be known only when the head is whole. A response without a body by its status or
    /// its request has none whatever its fields say, yet malformed fields are refused there too.
    mutating func finish(
        _ bytes: Span<UInt8>, _ toHead: Bool, _ head: inout ResponseHead
    ) throws(HTTPViolation) {
        let declared = try framing.framing(head.version)
        let hasBody = !toHead && head.status >= 200 && head.status != 204 && head.status != 304
        head.framing = hasBody ? declared ?? .untilClose : .none
        head.contentLength = framing.contentLength
        let endsWithConnection = head.framing == .untilClose || head.status == 101
        // Where the server's next answer begins is anybody's guess.
        let isSure = !framing.isContradictory
        head.keepAlive = !endsWithConnection && isSure && connection.allowsReuse(head.version)
        head.upgrade = head.version == .http11 && connection.upgrade ? upgrade : nil
        head.namesOthers = connection.namesOthers
        connection.mark(bytes, &head.fields)
    }
}
