import HTTPWire

/// A request that must be refused, with the status and the reason word of the answer.
struct MalformedRequest: Sendable, CustomStringConvertible {
    let text: String
    let status: Int
    let reason: String

    var description: String { "\(status) \(reason): \(text.debugDescription.prefix(80))" }

    init(_ status: Int, _ reason: String, _ text: String) {
        self.text = text
        self.status = status
        self.reason = reason
    }

    /// A request line in a request that is fine otherwise.
    static func line(_ status: Int, _ reason: String, _ line: String) -> MalformedRequest {
        MalformedRequest(status, reason, line + "\r\nHost: h\r\n\r\n")
    }

    /// Field lines in a request that is fine otherwise, and has no Host but theirs.
    static func fields(_ status: Int, _ reason: String, _ lines: String...) -> MalformedRequest {
        MalformedRequest(status, reason, head(["POST / HTTP/1.1"] + lines))
    }

    /// A field line behind a Host.
    static func field(_ status: Int, _ reason: String, _ lines: String...) -> MalformedRequest {
        MalformedRequest(status, reason, head(["POST / HTTP/1.1", "Host: h"] + lines))
    }

    /// The value of a Host field.
    static func host(_ value: String) -> MalformedRequest {
        fields(400, "invalid_host", "Host: " + value)
    }
}

let malformedRequests: [MalformedRequest] =
    malformedBeginnings + malformedMethods + malformedTargets + malformedVersions + malformedLines
    + malformedNames + malformedHosts + malformedLengths + malformedCodings + malformedExpectations

