import Testing

@testable import HTTPWire

@Suite struct RecordedMessageTests {
    @Test func `at least sixty messages are recorded`() {
        #expect(recordedRequests.count + recordedResponses.count >= 60)
    }

    @Test(arguments: recordedRequests)
    func `a recorded request means what it should under every split`(_ recorded: RecordedRequest) {
        let bytes = wire(recorded.text)
        guard case .head(let whole) = readRequest(bytes, ends: [bytes.count]) else {
            Issue.record("refused: \(readRequest(bytes, ends: [bytes.count]))")
            return
        }
        #expect(whole.meaning == recorded.meaning)
        for ends in everySplit(bytes.count) {
            let outcome = readRequest(bytes, ends: ends)
            guard outcome == .head(whole) else {
                Issue.record("split at \(ends.prefix(2)): \(outcome)")
                return
            }
        }
    }

    @Test(arguments: recordedResponses)
    func `a recorded response means what it should under every split`(_ recorded: RecordedResponse) {
        let bytes = wire(recorded.text)
        guard case .head(let whole) = readResponse(bytes, to: recorded.method, ends: [bytes.count]) else {
            Issue.record("refused: \(readResponse(bytes, to: recorded.method, ends: [bytes.count]))")
            return
        }
        #expect(whole.meaning == recorded.meaning)
        for ends in everySplit(bytes.count) {
            let outcome = readResponse(bytes, to: recorded.method, ends: ends)
            guard outcome == .head(whole) else {
                Issue.record("split at \(ends.prefix(2)): \(outcome)")
                return
            }
        }
    }

    @Test(arguments: recordedRequests)
    func `a head is complete at its last byte and not before`(_ recorded: RecordedRequest) {
        let bytes = wire(recorded.text)
        guard case .head(let whole) = readRequest(bytes, ends: [bytes.count]) else { return }
        #expect(readRequest(bytes, ends: [whole.length - 1]) == .needMore)
        #expect(readRequest(bytes, ends: [whole.length]) == .head(whole))
    }

    @Test func `one parser reads all requests one after another as new ones would`() {
        var parser = RequestParser()
        for recorded in recordedRequests + recordedRequests.reversed() {
            let bytes = wire(recorded.text)
            parser.reset()
            #expect(readRequest(&parser, bytes, ends: [bytes.count]) == readRequest(recorded.text))
        }
    }

    @Test func `an empty line alone is no beginning of a request`() {
        var parser = RequestParser()
        #expect(parser.parse(wire("\r\n").span) == .needMore)
        #expect(!parser.hasBegun)
        #expect(parser.parse(wire("\r\nG").span) == .needMore)
        #expect(parser.hasBegun)
        parser.reset()
        #expect(!parser.hasBegun)
    }

    @Test(arguments: [
        "h", "h:", "h:0", "h:65535", "a-b_c~d.test.", "1.2.3.4:80", "%41.test", "[::]", "[::1]:65535",
        "[1::]", "[1:2:3:4:5:6:7::]", "[::2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:1.2.3.4]",
        "[ABCD:ef01::0]", "[::0.0.0.0]",
    ])
    func `a host may be a name or an address, with a port or without`(_ host: String) {
        #expect(readRequest(head(["GET / HTTP/1.1", "Host: \(host)"])).violation == nil)
        #expect(readRequest(head(["GET http://\(host)/ HTTP/1.1", "Host: h"])).violation == nil)
    }

    @Test func `fields are told apart, and those that Connection names are marked`() {
        let outcome = readRequest(
            head([
                "GET / HTTP/1.1", "hOsT:h", "x-secret:  1 ", "Connection: close,X-Secret ,, Host",
                "X_Forwarded_For: 6", "content_length: 9", "A:",
            ]))
        guard case .head(let summary) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let fields = [
            "hOsT=[h] host option", "x-secret=[1] other option",
            "Connection=[close,X-Secret ,, Host] connection", "X_Forwarded_For=[6] alias",
            "content_length=[9] alias", "A=[] other",
        ]
        #expect(summary.fields == fields)
    }

    @Test(arguments: ["Close", "Keep-Alive", "Upgrade", "X-Own"])
    func `a field that Connection names is marked, alone or among others`(_ name: String) {
        for options in [name.lowercased(), "X-Other, \(name)", "close,keep-alive,upgrade,\(name)"] {
            let request = readRequest(
                head(["GET / HTTP/1.1", "Host: h", "\(name): 1", "Connection: \(options)"]))
            let response = readResponse(head(["HTTP/1.1 200 OK", "\(name): 1", "Connection: \(options)"]))
            for outcome in [request, response] {
                guard case .head(let summary) = outcome else {
                    Issue.record("\(outcome)")
                    continue
                }
                let field = summary.fields.first { $0.hasPrefix("\(name)=[1]") }
                #expect(field?.hasSuffix(" option") == true, "\(options): \(summary.fields)")
            }
        }
    }

    @Test(arguments: FieldName.allCases)
    func `every known name is found in any case, and not with a byte more`(_ name: FieldName) {
        guard !name.text.isEmpty else { return }
        for text in [name.text, name.text.uppercased(), name.text.lowercased()] {
            #expect(knownName(text) == name)
            #expect(knownName(text + "x") == .other)
            #expect(knownName(String(text.dropLast())) == .other)
        }
    }

    /// At each place each byte that is not the same letter in another case.
    @Test(arguments: FieldName.allCases)
    func `a name with another byte in it is not known`(_ name: FieldName) {
        let text = Array(name.text.utf8)
        for place in text.indices {
            for byte in UInt8(ascii: "!")..<0x7f where byte | 0x20 != text[place] | 0x20 {
                var changed = text
                changed[place] = byte
                let isAlias = text[place] == UInt8(ascii: "-") && byte == UInt8(ascii: "_")
                let found = knownName(String(decoding: changed, as: UTF8.self))
                #expect(found == (isAlias ? .alias : .other), "byte \(byte) at \(place) of \(name)")
            }
        }
    }

    /// The name's meaning, which is the same at the end of the bytes and with more behind it.
    private func knownName(_ text: String) -> FieldName {
        let range = ByteRange(0, text.utf8.count)
        let found = FieldNameTable.shared.name(wire(text).span, range)
        let padded = wire(text + String(repeating: "~", count: 24))
        #expect(FieldNameTable.shared.name(padded.span, range) == found)
        return found
    }
}
