import HTTPWire
import Testing

@testable import Proxy

/// Requests that come back.
@Suite struct LoopMarkTests {
    private let service = Forwarding(trusts: { _ in false }, keepsServers: true)
    private let other = Forwarding(trusts: { _ in true }, keepsServers: true)

    private func head(_ bytes: [UInt8]) throws -> RequestHead {
        var parser = RequestParser()
        let progress = parser.parse(bytes.span)
        try #require(progress == .complete(length: bytes.count), "not a request")
        return parser.head
    }

    /// The request as it leaves a service that it came to.
    private func passed(_ bytes: [UInt8], through service: Forwarding, trusted: Bool = false) throws
        -> [UInt8]
    {
        var writer = ByteWriter()
        service.writeRequest(
            try head(bytes), from: bytes.span,
            client: ClientIdentity(address: "192.0.2.1", isTrusted: trusted), protocols: [], into: &writer)
        return writer.withSpan { span in span.indices.map { span[$0] } }
    }

    private func isLoop(_ bytes: [UInt8], at service: Forwarding) throws -> Bool {
        let head = try head(bytes)
        return head.hasLoopMarks && service.isLoop(head, from: bytes.span)
    }

    private let request = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)

    @Test(arguments: [true, false])
    func aRequestThatHasBeenHereFourTimesIsALoop(isTrusted: Bool) throws {
        var bytes = request
        for _ in 0..<LoopMark.mostVisits {
            #expect(try !isLoop(bytes, at: service))
            bytes = try passed(bytes, through: service, trusted: isTrusted)
        }
        #expect(try isLoop(bytes, at: service))
        #expect(try !isLoop(bytes, at: other))
    }

    @Test func aLoopThroughTwoServicesIsSeenByBoth() throws {
        var bytes = request
        for _ in 0..<LoopMark.mostVisits {
            bytes = try passed(passed(bytes, through: service), through: other, trusted: true)
        }
        #expect(try isLoop(bytes, at: service))
        #expect(try isLoop(bytes, at: other))
    }

    @Test func othersMarksAreNoneOfOurs() throws {
        let marks = Array(repeating: "evenkeel-0123456789abcdef", count: 50).joined(separator: ", ")
        #expect(
            try !isLoop(Array("GET / HTTP/1.1\r\nHost: a\r\nCDN-Loop: \(marks)\r\n\r\n".utf8), at: service))
    }

    @Test func marksCountInOneFieldOrSeveralAndWithParameters() throws {
        let text = String(decoding: try passed(request, through: service), as: UTF8.self)
        let mark = try #require(text.firstMatch(of: /CDN-Loop: (\S+)\r\n/)).1
        for fields in [
            "CDN-Loop: \(mark), \(mark),,\(mark) ,\(mark)\r\n",
            "cdn-loop: \(mark);v=1, cdn.example;a=\"b\"\r\nCDN-Loop: \(mark) ; v=2,\(mark)\r\nCDN-LOOP: \(mark)\r\n",
        ] {
            #expect(try isLoop(Array("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n".utf8), at: service))
        }
        let three = Array("GET / HTTP/1.1\r\nHost: a\r\nCDN-Loop: \(mark), \(mark), \(mark)\r\n\r\n".utf8)
        #expect(try !isLoop(three, at: service))
    }

    @Test func theMarksOfOthersArePassedOn() throws {
        let marked = Array("GET / HTTP/1.1\r\nHost: a\r\nCDN-Loop: cdn.example\r\n\r\n".utf8)
        let text = String(decoding: try passed(marked, through: service), as: UTF8.self)
        #expect(text.contains("\r\nCDN-Loop: cdn.example\r\n"))
        #expect(text.contains(/\r\nCDN-Loop: evenkeel-[0-9a-f]{16}\r\n/))
    }
}
