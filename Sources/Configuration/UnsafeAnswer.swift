/// A fault of a server's answer that can be accepted, by the word of the rule that it breaks.
public enum UnsafeAnswer: String, CaseIterable, CustomStringConvertible, Sendable {
    /// `Content-Length` beside `Transfer-Encoding: chunked`.
    case lengthBesideChunked = "content_length_with_transfer_encoding"
    /// More than one `Content-Length`, with different numbers.
    case differingLengths = "repeated_content_length"
    /// Control bytes in a field's value.
    case controlBytes = "control_byte_in_field"

    /// The word.
    public var description: String { rawValue }
}
