/// A chunked body that must be refused.
struct MalformedChunks: Sendable, CustomStringConvertible {
    let text: String
    let reason: String

    init(_ reason: String, _ text: String) {
        self.text = text
        self.reason = reason
    }

    var description: String { "\(reason): \(text.debugDescription)" }
}

let malformedChunks: [MalformedChunks] = [
    MalformedChunks("invalid_chunk_size", "\r\n"),
    MalformedChunks("invalid_chunk_size", "\n"),
    MalformedChunks("invalid_chunk_size", ";ext\r\n"),
    MalformedChunks("invalid_chunk_size", " 5\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_size", "-5\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_size", "+5\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_size", "0x5\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_size", "5g\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_size", "5_0\r\n"),
    MalformedChunks("invalid_chunk_size", "5,5\r\n"),
    MalformedChunks("invalid_chunk_size", "\u{00}5\r\n"),
    MalformedChunks("invalid_chunk_size", "5\u{00}\r\n"),
    MalformedChunks("invalid_chunk_size", "5 \r\nhello\r\n"),
    MalformedChunks("invalid_chunk_size", "5 5\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_size", "5\t\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_size", "5\u{0b}\r\nhello\r\n"),
    MalformedChunks("chunk_size_too_large", "10000000000000000\r\n"),
    MalformedChunks("chunk_size_too_large", "00000000000000000\r\n"),
    MalformedChunks("chunk_size_too_large", "00000000000000005\r\nhello\r\n"),
    MalformedChunks("chunk_size_too_large", "8000000000000000\r\n"),
    MalformedChunks("chunk_size_too_large", "FFFFFFFFFFFFFFFF\r\n"),
    MalformedChunks("chunk_size_too_large", "fffffffffffffffff\r\n"),
    MalformedChunks("bare_line_feed", "5\nhello\r\n"),
    MalformedChunks("bare_line_feed", "5;a\nhello\r\n"),
    MalformedChunks("bare_line_feed", "5;a=\"\n\"\r\nhello\r\n"),
    MalformedChunks("bare_carriage_return", "5\rhello\r\n"),
    MalformedChunks("bare_carriage_return", "5\r\rhello\r\n"),
    MalformedChunks("bare_carriage_return", "5;a\rb\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_extension", "5;\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_extension", "5;;a\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_extension", "5;a=\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_extension", "5;a b\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_extension", "5;a \r\nhello\r\n"),
    MalformedChunks("invalid_chunk_extension", "5;a=b c\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_extension", "5;a=\"b\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_extension", "5;a=\"b\"c\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_extension", "5;a==b\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_extension", "5;\u{e9}\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_extension", "5;\u{00}\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_extension", "5;a=\u{1b}[0m\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_extension", "5;a=\u{7f}\r\nhello\r\n"),
    MalformedChunks("invalid_chunk_end", "5\r\nhello" + "X"),
    MalformedChunks("invalid_chunk_end", "5\r\nhello world\r\n"),
    MalformedChunks("invalid_chunk_end", "5\r\nhello\n0\r\n\r\n"),
    MalformedChunks("invalid_chunk_end", "5\r\nhello\r0\r\n\r\n"),
    MalformedChunks("invalid_chunk_end", "5\r\nhello\rX"),
    MalformedChunks("invalid_chunk_end", "5\r\nhello0\r\n\r\n"),
    MalformedChunks("bare_line_feed", "0\r\n\n"),
    MalformedChunks("bare_carriage_return", "0\r\n\rX"),
    MalformedChunks("line_folding", "0\r\n X: y\r\n\r\n"),
    MalformedChunks("line_folding", "0\r\nX: y\r\n z\r\n\r\n"),
    MalformedChunks("empty_field_name", "0\r\n: y\r\n\r\n"),
    MalformedChunks("space_before_colon", "0\r\nX : y\r\n\r\n"),
    MalformedChunks("missing_colon", "0\r\nGET\r\n\r\n"),
    MalformedChunks("control_byte_in_field", "0\r\nX: \u{00}\r\n\r\n"),
    MalformedChunks("invalid_field_name", "0\r\nX\u{e9}: y\r\n\r\n"),
]
