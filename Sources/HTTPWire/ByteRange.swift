/// Where a piece of a message's head lies, counted in bytes from the head's first byte.
///
/// Sixteen bits are enough, because `HeadLimits` caps a head below 64 KiB; they keep the field table
/// small: ten bytes a field.
public struct ByteRange: Hashable, Sendable {
    /// The first byte.
    public let start: UInt16
    /// One past the last byte.
    public let end: UInt16

    /// A range of no bytes, for what a message does not have.
    public static let empty = ByteRange(0, 0)

    init(_ start: Int, _ end: Int) {
        self.start = UInt16(truncatingIfNeeded: start)
        self.end = UInt16(truncatingIfNeeded: max(start, end))
    }

    /// The same piece as indices of a span that begins at the head's first byte.
    @inlinable public var indices: Range<Int> { Int(start)..<Int(end) }

    /// How many bytes it has.
    @inlinable public var count: Int { Int(end) - Int(start) }

    /// Whether it has none.
    @inlinable public var isEmpty: Bool { start == end }
}
