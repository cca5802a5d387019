import HTTPWire

/// Counts the requests that come with one `X-Request-ID`: those of a load test, whose sender gives it to all of them.
struct IdentifiedRequests {
    /// The value of the field.
    let identifier: String
    /// How many have come.
    private(set) var count: UInt64 = 0

    init(_ identifier: String) {
        self.identifier = identifier
    }

    /// Takes note of a request's head.
    mutating func note(_ head: borrowing RequestHead, in bytes: Span<UInt8>) {
        guard let field = head.field(.xRequestID), field.value.matches(identifier, in: bytes) else { return }
        count += 1
    }
}