private let malformedBeginnings: [MalformedRequest] = [
    MalformedRequest(400, "tls_hello", "\u{16}\u{03}\u{01}\u{02}\u{00}\u{01}\u{00}\u{01}"),
    MalformedRequest(400, "tls_hello", "\r\n\u{16}\u{03}\u{03}"),
    MalformedRequest(400, "invalid_method", "\u{80}\u{2e}\u{01}\u{03}"),
    MalformedRequest(400, "invalid_method", "\u{00}GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
    MalformedRequest(400, "invalid_method", " GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
    MalformedRequest(400, "invalid_method", "\tGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
    MalformedRequest(400, "invalid_method", "{\"json\": true}"),
    MalformedRequest(400, "invalid_method", "\u{ef}\u{bb}\u{bf}GET / HTTP/1.1\r\n"),
    MalformedRequest(400, "bare_line_feed", "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
    MalformedRequest(400, "bare_carriage_return", "\rGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
    MalformedRequest(400, "bare_carriage_return", "\r\rGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
    MalformedRequest(400, "extra_empty_line", "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
    MalformedRequest(400, "bare_line_feed", "\r\n\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
    MalformedRequest(400, "invalid_method", "\r\n GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
]

private let malformedMethods: [MalformedRequest] = [
    .line(405, "connect_refused", "CONNECT h:443 HTTP/1.1"),
    .line(405, "connect_refused", "CONNECT / HTTP/1.1"),
    .line(405, "trace_refused", "TRACE / HTTP/1.1"),
    .line(400, "invalid_method", "GET\t/ HTTP/1.1"),
    .line(400, "invalid_method", "GET"),
    .line(400, "invalid_method", "G(T / HTTP/1.1"),
    .line(400, "invalid_method", "GET:/ HTTP/1.1"),
    .line(400, "invalid_method", "G\u{c9}T / HTTP/1.1"),
    .line(400, "invalid_method", "GE\u{00}T / HTTP/1.1"),
    .line(400, "invalid_method", "GE\u{7f}T / HTTP/1.1"),
    .line(400, "invalid_method", "\"GET\" / HTTP/1.1"),
    .line(400, "invalid_method", "[GET] / HTTP/1.1"),
    .line(400, "invalid_method", "GET\n"),
    .line(400, "invalid_method", "/ HTTP/1.1"),
    .line(501, "method_too_long", String(repeating: "M", count: 33) + " / HTTP/1.1"),
    .line(501, "method_too_long", String(repeating: "GET", count: 100)),
]

private let malformedTargets: [MalformedRequest] = [
    .line(400, "invalid_target", "GET  / HTTP/1.1"),
    .line(400, "invalid_target", "GET  HTTP/1.1"),
    .line(400, "invalid_target", "GET \t/ HTTP/1.1"),
    .line(400, "invalid_target", "GET /\t HTTP/1.1"),
    .line(400, "invalid_target", "GET /a\u{00}b HTTP/1.1"),
    .line(400, "invalid_target", "GET /a\u{0b}b HTTP/1.1"),
    .line(400, "invalid_target", "GET /a\u{1b}[31m HTTP/1.1"),
    .line(400, "invalid_target", "GET /a\u{7f} HTTP/1.1"),
    .line(400, "invalid_target", "GET /caf\u{c3}\u{a9} HTTP/1.1"),
    .line(400, "invalid_target", "GET /\u{ff} HTTP/1.1"),
    .line(400, "fragment_in_target", "GET /a#b HTTP/1.1"),
    .line(400, "fragment_in_target", "GET # HTTP/1.1"),
    .line(400, "fragment_in_target", "GET http://h/long/enough/path#top HTTP/1.1"),
    .line(400, "invalid_target", "GET path HTTP/1.1"),
    .line(400, "invalid_target", "GET h:80 HTTP/1.1"),
    .line(400, "invalid_target", "GET ?a=b HTTP/1.1"),
    .line(400, "invalid_target", "GET ** HTTP/1.1"),
    .line(400, "invalid_target", "OPTIONS *? HTTP/1.1"),
    .line(400, "invalid_target", "GET http: HTTP/1.1"),
    .line(400, "invalid_target", "GET http:/ HTTP/1.1"),
    .line(400, "invalid_target", "GET http:/h/ HTTP/1.1"),
    .line(400, "invalid_target", "GET http:///path HTTP/1.1"),
    .line(400, "invalid_target", "GET http:// HTTP/1.1"),
    .line(400, "invalid_target", "GET http://user@h/ HTTP/1.1"),
    .line(400, "invalid_target", "GET http://user:pass@h/ HTTP/1.1"),
    .line(400, "invalid_target", "GET http://h:99999/ HTTP/1.1"),
    .line(400, "invalid_target", "GET http://a,b/ HTTP/1.1"),
    .line(400, "invalid_target", "GET ://h/ HTTP/1.1"),
    .line(400, "unsupported_scheme", "GET https://h/ HTTP/1.1"),
    .line(400, "unsupported_scheme", "GET ftp://h/ HTTP/1.1"),
    .line(400, "asterisk_target", "GET * HTTP/1.1"),
    .line(400, "asterisk_target", "HEAD * HTTP/1.0"),
    .line(400, "asterisk_target", "options * HTTP/1.1"),
]

private let malformedVersions: [MalformedRequest] = [
    .line(400, "missing_version", "GET /"),
    MalformedRequest(400, "bare_line_feed", "GET /\n"),
    .line(400, "invalid_version", "GET / "),
    .line(400, "invalid_version", "GET /  HTTP/1.1"),
    .line(400, "invalid_version", "GET /a b HTTP/1.1"),
    .line(400, "invalid_version", "GET / http/1.1"),
    .line(400, "invalid_version", "GET / HTTP/1"),
    .line(400, "invalid_version", "GET / HTTP/1.10"),
    .line(400, "invalid_version", "GET / HTTP/11.1"),
    .line(400, "invalid_version", "GET / HTTP/1,1"),
    .line(400, "invalid_version", "GET / HTTP/1.1 "),
    .line(400, "invalid_version", "GET / HTTP/1.1\t"),
    .line(400, "invalid_version", "GET / HTTP/1.x"),
    .line(400, "invalid_version", "GET / HTTP/-1.1"),
    .line(400, "invalid_version", "GET / HTTQ/1.1"),
    .line(400, "invalid_version", "GET / ICY/1.1"),
    .line(400, "invalid_version", "GET / HTTP 1.1"),
    .line(400, "invalid_version", "GET / HTTP/0.9"),
    .line(400, "invalid_version", "GET / HTTP/1.1\u{00}"),
    .line(505, "unsupported_version", "GET / HTTP/2.0"),
    .line(505, "unsupported_version", "GET / HTTP/3.0"),
    .line(505, "unsupported_version", "GET / HTTP/9.9"),
    MalformedRequest(505, "unsupported_version", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    MalformedRequest(400, "bare_line_feed", "GET / HTTP/1.1\nHost: h\n\n"),
    MalformedRequest(400, "bare_carriage_return", "GET / HTTP/1.1\rHost: h\r\r"),
    MalformedRequest(400, "bare_carriage_return", "GET / HTTP/1.1\r\r\nHost: h\r\n\r\n"),
]

private let malformedLines: [MalformedRequest] = [
    .field(400, "line_folding", "A: b", " c"),
    .field(400, "line_folding", "A: b", "\tc"),
    .field(400, "line_folding", "A:", " b"),
    .field(400, "line_folding", "A: b", " "),
    .fields(400, "line_folding", " Host: h"),
    .fields(400, "line_folding", "\tHost: h", "Host: h"),
    .field(400, "bare_line_feed", "A: b\nC: d"),
    .field(400, "bare_line_feed", "A: b\n\nGET /smuggled HTTP/1.1"),
    .field(400, "bare_line_feed", "A:\nB: c"),
    .field(400, "bare_line_feed", "A\n"),
    MalformedRequest(400, "bare_line_feed", "GET / HTTP/1.1\r\nHost: h\r\n\n"),
    MalformedRequest(400, "bare_carriage_return", "GET / HTTP/1.1\r\nHost: h\r\n\rX"),
    .field(400, "bare_carriage_return", "A: b\rC: d"),
    .field(400, "bare_carriage_return", "A: b\r"),
    .field(400, "bare_carriage_return", "A:\r\r"),
    .field(400, "control_byte_in_field", "A: b\u{00}c"),
    .field(400, "control_byte_in_field", "A: \u{00}"),
    .field(400, "control_byte_in_field", "A:\u{01}"),
    .field(400, "control_byte_in_field", "A: b\u{08}"),
    .field(400, "control_byte_in_field", "A: b\u{0b}c"),
    .field(400, "control_byte_in_field", "A: b\u{0c}c"),
    .field(400, "control_byte_in_field", "A: 12345678\u{1b}[31m"),
    .field(400, "control_byte_in_field", "A: 12345678\t12345678\u{1f}"),
    .field(400, "control_byte_in_field", "A: \u{80}\u{ff}12345\u{7f}"),
]

private let malformedNames: [MalformedRequest] = [
    .field(400, "empty_field_name", ": value"),
    .field(400, "empty_field_name", ":"),
    .field(400, "empty_field_name", ":authority: h"),
    .field(400, "space_before_colon", "A : b"),
    .field(400, "space_before_colon", "Content-Length : 5"),
    .field(400, "space_before_colon", "Transfer-Encoding\t: chunked"),
    .field(400, "space_before_colon", "A b: c"),
    .field(400, "missing_colon", "A"),
    .field(400, "missing_colon", "Content-Length"),
    .field(400, "invalid_field_name", "A\u{00}: b"),
    .field(400, "invalid_field_name", "\u{00}A: b"),
    .field(400, "invalid_field_name", "A\u{0b}: b"),
    .field(400, "invalid_field_name", "A\u{7f}: b"),
    .field(400, "invalid_field_name", "\u{e9}: b"),
    .field(400, "invalid_field_name", "A\u{e9}: b"),
    .field(400, "invalid_field_name", "A(x): b"),
    .field(400, "invalid_field_name", "\"A\": b"),
    .field(400, "invalid_field_name", "A,B: c"),
    .field(400, "invalid_field_name", "A/B: c"),
    .field(400, "invalid_field_name", "A=b"),
    .field(400, "invalid_field_name", "A;B: c"),
    .field(400, "invalid_field_name", "[A]: c"),
    .field(400, "invalid_field_name", "{A}: c"),
    .field(400, "invalid_field_name", "A@B: c"),
]

private let malformedHosts: [MalformedRequest] = [
    MalformedRequest(400, "missing_host", "GET / HTTP/1.1\r\n\r\n"),
    .fields(400, "missing_host", "Hosts: h", "X-Host: h"),
    MalformedRequest(400, "missing_host", "GET http://h/ HTTP/1.1\r\n\r\n"),
    .fields(400, "repeated_host", "Host: a", "Host: b"),
    .fields(400, "repeated_host", "Host: a", "A: b", "host: a"),
    MalformedRequest(400, "repeated_host", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
    MalformedRequest(400, "repeated_host", "GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    MalformedRequest(400, "invalid_host", "GET http://a/ HTTP/1.1\r\nHost: a,b\r\n\r\n"),
    MalformedRequest(400, "invalid_host", "GET / HTTP/1.0\r\nHost: a/b\r\n\r\n"),
    .host(""), .host("   "), .host("user@h"), .host("user:pass@h"), .host("h/path"), .host("h?q"),
    .host("h#f"), .host("a,b"), .host("a, b"), .host("a b"), .host("a\tb"), .host("http://h"),
    .host(":80"), .host("h:80:80"), .host("h:8a"), .host("h:-1"), .host("h:+80"), .host("h:65536"),
    .host("h:000080"), .host("h: 80"), .host("h\u{e9}"), .host("h;x"), .host("h\\x"), .host("h|x"),
    .host("<h>"), .host("a%2"), .host("a%zz"), .host("%"), .host("["), .host("[]"), .host("[::1"),
    .host("::1"), .host("[::1]x"), .host("[::1]:" + "x"), .host("[:1]"), .host("[1:]"), .host("[1::2::3]"),
    .host("[:::]"), .host("[12345::]"), .host("[1:2:3:4:5:6:7]"), .host("[1:2:3:4:5:6:7:8:9]"),
    .host("[1:2:3:4:5:6:7::8]"), .host("[::1.2.3]"), .host("[::1.2.3.4.5]"), .host("[::1.2.3.256]"),
    .host("[::01.2.3.4]"), .host("[1.2.3.4]"), .host("[fe80::1%25eth0]"), .host("[v1.x]"), .host("[::g]"),
]

private let malformedLengths: [MalformedRequest] = [
    .field(400, "invalid_content_length", "Content-Length:"),
    .field(400, "invalid_content_length", "Content-Length: \t"),
    .field(400, "invalid_content_length", "Content-Length: -1"),
    .field(400, "invalid_content_length", "Content-Length: +1"),
    .field(400, "invalid_content_length", "Content-Length: 1,1"),
    .field(400, "invalid_content_length", "Content-Length: 1, 1"),
    .field(400, "invalid_content_length", "Content-Length: 1 1"),
    .field(400, "invalid_content_length", "Content-Length: 0x10"),
    .field(400, "invalid_content_length", "Content-Length: 1.0"),
    .field(400, "invalid_content_length", "Content-Length: 1e3"),
    .field(400, "invalid_content_length", "Content-Length: 1_000"),
    .field(400, "invalid_content_length", "Content-Length: five"),
    .field(400, "invalid_content_length", "Content-Length: \"5\""),
    .field(400, "invalid_content_length", "Content-Length: 5;"),
    .field(400, "invalid_content_length", "Content-Length: \u{b2}"),
    .field(400, "invalid_content_length", "Content-Length: 99999999999999999999999x"),
    .field(400, "content_length_too_large", "Content-Length: 9223372036854775808"),
    .field(400, "content_length_too_large", "Content-Length: 18446744073709551615"),
    .field(400, "content_length_too_large", "Content-Length: 18446744073709551616"),
    .field(400, "content_length_too_large", "Content-Length: 18446744073709551621"),
    .field(400, "content_length_too_large", "Content-Length: 99999999999999999999999999999999999999"),
    .field(400, "repeated_content_length", "Content-Length: 5", "Content-Length: 5"),
    .field(400, "repeated_content_length", "Content-Length: 5", "content-length: 6"),
    .field(400, "repeated_content_length", "Content-Length: 0", "A: b", "CONTENT-LENGTH: 00"),
    .field(
        400, "content_length_with_transfer_encoding", "Content-Length: 5", "Transfer-Encoding: chunked"),
    .field(
        400, "content_length_with_transfer_encoding", "Transfer-Encoding: chunked", "Content-Length: 0"),
    .field(
        400, "content_length_with_transfer_encoding", "Transfer-Encoding: xchunked", "Content-Length: 5"),
]

private let malformedCodings: [MalformedRequest] = [
    .field(501, "unsupported_transfer_coding", "Transfer-Encoding: xchunked"),
    .field(501, "unsupported_transfer_coding", "Transfer-Encoding: chunkedx"),
    .field(501, "unsupported_transfer_coding", "Transfer-Encoding: identity"),
    .field(501, "unsupported_transfer_coding", "Transfer-Encoding: gzip"),
    .field(501, "unsupported_transfer_coding", "Transfer-Encoding: gzip, chunked"),
    .field(501, "unsupported_transfer_coding", "Transfer-Encoding: gzip", "Transfer-Encoding: chunked"),
    .field(501, "unsupported_transfer_coding", "Transfer-Encoding: gzip;q=1"),
    .field(400, "control_byte_in_field", "Transfer-Encoding: \u{0b}chunked"),
    .field(400, "control_byte_in_field", "Transfer-Encoding:\u{0c}chunked"),
    .field(400, "control_byte_in_field", "Transfer-Encoding: chunked\u{00}"),
    .field(400, "invalid_transfer_encoding", "Transfer-Encoding:"),
    .field(400, "invalid_transfer_encoding", "Transfer-Encoding:  \t "),
    .field(400, "invalid_transfer_encoding", "Transfer-Encoding: ,"),
    .field(400, "invalid_transfer_encoding", "Transfer-Encoding: ,chunked"),
    .field(400, "invalid_transfer_encoding", "Transfer-Encoding: chunked,"),
    .field(400, "invalid_transfer_encoding", "Transfer-Encoding: \"chunked\""),
    .field(400, "invalid_transfer_encoding", "Transfer-Encoding: 'chunked'\u{a0}"),
    .field(400, "invalid_transfer_encoding", "Transfer-Encoding: \u{a0}chunked"),
    .field(400, "invalid_transfer_encoding", "Transfer-Encoding: chunked\u{85}"),
    .field(400, "invalid_transfer_encoding", "Transfer-Encoding: chunked;q=1"),
    .field(400, "invalid_transfer_encoding", "Transfer-Encoding: chunked;"),
    .field(400, "invalid_transfer_encoding", "Transfer-Encoding: chunked chunked"),
    .field(400, "invalid_transfer_encoding", "Transfer-Encoding: gzip chunked"),
    .field(400, "invalid_transfer_encoding", "Transfer-Encoding: =chunked"),
    .field(400, "repeated_chunked", "Transfer-Encoding: chunked, chunked"),
    .field(400, "repeated_chunked", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
    .field(400, "repeated_chunked", "Transfer-Encoding: gzip, chunked, Chunked"),
    .field(400, "chunked_not_last", "Transfer-Encoding: chunked, gzip"),
    .field(400, "chunked_not_last", "Transfer-Encoding: chunked, identity"),
    .field(400, "chunked_not_last", "Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
    MalformedRequest(
        400, "transfer_encoding_in_old_version", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    MalformedRequest(
        400, "transfer_encoding_in_old_version",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"),
    MalformedRequest(
        400, "transfer_encoding_in_old_version", "POST / HTTP/1.0\r\nTransfer-Encoding: gzip\r\n\r\n"),
]

private let malformedExpectations: [MalformedRequest] = [
    .field(417, "unsupported_expectation", "Expect: 200-ok"),
    .field(417, "unsupported_expectation", "Expect: 100-continue, other"),
    .field(417, "unsupported_expectation", "Expect: 100-continue;x=1"),
    .field(417, "unsupported_expectation", "Expect: 100-continue", "Expect: magic"),
    .field(
        400, "too_many_connection_options",
        "Connection: " + Array(repeating: "x", count: 33).joined(separator: ",")),
    .field(
        400, "too_many_connection_options", "Connection: " + String(repeating: ",", count: 20),
        "Connection: " + String(repeating: ",", count: 20)),
]
