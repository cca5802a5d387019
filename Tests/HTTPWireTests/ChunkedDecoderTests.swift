import Testing

@testable import HTTPWire

@Suite struct ChunkedDecoderTests {
    @Test(arguments: [
        ("0\r\n\r\n", ""),
        ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("5\r\nhello\r\n6\r\n world\r\n000\r\n\r\n", "hello world"),
        ("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789"),
        ("0000000000000001\r\nx\r\n0000000000000000\r\n\r\n", "x"),
        ("3;name=value\r\nabc\r\n0;last\r\n\r\n", "abc"),
        ("3 ; a=\"b;c\"\r\nabc\r\n0\t;z\r\n\r\n", "abc"),
        ("3;a\t=\t\"\\\"\u{e9}\" ; b\r\nabc\r\n0;a=b;c=d\r\n\r\n", "abc"),
        ("4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n"),
        ("5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n"),
    ])
    func `a chunked body is read under every split`(_ text: String, _ payload: String) {
        let bytes = wire(text + "GET /next")
        let expected = BodyOutcome(payload: payload, end: .end(rest: "GET /next"))
        for ends in everySplit(bytes.count) {
            #expect(readBody(.chunked, bytes, ends: ends) == expected, "split at \(ends.prefix(2))")
        }
    }

    @Test func `trailers are given as fields under every split`() {
        let bytes = wire("2\r\nok\r\n0\r\nX-Sum:  a1 \r\nServer-Timing: t;dur=1\r\nX_Y:\r\n\r\nrest")
        let expected = BodyOutcome(
            payload: "ok",
            trailers: ["X-Sum=[a1] other", "Server-Timing=[t;dur=1] other", "X_Y=[] other"],
            end: .end(rest: "rest"))
        for ends in everySplit(bytes.count) {
            #expect(readBody(.chunked, bytes, ends: ends) == expected, "split at \(ends.prefix(2))")
        }
    }

    @Test(arguments: malformedChunks)
    func `a malformed chunked body is refused under every split`(_ malformed: MalformedChunks) {
        let bytes = wire(malformed.text)
        for ends in everySplit(bytes.count) {
            let outcome = readBody(.chunked, bytes, ends: ends)
            guard case .invalid(let violation) = outcome.end else {
                Issue.record("split at \(ends.prefix(2)): \(outcome)")
                return
            }
            #expect(violation.reason == malformed.reason, "split at \(ends.prefix(2))")
        }
    }

    @Test func `an invalid body gives no content after its fault, and stays invalid`() {
        var decoder = ChunkedDecoder()
        let bytes = wire("1\r\naX5\r\nhello\r\n0\r\n\r\n")
        #expect(decoder.next(bytes.span, from: 0) == .payload(3..<4))
        #expect(decoder.next(bytes.span, from: 4) == .invalid(.invalidChunkEnd))
        #expect(decoder.next(bytes.span, from: 7) == .invalid(.invalidChunkEnd))
        decoder.reset()
        #expect(decoder.next(wire("0\r\n\r\n").span, from: 0) == .end(consumed: 5))
    }

    @Test func `the largest chunk is as large as the largest length`() {
        var decoder = ChunkedDecoder()
        let size = wire("7fffffffffffffff\r\nab")
        #expect(decoder.next(size.span, from: 0) == .payload(18..<20))
        #expect(decoder.remainingInChunk == UInt64(Int64.max) - 2)
        #expect(readChunked("8000000000000000\r\n").end == .invalid(.chunkSizeTooLarge))
        #expect(readChunked("ffffffffffffffff\r\n").end == .invalid(.chunkSizeTooLarge))
    }

    @Test func `an extension may have 256 bytes and not one more`() {
        let extensionText = String(repeating: "x", count: ChunkedDecoder.extensionBytesLimit)
        #expect(readChunked("1;\(extensionText)\r\na\r\n0\r\n\r\n").payload == "a")
        #expect(readChunked("1;\(extensionText)x\r\n").end == .invalid(.chunkExtensionTooLong))
        let spaces = String(repeating: " ", count: ChunkedDecoder.extensionBytesLimit)
        #expect(readChunked("1\(spaces.dropLast());x\r\na\r\n0\r\n\r\n").payload == "a")
        #expect(readChunked("1\(spaces) ").end == .invalid(.chunkExtensionTooLong))
    }

