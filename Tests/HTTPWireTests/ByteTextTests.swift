import HTTPWire
import Testing

@Suite struct ByteTextTests {
    private let bytes = wire(
        head([
            "GET /caf%C3%A9 HTTP/1.1", "Host: h", "Accept: text/html;q=0.9 , Application/JSON ;q=1,",
            "A: \u{c3}\u{a9}\u{ff}",
        ]))

    private func parsed() -> RequestHead {
        var parser = RequestParser()
        #expect(parser.parse(bytes.span) == .complete(length: bytes.count))
        return parser.head
    }

    @Test func `a piece is a text`() {
        let head = parsed()
        #expect(head.target.path.text(in: bytes.span) == "/caf%C3%A9")
        #expect(head.fields.last?.value.text(in: bytes.span) == "\u{e9}\u{fffd}")
        #expect(head.target.path.matches("/CAF%c3%a9", in: bytes.span) == true)
        #expect(head.target.path.matches("/caf%C3%A", in: bytes.span) == false)
    }

    @Test func `a list has its members, with parameters or without`() {
        let accept = parsed().field(.accept)?.value ?? .empty
        #expect(accept.hasMember("application/json", in: bytes.span) == true)
        #expect(accept.hasMember("text/html", in: bytes.span) == true)
        #expect(accept.hasMember("text", in: bytes.span) == false)
        #expect(accept.hasMember("text/htm", in: bytes.span) == false)
        #expect(accept.hasMember("text/html;q", in: bytes.span) == false)
        #expect(accept.hasMember("*/*", in: bytes.span) == false)
        #expect(accept.hasMember(String(repeating: "x", count: 100), in: bytes.span) == false)
    }
}
