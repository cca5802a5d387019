/// What the `Connection` fields of a head say (RFC 9110, section 7.6.1).
struct ConnectionOptions {
    private(set) var close = false
    private(set) var keepAlive = false
    private(set) var upgrade = false
    /// Whether a field is named that is none of those three.
    private(set) var namesOthers = false
    private var count = 0

    /// Takes one `Connection` field. Members that are no tokens name nothing and are passed over: the
    /// field is never forwarded.
    mutating func add(_ bytes: Span<UInt8>, _ value: ByteRange) throws(HTTPViolation) {
        var elements = ListElements(value)
        while let element = elements.next(bytes) {
            count += 1
            guard count <= HeadLimits.connectionOptions else { throw .tooManyConnectionOptions }
            switch FieldNameTable.shared.name(bytes, element) {
            case .close: close = true
            case .keepAlive: keepAlive = true
            case .upgrade: upgrade = true
            default: namesOthers = true
            }
        }
    }

    /// Whether the connection may carry another message after this one (RFC 9112, section 9.3).
    func allowsReuse(_ version: HTTPVersion) -> Bool {
        !close && (version == .http11 || keepAlive)
    }

    /// Marks the fields that the options name. The options that we know do so too: a `Close` field beside
    /// `Connection: close` is not to be passed on.
    func mark(_ bytes: Span<UInt8>, _ fields: inout [HeadField]) {
        guard count > 0 else { return }
        guard !namesOthers else { return markAll(bytes, &fields) }
        for index in fields.indices {
            switch fields[index].known {
            case .close where close, .keepAlive where keepAlive, .upgrade where upgrade:
                fields[index].isConnectionOption = true
            default: break
            }
        }
    }

    private func markAll(_ bytes: Span<UInt8>, _ fields: inout [HeadField]) {
        for connection in fields.indices where fields[connection].known == .connection {
            var elements = ListElements(fields[connection].value)
            while let element = elements.next(bytes) {
                for index in fields.indices where ByteScan.matches(bytes, fields[index].name, element) {
                    fields[index].isConnectionOption = true
                }
            }
        }
    }
}
