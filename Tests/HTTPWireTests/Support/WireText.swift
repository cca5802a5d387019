import HTTPWire

/// The bytes of a text whose characters stand for one byte each: `\u{80}` is the byte 0x80.
func wire(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
}

/// The text of a piece of a message, one character a byte.
func text(_ bytes: [UInt8], _ range: ByteRange) -> String {
    String(String.UnicodeScalarView(bytes[range.indices].map { Unicode.Scalar($0) }))
}

/// A head of these lines, with the ends of lines that HTTP wants.
func head(_ lines: [String]) -> String {
    lines.map { $0 + "\r\n" }.joined() + "\r\n"
}

/// What has been written so far.
func written(_ writer: borrowing ByteWriter) -> String {
    writer.withSpan { span in
        String(String.UnicodeScalarView(span.indices.map { Unicode.Scalar(span[$0]) }))
    }
}
