/// One field line of a head (RFC 9112, section 5), as places in the bytes that were read.
public struct HeadField: Equatable, Sendable {
    /// The field's name as it was written.
    public let name: ByteRange
    /// The value without the whitespace around it. May be empty.
    public let value: ByteRange
    /// Which of the known names it is.
    public let known: FieldName
    /// Whether `Connection` names it: it is then for the next hop alone and not passed on (RFC 9110,
    /// section 7.6.1). Set when the head is complete.
    public internal(set) var isConnectionOption = false

    /// Whether it was written as we write it: one space after the colon.
    @inlinable func isCanonical(in bytes: Span<UInt8>) -> Bool {
        let afterName = Int(name.end) &+ 1
        return Int(value.start) == afterName &+ 1 && bytes[afterName] == UInt8(ascii: " ")
    }
}