    @Test func `trailers are limited in bytes and in number`() {
        let limits = HeadLimits.trailers
        let fixed = "A: \r\n\r\n".utf8.count
        let value = String(repeating: "x", count: limits.headBytes - fixed)
        #expect(readChunked("0\r\nA: \(value)\r\n\r\n").end == .end(rest: ""))
        #expect(readChunked("0\r\nA: \(value)x\r\n\r\n").end == .invalid(.trailersTooLarge))
        let fields = String(repeating: "A: b\r\n", count: limits.fields)
        #expect(readChunked("0\r\n\(fields)\r\n").trailers.count == limits.fields)
        #expect(readChunked("0\r\n\(fields)A").end == .invalid(.tooManyFields))
    }

    @Test(arguments: [
        "5 \r\nhello\r\n0\t\r\n\r\n", "  5\r\nhello\r\n 0\r\n\r\n", "5\nhello\n0\n\n",
        "5;a \r\nhello\r\n0\n\r\n",
    ])
    func `of a server blanks around a size and lines without CR are taken`(_ text: String) {
        let bytes = wire(text + "rest")
        for ends in everySplit(bytes.count) {
            let outcome = readBody(.chunked, of: .server, bytes, ends: ends)
            #expect(
                outcome == BodyOutcome(payload: "hello", end: .end(rest: "rest")),
                "split at \(ends.prefix(2))")
        }
        if case .end = readChunked(text).end { Issue.record("taken of a client: \(text)") }
    }

    @Test(arguments: [
        "Content-Length: 5", "transfer-encoding: chunked", "Host: evil.test", "Connection: close",
        "Trailer: X",
        "Authorization: Basic x", "X-Forwarded-For: 1.2.3.4", "Content_Length: 5", "Range: bytes=0-1",
        "If-Match: \"a\"",
        "cache-control: no-store", "Content-Encoding: gzip", "Set-Cookie: a=b", "Set_Cookie: a=b", "Age: 1",
        "Via: 1.1 x", "Location: /", "Set-Cookie2: a", "Clear-Site-Data: *", "Alt-Svc: clear", "Link: </a>",
        "Strict-Transport-Security: max-age=0", "X-Accel-Redirect: /a", "Prefer: wait=1", "Priority: u=1",
        "X-HTTP-Method-Override: PUT", "X_HTTP_Method_Override: PUT", "X-Original-URL: /a",
        "X-Rewrite-URL: /a",
        "Access-Control-Allow-Origin: *", "access_control_allow_credentials: true", "Sec-Fetch-Site: none",
    ])
    func `a trailer that belongs into the head is dropped and the body goes on`(_ field: String) {
        let bytes = wire("2\r\nok\r\n0\r\n\(field)\r\nX-Sum: 1\r\n\r\nrest")
        for ends in everySplit(bytes.count) {
            let outcome = readBody(.chunked, bytes, ends: ends)
            #expect(
                outcome == BodyOutcome(payload: "ok", trailers: ["X-Sum=[1] other"], end: .end(rest: "rest")))
        }
    }

    @Test func `trailers of the names that Connection has are dropped until the next body`() {
        let long = "X-A-Name-That-Is-Longer-Than-Twenty-Four-Bytes"
        let bytes = wire("0\r\nX-Own: 1\r\n\(long): 2\r\nX-Own-Sum: 3\r\n\r\n")
        var decoder = ChunkedDecoder()
        decoder.reset(dropping: ["x-own", long.lowercased()])
        #expect(decoder.next(bytes.span, from: 0) == .end(consumed: bytes.count))
        #expect(decoder.trailers.count == 1)
        decoder.reset()
        #expect(decoder.next(bytes.span, from: 0) == .end(consumed: bytes.count))
        #expect(decoder.trailers.count == 3)
    }

    @Test func `bytes moved past the decoder are counted off the chunk`() {
        var decoder = ChunkedDecoder()
        decoder.skip(1)
        #expect(decoder.next(wire("a\r\n").span, from: 0) == .needMore(consumed: 3))
        #expect(decoder.remainingInChunk == 10)
        decoder.skip(4)
        #expect(decoder.remainingInChunk == 6)
        decoder.skip(100)
        decoder.skip(100)
        #expect(decoder.remainingInChunk == 0)
        #expect(decoder.next(wire("\r\n0\r\n\r\n").span, from: 0) == .end(consumed: 7))
        #expect(decoder.isDone)
    }
}
