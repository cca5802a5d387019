/// Reads the head of a response (RFC 9112, sections 4 to 6) from bytes that grow between calls.
///
/// Like `RequestParser`, it is kept and `reset()` between messages. An interim response (`isInterim`) is
/// a head of its own: reset, and parse again behind it.
public struct ResponseParser: Sendable {
    /// What was read. Meaningful once `parse` has given `complete`.
    public private(set) var head = ResponseHead()
    /// How many bytes have been looked at. Each call looks at new bytes alone.
    private(set) var position = 0

    private let limits: HeadLimits
    private let faults: AcceptedFaults
    private var answersHead: Bool
    private var line = StatusLineScanner()
    private var scanner: FieldScanner
    private var semantics: ResponseSemantics
    private var violation: HTTPViolation?

    /// A parser at the start of the answer to a request with that method: HEAD's has no body.
    public init(
        answering method: HTTPMethod, limits: HeadLimits = .standard, accepting faults: AcceptedFaults = []
    ) {
        self.limits = limits
        self.faults = faults
        answersHead = method == .head
        scanner = FieldScanner(limit: limits.fields, of: .server, accepting: faults)
        semantics = ResponseSemantics(accepting: faults)
    }

    /// Makes ready for the answer to a request with that method, keeping the table of fields or giving it
    /// back.
    public mutating func reset(answering method: HTTPMethod, keepingMemory: Bool = true) {
        answersHead = method == .head
        head.reset(keepingMemory)
        position = 0
        line = StatusLineScanner()
        scanner = FieldScanner(limit: limits.fields, of: .server, accepting: faults)
        semantics = ResponseSemantics(accepting: faults)
        violation = nil
    }

    /// Reads on. `bytes` begins at the head's first byte, and holds all that an earlier call had. After
    /// `complete` or `invalid` the answer stays the same until `reset(answering:)`.
    public mutating func parse(_ bytes: Span<UInt8>) -> HeadProgress {
        if let violation { return .invalid(violation) }
        do throws(HTTPViolation) {
            return try read(bytes) ? .complete(length: position) : .needMore
        } catch {
            violation = error
            return .invalid(error)
        }
    }

    private mutating func read(_ bytes: Span<UInt8>) throws(HTTPViolation) -> Bool {
        let bytes = bytes.extracting(0..<min(bytes.count, limits.headBytes))
        if !line.isDone { try line.scan(bytes, &position, &head) }
        if line.isDone, !scanner.isDone {
            let names = FieldNameTable.shared
            while let field = try scanner.next(bytes, &position, names) {
                head.fields.append(field)
                try semantics.add(bytes, field)
            }
            if scanner.isDone {
                try semantics.finish(bytes, answersHead, &head)
                head.hasControlBytes = scanner.metControlBytes
            }
        }
        guard scanner.isDone || position < limits.headBytes else { throw .headTooLarge }
        return scanner.isDone
    }
}
