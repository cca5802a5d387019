import HTTPWire
import Testing

@Test func `a plain request is read`() {
    let bytes = Array("GET /a?b=c HTTP/1.1\r\nHost: example.test:80\r\nX:  y \r\nContent-Length: 5\r\n\r\nhello".utf8)
    var parser = RequestParser()
    #expect(parser.parse(bytes.span) == .complete(length: bytes.count - 5))
    #expect(parser.head.framing == .contentLength(5))
}
@Test func `a plain response is read`() {
    let bytes = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
    var parser = ResponseParser(answering: .get)
    #expect(parser.parse(bytes.span) == .complete(length: bytes.count))
    #expect(parser.head.framing == .chunked)
}
