import HTTPWire
import Testing

@Suite struct BodyReaderTests {
    @Test func `a counted body ends at its length under every split`() {
        let bytes = wire("hello worldGET /next")
        let expected = BodyOutcome(payload: "hello world", end: .end(rest: "GET /next"))
        for ends in everySplit(bytes.count) {
            #expect(readBody(.contentLength(11), bytes, ends: ends) == expected)
        }
    }

    @Test func `a message without a body is over at once`() {
        for framing in [BodyFraming.none, .contentLength(0)] {
            var reader = BodyReader(framing)
            #expect(reader.isDone)
            #expect(reader.mayEndHere)
            #expect(reader.next(wire("GET").span, from: 0) == .end(consumed: 0))
        }
    }

    @Test func `a body until the end takes all and may end anywhere`() {
        var reader = BodyReader(.untilClose)
        #expect(reader.mayEndHere)
        #expect(reader.next(wire("abc").span, from: 1) == .payload(1..<3))
        #expect(reader.next(wire("abc").span, from: 3) == .needMore(consumed: 3))
        #expect(reader.mayEndHere)
        #expect(!reader.isDone)
        #expect(reader.payloadBytes == 2)
    }

    @Test(arguments: [
        (BodyFraming.contentLength(5), "hell"), (.chunked, ""), (.chunked, "5\r\nhell"),
        (.chunked, "5\r\nhello"),
        (.chunked, "5\r\nhello\r\n0\r\n"), (.chunked, "0\r\n\r"), (.chunked, "0\r\nA: b\r\n"),
    ])
    func `a connection that ends too soon leaves a body cut`(_ framing: BodyFraming, _ text: String) {
        var reader = BodyReader(framing)
        let bytes = wire(text)
        #expect(readBody(&reader, bytes, ends: [bytes.count]).end == .needMore)
        #expect(!reader.mayEndHere)
        #expect(!reader.isDone)
    }

    @Test func `content is counted, and not the framing around it`() {
        var reader = BodyReader(.chunked)
        let bytes = wire("5;x\r\nhello\r\n2\r\nab\r\n0\r\nX: y\r\n\r\n")
        #expect(readBody(&reader, bytes, ends: Array(0...bytes.count)).payload == "helloab")
        #expect(reader.payloadBytes == 7)
        #expect(reader.isDone)
        #expect(reader.mayEndHere)
        reader.reset(.contentLength(3))
        #expect(reader.payloadBytes == 0)
        #expect(reader.remainingPayload == 3)
        reader.skip(2)
        #expect(reader.next(wire("ab").span, from: 0) == .payload(0..<1))
        #expect(reader.payloadBytes == 3)
        #expect(reader.isDone)
    }

    @Test func `the largest length does not overflow`() {
        var reader = BodyReader(.contentLength(UInt64(Int64.max)))
        #expect(reader.next(wire("abc").span, from: 0) == .payload(0..<3))
        #expect(reader.remainingPayload == UInt64(Int64.max) - 3)
    }
}
