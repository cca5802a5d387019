/// A text that is compared and never shown.
public struct Secret: Sendable {
    private let bytes: [UInt8]

    /// Wraps a text.
    public init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// Whether a text is the same, in a time that does not tell how much of it is.
    func matches(_ text: Substring) -> Bool {
        let other = Array(text.utf8)
        var difference = bytes.count ^ other.count
        for index in bytes.indices {
            difference |= Int(bytes[index] ^ (index < other.count ? other[index] : 0))
        }
        return difference == 0
    }
}

extension Secret: CustomStringConvertible, CustomReflectable {
    /// Nothing of it.
    public var description: String { "(secret)" }

    /// Nothing of it.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
