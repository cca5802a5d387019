import Testing

@testable import HTTPWire

@Suite struct HeadLimitsTests {
    private static let version = " HTTP/1.1"
    private static let limits = HeadLimits.standard

    /// A request whose line has so many bytes.
    private static func request(lineBytes: Int, target: String = "/", _ rest: String = "") -> String {
        let padding = lineBytes - "GET \(target)\(version)".utf8.count
        return "GET \(target)" + String(repeating: "a", count: padding) + version + "\r\nHost: h\r\n\r\n"
    }

    /// A request whose head has so many bytes.
    private static func request(headBytes: Int) -> String {
        let start = "GET / HTTP/1.1\r\nHost: h\r\nA: "
        return start + String(repeating: "a", count: headBytes - start.utf8.count - 4) + "\r\n\r\n"
    }

    @Test func `a request line of 8192 bytes is read and one of 8193 is 414`() {
        let longest = Self.request(lineBytes: 8192)
        #expect(readRequest(longest).violation == nil)
        #expect(readRequest(longest) != .needMore)
        #expect(readRequest(Self.request(lineBytes: 8193)) == .invalid(.requestLineTooLong))
        #expect(HTTPViolation.requestLineTooLong.status == 414)
    }

    @Test func `the limit of the line holds behind an empty line, and for absolute targets`() {
        #expect(readRequest("\r\n" + Self.request(lineBytes: 8192)).violation == nil)
        #expect(readRequest("\r\n" + Self.request(lineBytes: 8193)) == .invalid(.requestLineTooLong))
        let absolute = "http://h/"
        #expect(readRequest(Self.request(lineBytes: 8192, target: absolute)).violation == nil)
        #expect(
            readRequest(Self.request(lineBytes: 8193, target: absolute)) == .invalid(.requestLineTooLong))
    }

    @Test func `a line without an end is 414 before it is all there`() {
        let endless = "GET /" + String(repeating: "a", count: 70_000)
        #expect(readRequest(endless) == .invalid(.requestLineTooLong))
        let bytes = wire(endless)
        #expect(readRequest(bytes, ends: [8183]) == .needMore)
        #expect(readRequest(bytes, ends: [8192]) == .invalid(.requestLineTooLong))
    }

    @Test func `a head of 16384 bytes is read and one of 16385 is 431`() {
        let longest = Self.request(headBytes: 16_384)
        #expect(longest.utf8.count == 16_384)
        #expect(readRequest(longest).violation == nil)
        #expect(readRequest(longest) != .needMore)
        #expect(readRequest(Self.request(headBytes: 16_385)) == .invalid(.headTooLarge))
        #expect(readRequest(Self.request(headBytes: 70_000)) == .invalid(.headTooLarge))
        #expect(HTTPViolation.headTooLarge.status == 431)
    }

    @Test func `a field of 9 kB is read`() {
        #expect(readRequest(Self.request(headBytes: 9_300)).violation == nil)
    }

    @Test func `the limit of the head is the same under any split`() {
        for size in [16_384, 16_385] {
            let bytes = wire(Self.request(headBytes: size))
            let whole = readRequest(bytes, ends: [bytes.count])
            for piece in [1000, 4096, 8192, 16_383] {
                let ends = Array(stride(from: piece, to: bytes.count, by: piece)) + [bytes.count]
                #expect(readRequest(bytes, ends: ends) == whole)
            }
        }
    }

    @Test func `128 fields are read and 129 are 431`() {
        let fields = ["Host: h"] + Array(repeating: "A: b", count: 127)
        #expect(readRequest(head(["GET / HTTP/1.1"] + fields)).violation == nil)
        let more = "GET / HTTP/1.1\r\n" + fields.map { $0 + "\r\n" }.joined() + "A"
        #expect(readRequest(more) == .invalid(.tooManyFields))
        #expect(HTTPViolation.tooManyFields.status == 431)
    }

    @Test func `a method of 32 bytes is read and one of 33 is 501`() {
        let method = String(repeating: "M", count: 32)
        #expect(readRequest(head(["\(method) / HTTP/1.1", "Host: h"])).violation == nil)
        #expect(readRequest(method + "M") == .invalid(.methodTooLong))
        #expect(readRequest(method) == .needMore)
    }

    @Test func `a response's head has the same limit and its status line none of its own`() {
        let start = "HTTP/1.1 200 OK"
        let longest = start + String(repeating: "a", count: 16_384 - 4 - start.utf8.count) + "\r\n\r\n"
        #expect(readResponse(longest).violation == nil)
        #expect(readResponse(longest) != .needMore)
        #expect(readResponse("HTTP/1.1 200 O" + String(longest.dropFirst(13))) == .invalid(.headTooLarge))
        let fields = Array(repeating: "A: b", count: 129)
        #expect(readResponse(head(["HTTP/1.1 200 OK"] + fields)) == .invalid(.tooManyFields))
    }

    @Test func `limits of one's own are kept, below what a range can say`() {
        let limits = HeadLimits(requestLineBytes: 20, headBytes: 100_000, fields: 1)
        #expect(limits.headBytes == 65_535)
        let line = wire("GET /12345 HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(readRequest(line, ends: [line.count], limits: limits).violation == nil)
        let longer = wire("GET /1234567 HTTP/1.1\r\n")
        #expect(readRequest(longer, ends: [longer.count], limits: limits) == .invalid(.requestLineTooLong))
        let fields = wire("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n")
        #expect(readRequest(fields, ends: [fields.count], limits: limits) == .invalid(.tooManyFields))
    }
}
