import HTTPWire
import Testing

@Suite struct HeadWritingTests {
    /// Reads a request and writes it as a proxy would send it on.
    private func rewritten(_ lines: [String]) -> String {
        let bytes = wire(head(lines))
        var parser = RequestParser()
        guard case .complete = parser.parse(bytes.span) else { return "refused" }
        var writer = ByteWriter()
        writer.writeRequestLine(parser.head, from: bytes.span)
        if let host = parser.head.host {
            writer.writeField("Host", host, from: bytes.span)
        } else {
            writer.writeField("Host", "server.test")
        }
        for field in parser.head.fields where field.known != .host && !field.known.isHopByHop {
            if !field.isConnectionOption { writer.writeField(field, from: bytes.span) }
        }
        writer.writeFraming(parser.head.framing)
        writer.endHead()
        return written(writer)
    }

    @Test func `a request is written in canonical form`() {
        let result = rewritten([
            "PUT http://a.test:81?x=1 HTTP/1.0", "Host:b.test", "A:b", "C: \t d e \t", "E:", "F: g",
            "Content-Length: 0010", "Connection: keep-alive, X-Own", "X-Own: 1", "TE: trailers",
        ])
        #expect(
            result
                == head([
                    "PUT /?x=1 HTTP/1.1", "Host: a.test:81", "A: b", "C: d e", "E: ", "F: g",
                    "Content-Length: 10",
                ]))
    }

    @Test(arguments: [
        ("GET http://h HTTP/1.1", "GET / HTTP/1.1"), ("OPTIONS http://h HTTP/1.1", "OPTIONS * HTTP/1.1"),
        ("OPTIONS http://h/ HTTP/1.1", "OPTIONS / HTTP/1.1"), ("OPTIONS * HTTP/1.1", "OPTIONS * HTTP/1.1"),
        ("OPTIONS http://h?a HTTP/1.1", "OPTIONS /?a HTTP/1.1"), ("MOVE /a?b HTTP/1.1", "MOVE /a?b HTTP/1.1"),
    ])
    func `a target is written in origin form`(_ line: String, _ expected: String) {
        #expect(rewritten([line, "Host: h"]) == head([expected, "Host: h"]))
    }

    @Test(arguments: recordedRequests)
    func `what is written is read again as the same`(_ recorded: RecordedRequest) {
        let lines = recorded.text.linesOfHead
        let once = rewritten(lines)
        #expect(rewritten(once.linesOfHead) == once)
    }

    @Test func `a response is written in our version`() {
        let bytes = wire(head(["HTTP/1.0 404 Not here", "A:b", "Transfer-Encodin: x"]))
        var parser = ResponseParser(answering: .get)
        guard case .complete = parser.parse(bytes.span) else {
            Issue.record("refused")
            return
        }
        var writer = ByteWriter()
        writer.writeStatusLine(parser.head, from: bytes.span)
        for field in parser.head.fields { writer.writeField(field, from: bytes.span) }
        writer.writeFraming(.chunked)
        writer.endHead()
        #expect(
            written(writer)
                == head([
                    "HTTP/1.1 404 Not here", "A: b", "Transfer-Encodin: x", "Transfer-Encoding: chunked",
                ]))
    }

    @Test func `an answer of ours has a line, fields and an end`() {
        var writer = ByteWriter(capacity: 1)
        writer.writeStatusLine(503, ReasonPhrase.text(503))
        writer.writeField("Content-Length", UInt64(0))
        writer.endHead()
        #expect(written(writer) == head(["HTTP/1.1 503 Service Unavailable", "Content-Length: 0"]))
        writer.clear()
        writer.writeRequestLine(.get, "/healthz")
        writer.endHead()
        #expect(written(writer) == head(["GET /healthz HTTP/1.1"]))
    }

    @Test func `a value cannot begin a field of its own`() {
        var writer = ByteWriter()
        writer.writeField("A", "b\r\nSet-Cookie: evil\u{0}\u{7f}\u{1b}\tc")
        #expect(written(writer) == "A: b??Set-Cookie: evil???\tc\r\n")
    }

    @Test(arguments: [
        (UInt64(0), "0", "0"), (9, "9", "9"), (10, "10", "a"), (16, "16", "10"), (255, "255", "ff"),
        (4096, "4096", "1000"), (UInt64(Int64.max), "9223372036854775807", "7fffffffffffffff"),
        (UInt64.max, "18446744073709551615", "ffffffffffffffff"),
    ])
    func `a number is written in decimal and hexadecimal digits`(
        _ number: UInt64, _ decimal: String, _ hexadecimal: String
    ) {
        var writer = ByteWriter()
        writer.writeField("A", number)
        #expect(written(writer) == "A: \(decimal)\r\n")
        writer.clear()
        writer.writeHexadecimal(number)
        #expect(written(writer) == hexadecimal)
    }

    /// Pieces of every length up to several words, each where the memory has to grow and where not.
    @Test(arguments: [1, 1024]) func `bytes are written as they are`(_ capacity: Int) {
        let text = String(repeating: "abcdefghijklmnopqrstuvwxyz", count: 5)
        for size in 0...text.utf8.count {
            let bytes = wire(String(text.prefix(size)))
            var writer = ByteWriter(capacity: capacity)
            for _ in 0..<3 {
                writer.write(UInt8(ascii: "<"))
                writer.write(bytes.span)
                writer.write(">")
            }
            #expect(written(writer) == String(repeating: "<\(text.prefix(size))>", count: 3))
        }
    }

    @Test func `chunks that are written are read again as the same content`() {
        var writer = ByteWriter(capacity: 64)
        var content = ""
        for size in [1, 15, 16, 255, 256, 4096] {
            let piece = String(repeating: "x", count: size)
            writer.beginChunk(size)
            writer.write(piece)
            writer.endChunk()
            content += piece
        }
        writer.writeLastChunk()
        writer.endHead()
        #expect(readChunked(written(writer)) == BodyOutcome(payload: content, end: .end(rest: "")))
    }
}

extension String {
    /// The lines up to the first empty one.
    fileprivate var linesOfHead: [String] {
        var lines = [""]
        for scalar in unicodeScalars {
            if scalar == "\n", lines[lines.count - 1].isEmpty, lines.count > 1 { break }
            if scalar == "\n" {
                lines.append("")
            } else if scalar != "\r" {
                lines[lines.count - 1].unicodeScalars.append(scalar)
            }
        }
        return lines.filter { !$0.isEmpty }
    }
}
