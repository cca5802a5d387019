import HTTPWire
import Testing

@Suite struct MalformedMessageTests {
    @Test func `at least 120 malformed requests are recorded`() {
        #expect(malformedRequests.count >= 120)
    }

    @Test(arguments: malformedRequests)
    func `a malformed request is refused with its status and word under every split`(
        _ malformed: MalformedRequest
    ) {
        let bytes = wire(malformed.text)
        let violation = readRequest(bytes, ends: [bytes.count]).violation
        #expect(violation?.status == malformed.status)
        #expect(violation?.reason == malformed.reason)
        for ends in everySplit(bytes.count) {
            let other = readRequest(bytes, ends: ends).violation
            guard other == violation else {
                Issue.record("split at \(ends.prefix(2)): \(String(describing: other))")
                return
            }
        }
    }

    @Test(arguments: malformedResponses)
    func `a malformed response is refused with its word under every split`(
        _ malformed: MalformedResponse
    ) {
        let bytes = wire(malformed.text)
        let violation = readResponse(bytes, ends: [bytes.count]).violation
        #expect(violation?.reason == malformed.reason)
        for ends in everySplit(bytes.count) {
            let other = readResponse(bytes, ends: ends).violation
            guard other == violation else {
                Issue.record("split at \(ends.prefix(2)): \(String(describing: other))")
                return
            }
        }
    }

    @Test(arguments: beginningsThatEndWithTheWrongByte)
    func `an error is reported at its byte`(_ beginning: QuotedText) {
        let bytes = wire(beginning.text)
        #expect(readRequest(bytes, ends: [bytes.count - 1]) == .needMore)
        #expect(readRequest(bytes, ends: [bytes.count]).violation != nil)
    }

    @Test(arguments: [
        "\r\n\r\nHEAD / HTTP/1.1\r\n", "\nHEAD / HTTP/1.1\r\n", "\rHEAD / HTTP/1.1\r\n",
        " HEAD / HTTP/1.1\r\n",
        "\0\tHEAD /", "HEAD\t/ HTTP/1.1\r\n", "HEAD\r\n", "HEAD  /", "HEAD /# ", "HEAD / HTTP/2.0\r\n",
        "HEAD", "\r\nHEAD",
        "\r\n\r\nHEAD", "HEAD / HTTP/1.1\r\nA : b\r\n",
    ])
    func `HEAD is known in whatever way its head is malformed or unfinished`(_ text: String) {
        var parser = RequestParser()
        #expect(parser.parse(wire(text).span).isComplete == false)
        #expect(parser.head.method == .head)
        parser.reset()
        #expect(parser.head.method == .other)
    }

    @Test(arguments: [
        "\r\n\r\n", "\r\n\r\nGET /", "\nHEADS /", " head /", "HEA", "\r\n\r\nTRACE /", "\u{16}\u{3}HEAD /",
        "",
    ])
    func `nothing else passes for HEAD`(_ text: String) {
        var parser = RequestParser()
        _ = parser.parse(wire(text).span)
        #expect(parser.head.method != .head)
    }

    @Test func `a violation stays until the parser is reset`() {
        var parser = RequestParser()
        #expect(parser.parse(wire("\n").span) == .invalid(.bareLineFeed))
        #expect(parser.parse(wire("GET / HTTP/1.0\r\n\r\n").span) == .invalid(.bareLineFeed))
        parser.reset()
        #expect(parser.parse(wire("GET / HTTP/1.0\r\n\r\n").span) == .complete(length: 18))
    }

    @Test(arguments: HTTPViolation.allCases)
    func `a reason is one word that logs and metrics can carry`(_ violation: HTTPViolation) {
        #expect(violation.reason.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 })
        #expect([400, 405, 414, 417, 431, 501, 505].contains(violation.status))
    }
}

/// A text that is shown in quotes, so that control bytes do not reach the terminal.
struct QuotedText: Sendable, CustomStringConvertible {
    let text: String
    var description: String { text.debugDescription }
}

private let beginningsThatEndWithTheWrongByte: [QuotedText] = [
    "\u{16}", "\n", "\r\n\r", "\rG", " ", "G\u{00}", "CONNECT ", "TRACE ", "GET  ", "GET /\u{80}",
    "GET /#",
    "GET /\r", "GET /\n", "GET path ", "GET http://u@h/ ", "GET / h", "GET / HTTP/0.9", "GET / HTTP/2.0",
    "GET / HTTP/1.1\n", "GET / HTTP/1.1 ", "GET / HTTP/1.1\rX", "GET * HTTP/1.1",
    "GET / HTTP/1.1\r\n ", "GET / HTTP/1.1\r\n:", "GET / HTTP/1.1\r\nA ", "GET / HTTP/1.1\r\nA\r",
    "GET / HTTP/1.1\r\nA:\u{00}", "GET / HTTP/1.1\r\nA: 123456789\u{7f}", "GET / HTTP/1.1\r\nA: b\n",
    "GET / HTTP/1.1\r\nA: b\rX", "GET / HTTP/1.1\r\nHost: \r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n",
    "GET / HTTP/1.1\r\nContent-Length: x\r\n", "GET / HTTP/1.1\r\nA: b\r\n\t", "GET / HTTP/1.1\r\n\r\n",
].map { QuotedText(text: $0) }

extension HeadProgress {
    fileprivate var isComplete: Bool {
        if case .complete = self { return true }
        return false
    }
}
