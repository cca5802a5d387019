/// A response that must be refused, with the reason word. The client gets a 502 for each.
struct MalformedResponse: Sendable, CustomStringConvertible {
    let text: String
    let reason: String

    var description: String { "\(reason): \(text.debugDescription.prefix(80))" }

    init(_ reason: String, _ lines: String...) {
        text = head(lines)
        self.reason = reason
    }

    init(_ reason: String, raw: String) {
        text = raw
        self.reason = reason
    }
}

let malformedResponses: [MalformedResponse] = [
    MalformedResponse("invalid_status_line", raw: "garbage\r\n\r\n"),
    MalformedResponse("invalid_status_line", raw: "SSH-2.0-OpenSSH_9.2\r\n"),
    MalformedResponse("invalid_status_line", raw: "\u{15}\u{03}\u{01}\u{00}\u{02}"),
    MalformedResponse("invalid_status_line", raw: "\r\nHTTP/1.1 200 OK\r\n\r\n"),
    MalformedResponse("invalid_status_line", raw: " HTTP/1.1 200 OK\r\n\r\n"),
    MalformedResponse("invalid_status_line", "http/1.1 200 OK"),
    MalformedResponse("invalid_status_line", "ICY 200 OK"),
    MalformedResponse("invalid_status_line", "HTTP/1.1\t200 OK"),
    MalformedResponse("invalid_status_line", "HTTP/1.1"),
    MalformedResponse("invalid_status_line", "HTTP/1 200 OK"),
    MalformedResponse("invalid_status_line", "HTTP/1.10 200 OK"),
    MalformedResponse("invalid_version", "HTTP/0.9 200 OK"),
    MalformedResponse("unsupported_version", "HTTP/2.0 200 OK"),
    MalformedResponse("invalid_status_code", "HTTP/1.1  200 OK"),
    MalformedResponse("invalid_status_code", "HTTP/1.1 "),
    MalformedResponse("invalid_status_code", "HTTP/1.1 20 OK"),
    MalformedResponse("invalid_status_code", "HTTP/1.1 2000 OK"),
    MalformedResponse("invalid_status_code", "HTTP/1.1 099 OK"),
    MalformedResponse("invalid_status_code", "HTTP/1.1 1000 OK"),
    MalformedResponse("invalid_status_code", "HTTP/1.1 -20 OK"),
    MalformedResponse("invalid_status_code", "HTTP/1.1 +20 OK"),
    MalformedResponse("invalid_status_code", "HTTP/1.1 OK"),
    MalformedResponse("invalid_status_code", "HTTP/1.1 200\tOK"),
    MalformedResponse("invalid_status_code", "HTTP/1.1 200OK"),
    MalformedResponse("invalid_status_line", "HTTP/1.1 200 O\u{00}K"),
    MalformedResponse("invalid_status_line", "HTTP/1.1 200 O\u{1b}K"),
    MalformedResponse("bare_carriage_return", raw: "HTTP/1.1 200 OK\rContent-Length: 0\r\n\r\n"),
    MalformedResponse("bare_carriage_return", raw: "HTTP/1.1 200\r200 OK\r\n\r\n"),
    MalformedResponse("line_folding", "HTTP/1.1 200 OK", "A: b", " c"),
    MalformedResponse("empty_field_name", "HTTP/1.1 200 OK", ": b"),
    MalformedResponse("space_before_colon", "HTTP/1.1 200 OK", "Content-Length : 5"),
    MalformedResponse("missing_colon", "HTTP/1.1 200 OK", "A"),
    MalformedResponse("control_byte_in_field", "HTTP/1.1 200 OK", "A: \u{00}"),
    MalformedResponse("invalid_content_length", "HTTP/1.1 200 OK", "Content-Length: -1"),
    MalformedResponse("invalid_content_length", "HTTP/1.1 200 OK", "Content-Length: 5, x"),
    MalformedResponse("invalid_content_length", "HTTP/1.1 200 OK", "Content-Length: 5,"),
    MalformedResponse("repeated_content_length", "HTTP/1.1 200 OK", "Content-Length: 5, 6"),
    MalformedResponse("invalid_content_length", "HTTP/1.1 204 No Content", "Content-Length:"),
    MalformedResponse("repeated_content_length", "HTTP/1.1 200 OK", "Content-Length: 5", "Content-Length: 6"),
    MalformedResponse("content_length_too_large", "HTTP/1.1 200 OK", "Content-Length: 9223372036854775808"),
    MalformedResponse(
        "content_length_with_transfer_encoding", "HTTP/1.1 200 OK", "Content-Length: 5",
        "Transfer-Encoding: chunked"),
    MalformedResponse(
        "content_length_with_transfer_encoding", "HTTP/1.1 304 Not Modified", "Content-Length: 5",
        "Transfer-Encoding: chunked"),
    MalformedResponse("unsupported_transfer_coding", "HTTP/1.1 200 OK", "Transfer-Encoding: gzip"),
    MalformedResponse("unsupported_transfer_coding", "HTTP/1.1 200 OK", "Transfer-Encoding: gzip, chunked"),
    MalformedResponse("repeated_chunked", "HTTP/1.1 200 OK", "Transfer-Encoding: chunked, chunked"),
    MalformedResponse("chunked_not_last", "HTTP/1.1 200 OK", "Transfer-Encoding: chunked, gzip"),
    MalformedResponse("invalid_transfer_encoding", "HTTP/1.1 200 OK", "Transfer-Encoding:"),
    MalformedResponse("transfer_encoding_in_old_version", "HTTP/1.0 200 OK", "Transfer-Encoding: chunked"),
]
