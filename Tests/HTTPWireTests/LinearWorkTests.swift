import Testing

@testable import HTTPWire

@Suite struct LinearWorkTests {
    @Test func `a head dripped byte by byte is looked at once`() {
        let value = String(repeating: "a b\t", count: 4000)
        let bytes = wire(head(["GET /path HTTP/1.1", "Host: h", "A: \(value)"]))
        var parser = RequestParser()
        var scanned = 0
        for end in 1...bytes.count {
            let before = parser.position
            _ = parser.parse(bytes.span.extracting(0..<end))
            scanned += parser.position - before
            #expect(parser.position == end)
        }
        #expect(scanned == bytes.count)
    }

    /// What was read is overwritten by a byte that no head may hold: had the parser looked at it again,
    /// it would refuse the head.
    @Test func `bytes that have been read are not read again`() {
        let value = String(repeating: "abcdefgh", count: 1000)
        var bytes = wire(head(["GET /\(value.prefix(4000)) HTTP/1.1", "Host: h", "A: \(value)"]))
        var parser = RequestParser()
        let targetStart = 5
        let valueStart = bytes.count - 4 - value.utf8.count
        for end in 1...bytes.count {
            let progress = parser.parse(bytes.span.extracting(0..<end))
            #expect(progress == (end < bytes.count ? .needMore : .complete(length: end)))
            let last = end - 1
            if (targetStart..<targetStart + 4000).contains(last) || last >= valueStart { bytes[last] = 0 }
        }
    }

    @Test func `a dripped response is looked at once`() {
        let bytes = wire(head(["HTTP/1.1 200 " + String(repeating: "x", count: 8000), "A: b"]))
        var parser = ResponseParser(answering: .get)
        for end in 1...bytes.count {
            _ = parser.parse(bytes.span.extracting(0..<end))
            #expect(parser.position == end)
        }
    }

    @Test func `the table of fields keeps its memory between messages`() {
        var parser = RequestParser()
        let bytes = wire(head(["GET / HTTP/1.1", "Host: h"] + Array(repeating: "A: b", count: 20)))
        #expect(parser.parse(bytes.span) == .complete(length: bytes.count))
        let capacity = parser.head.fields.capacity
        for _ in 0..<10 {
            parser.reset()
            #expect(parser.parse(bytes.span) == .complete(length: bytes.count))
            #expect(parser.head.fields.capacity == capacity)
        }
        parser.reset(keepingMemory: false)
        #expect(parser.head.fields.capacity == 0)
    }
}
