/// Reads the head of a request (RFC 9112, sections 2 to 6) from bytes that grow between calls.
///
/// Keep one where it is used and `reset()` it between messages: its table of fields is then kept, and
/// reading allocates nothing. A copy shares the table until one of them changes it.
///
///     switch parser.parse(buffer.span) {
///     case .needMore: read more behind the same bytes, and parse again
///     case .complete(let length): parser.head tells what was asked; the body begins at `length`
///     case .invalid(let violation): answer with violation.status, and close
///     }
public struct RequestParser: Sendable {
    /// What was read. Meaningful once `parse` has given `complete`; but the method is told of every head, as far as it
    /// can be: an error to HEAD has no content.
    public private(set) var head = RequestHead()
    /// How many bytes have been looked at. Each call looks at new bytes alone.
    private(set) var position = 0

    private let limits: HeadLimits
    private var line = RequestLineScanner()
    private var scanner: FieldScanner
    private var semantics = RequestSemantics()
    private var violation: HTTPViolation?

    /// A parser at the start of a message.
    public init(limits: HeadLimits = .standard) {
        self.limits = limits
        scanner = FieldScanner(limit: limits.fields, of: .client)
    }

    /// Whether a byte of a request has been seen. An empty line before a request is not one.
    public var hasBegun: Bool { line.hasBegun || violation != nil }

    /// Makes ready for the next message, keeping the table of fields or giving it back: a connection that
    /// falls idle may rather have the memory.
    public mutating func reset(keepingMemory: Bool = true) {
        head.reset(keepingMemory)
        position = 0
        line = RequestLineScanner()
        scanner = FieldScanner(limit: limits.fields, of: .client)
        semantics = RequestSemantics()
        violation = nil
    }

    /// Reads on. `bytes` begins at the head's first byte, and holds all that an earlier call had. After
    /// `complete` or `invalid` the answer stays the same until `reset()`.
    public mutating func parse(_ bytes: Span<UInt8>) -> HeadProgress {
        if let violation { return .invalid(violation) }
        do throws(HTTPViolation) {
            if try read(bytes) { return .complete(length: position) }
            if !line.isMethodRead { head.method = RequestLineScanner.likelyMethod(bytes) }
            return .needMore
        } catch {
            violation = error
            if !line.isMethodRead { head.method = RequestLineScanner.likelyMethod(bytes) }
            return .invalid(error)
        }
    }

    private mutating func read(_ bytes: Span<UInt8>) throws(HTTPViolation) -> Bool {
        let bytes = bytes.extracting(0..<min(bytes.count, limits.headBytes))
        if !line.isDone {
            try line.scan(bytes, &position, limits.requestLineBytes, &head)
        }
        if line.isDone, !scanner.isDone {
            let names = FieldNameTable.shared
            while let field = try scanner.next(bytes, &position, names) {
                head.fields.append(field)
                try semantics.add(bytes, field)
            }
            if scanner.isDone { try semantics.finish(bytes, &head) }
        }
        guard scanner.isDone || position < limits.headBytes else { throw .headTooLarge }
        return scanner.isDone
    }
}
