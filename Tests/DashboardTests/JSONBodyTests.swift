import TestSupport
import Testing

@testable import Dashboard

@Suite("A JSON body")
struct JSONBodyTests {
    private enum Colour: String, CaseIterable {
        case red, blue
    }

    private func body(_ text: String) throws -> JSONBody { try JSONBody(Array(text.utf8)) }

    private func value(_ text: String) throws -> JSONBody { try body("{\"x\":\(text)}") }

    private func detail(_ read: () throws(Problem) -> Void) -> String? {
        let problem = refusal(of: read)
        #expect(problem == nil || problem?.status == 400)
        return problem?.detail
    }

    @Test(
        "is refused when it is not JSON",
        arguments: [
            "", " ", "{", "{]", "{\"a\":}", "{\"a\" 1}", "{'a':1}", "{\"a\":1}}", "nul", "{\"a\":01}",
            "{\"a\":NaN}", "{\"a\":+1}", "a=b", "{\"a\":\"\u{1}\"}",
        ])
    func refusesOthers(_ text: String) {
        #expect(refusal { () throws(Problem) in _ = try JSONBody(Array(text.utf8)) }?.code == "bad_json")
    }

    @Test(
        "is refused with a comma too many",
        arguments: ["{\"a\":1,}", "{\"a\":[1, ]}", "{\"a\":{\"b\":[],\n}}", "{\"a\":{\"b\":\",\",}}"])
    func refusesCommas(_ text: String) {
        #expect(refusal { () throws(Problem) in _ = try JSONBody(Array(text.utf8)) }?.code == "bad_json")
    }

    @Test(
        "is refused when a member comes twice, however it is spelled",
        arguments: [
            "{\"a\":1,\"a\":1}", "{\"a\":1,\"b\":[],\"\\u0061\":2}", "{\"x\":{\"é\":1,\"\\u00e9\":{}}}",
            "{\"x\":[{\"a\":{\"a\":0},\"a\":1}]}", "{\"\\\"\":1,\"\\u0022\":1}",
        ])
    func refusesRepetitions(_ text: String) {
        let said = detail { () throws(Problem) in _ = try JSONBody(Array(text.utf8)) }
        #expect(said?.contains("is there twice") == true)
    }

    @Test(
        "may have the same name in different objects, and commas in texts",
        arguments: [
            "{\"a\":{\"a\":[{\"a\":1},{\"a\":1}]},\"b\":{\"a\":1}}", "{\"a\":[\"a\",\"a\"],\"b\":\"a\"}",
            "{\"a\":\",}\",\"b\":\"\\\",]\"}", " { \"a\" : [ ] , \"b\" : { } } ", "{}",
        ])
    func takesOthers(_ text: String) throws {
        _ = try body(text)
    }

    @Test("is refused when it is not UTF-8")
    func refusesOtherEncodings() {
        let bytes = Array("{\"a\":\"".utf8) + [0xFF, 0xFE] + Array("\"}".utf8)
        #expect(refusal { () throws(Problem) in _ = try JSONBody(bytes) }?.code == "bad_json")
    }

    @Test(
        "is refused when it is no object",
        arguments: ["null", "true", "1", "\"{}\"", "[]", "[{}]"])
    func refusesOtherValues(_ text: String) {
        #expect(
            detail { () throws(Problem) in _ = try JSONBody(Array(text.utf8)) }
                == "the body must be a JSON object")
    }

    /// Bodies of the largest size in every shape that a decoder may be slow at.
    static let largest: [(shape: String, text: String)] = {
        func fill(_ part: String, _ open: String = "", _ close: String = "") -> String {
            open
                + String(
                    repeating: part, count: (65_536 - open.utf8.count - close.utf8.count) / part.utf8.count)
                + close
        }
        let members = (0..<5_000).map { "\"m\($0)\":0" }.joined(separator: ",")
        return [
            ("open arrays", fill("[")), ("open objects", fill(#"{"a":"#)),
            ("arrays", fill("[", "", fill("]"))),
            ("480 deep", String(repeating: #"{"a":["#, count: 240) + String(repeating: "]}", count: 240)),
            ("closed first", fill("]")), ("flat numbers", fill("0,", #"{"a":["#, "0]}")),
            ("flat arrays", fill("[],", #"{"a":["#, "[]]}")),
            ("flat texts", fill(#""","#, #"{"a":["#, "0]}")),
            ("members", "{\(members)}"), ("the same member", fill(#""a":0,"#, "{", #""a":0}"#)),
            ("a long text", fill("a", #"{"a":""#, #""}"#)), ("escapes", fill(#"\n"#, #"{"a":""#, #""}"#)),
            ("wide escapes", fill(#"\ud83d\ude00"#, #"{"a":""#, #""}"#)),
            ("half escapes", fill(#"\ud83d"#, #"{"a":""#, #""}"#)),
            ("a text without an end", fill("\\", "{\"a\":\"")),
            ("a long name", fill(#"\u0041"#, #"{""#, #"":0}"#)),
            ("a long number", fill("9", #"{"a":"#, "}")), ("a long fraction", fill("1", #"{"a":0."#, "}")),
            ("blanks", fill(" ", "{", "}")), ("signs", fill("-", #"{"a":"#, "}")),
            ("colons", fill(":", "{", "}")),
            (
                "256 long texts",
                "{\"a\":["
                    + (0..<200).map { _ in "\"" + String(repeating: "é", count: 150) + "\"" }.joined(
                        separator: ",") + "]}"
            ),
        ]
    }()

    @Test("of the largest size is read or refused within 5 ms, whatever its shape", arguments: largest)
    func isReadInNoTime(shape: String, text: String) {
        #expect(text.utf8.count <= 65_536)
        func took() -> Duration {
            let start = ContinuousClock.now
            _ = try? JSONBody(Array(text.utf8))
            return ContinuousClock.now - start
        }
        // The best of three: others run on this machine. A debug build is several times slower.
        let best = [took(), took(), took()].min() ?? .zero
        #expect(best < atMost(.milliseconds(Self.isOptimized ? 5 : 50)), "\(shape)")
    }

    private static var isOptimized: Bool {
        var isDebug = false
        assert(
            {
                isDebug = true; return true
            }())
        return !isDebug
    }

    @Test(
        "is refused when it is nested too deep or has too many values, with that for a reason",
        arguments: [
            (#"{"a":[[[[]]]]}"#, "the body is nested more than 4 levels deep"),
            ("{\"a\":[" + String(repeating: "0,", count: 255) + "0]}", "the body has more than 256 values"),
        ])
    func isBounded(text: String, problem: String) {
        #expect(throws: Problem(400, "bad_json", problem)) { try JSONBody(Array(text.utf8)) }
        // Braces in a text are text.
        #expect(throws: Never.self) { try JSONBody(Array(#"{"a":"[[[[[[{{{{,,,,"}"#.utf8)) }
    }

    /// Texts that are as they should be in UTF-8. "Ģ" and "∁" have a byte that looks like a quote in UTF-16.
    private static let otherEncodings: [(name: String, bytes: [UInt8])] = {
        let texts = ["\u{122}", "\u{2201}"].map { name in
            "{\"\(name)\":" + String(repeating: "[", count: 480) + "[{},{}]"
                + String(repeating: "]", count: 480) + "}"
        }
        return (texts + ["{}", #"{"requests":1}"#]).flatMap { text in
            let units = Array(text.utf16)
            let little = units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            let big = units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
            let scalars = text.unicodeScalars.map(\.value)
            let wide = scalars.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8 & 0xFF), 0, 0] }
            return [
                ("UTF-16LE", little), ("UTF-16BE", big), ("UTF-16LE with a mark", [0xFF, 0xFE] + little),
                ("UTF-16BE with a mark", [0xFE, 0xFF] + big), ("UTF-32LE", wide),
                ("UTF-32LE with a mark", [0xFF, 0xFE, 0, 0] + wide),
                ("UTF-8 with a stray byte", [0x20] + Array(text.utf8.dropLast()) + [0xFF]),
            ]
        }
    }()

    @Test("is UTF-8 and nothing else: another encoding could hide from the scan how deep it is")
    func isUTF8() {
        for (name, bytes) in Self.otherEncodings {
            #expect(throws: Problem(400, "bad_json", "the body is not JSON in UTF-8"), "\(name)") {
                try JSONBody(bytes)
            }
        }
    }

    @Test("gives texts")
    func givesTexts() throws {
        var empty = try body("{}")
        #expect(try empty.string("x") == nil)
        var text = try value("\"a \\u00fc\\n\"")
        #expect(try text.string("x") == "a ü\n")
    }

    @Test("takes null for nothing", arguments: ["{}", "{\"x\":null}"])
    func takesNull(_ text: String) throws {
        var body = try body(text)
        #expect(try body.string("x") == nil)
        #expect(try body.choice("x", as: Colour.self) == nil)
        #expect(try body.integer("x", in: 1...2) == nil)
        #expect(try body.number("x", in: 1...2) == nil)
        #expect(try body.bool("x") == nil)
        #expect(try body.strings("x") == nil)
        try body.finish()
    }

    @Test(
        "refuses a value of another type, with the member's name and what would be right",
        arguments: ["1", "true", "[]", "{}", "[\"a\"]"])
    func refusesWrongTexts(_ text: String) throws {
        var body = try value(text)
        #expect(detail { () throws(Problem) in _ = try body.string("x") } == "\"x\" must be a text")
    }

    @Test("gives one of several words, and refuses others", arguments: ["\"green\"", "\"Red\"", "\"\"", "0"])
    func givesChoices(_ text: String) throws {
        var red = try value("\"red\"")
        #expect(try red.choice("x", as: Colour.self) == .red)
        var other = try value(text)
        #expect(
            detail { () throws(Problem) in _ = try other.choice("x", as: Colour.self) }
                == "\"x\" must be one of: red, blue")
    }

    @Test(
        "gives whole numbers", arguments: [("1", 1), ("256", 256), ("1.0", 1), ("1e2", 100), ("2.5e1", 25)])
    func givesIntegers(_ text: String, _ number: Int) throws {
        var body = try value(text)
        #expect(try body.integer("x", in: 1...256) == number)
    }

    @Test(
        "refuses what is no whole number in range",
        arguments: [
            "0", "257", "-1", "1.5", "1e99", "-1e99", "9223372036854775808", "true", "false", "\"1\"", "[1]",
            "{\"x\":1}", "-0.1",
        ])
    func refusesIntegers(_ text: String) throws {
        var body = try value(text)
        #expect(
            detail { () throws(Problem) in _ = try body.integer("x", in: 1...256) }
                == "\"x\" must be a whole number from 1 to 256")
    }

    @Test("gives numbers", arguments: [("0.1", 0.1), ("60", 60), ("1e1", 10), ("0.25", 0.25)])
    func givesNumbers(_ text: String, _ number: Double) throws {
        var body = try value(text)
        #expect(try body.number("x", in: 0.1...60) == number)
    }

    @Test(
        "refuses what is no number in range",
        arguments: ["0", "0.09", "60.01", "-1", "1e99", "true", "\"1\"", "[1]"])
    func refusesNumbers(_ text: String) throws {
        var body = try value(text)
        #expect(
            detail { () throws(Problem) in _ = try body.number("x", in: 0.1...60) }
                == "\"x\" must be a number from 0.1 to 60")
    }

    @Test("gives any number where there is no range")
    func givesAnyNumber() throws {
        var large = try value("-1e99")
        #expect(try large.number("x") == -1e99)
        #expect(
            detail { () throws(Problem) in _ = try large.integer("x") } == "\"x\" must be a whole number")
        var text = try value("\"1\"")
        #expect(detail { () throws(Problem) in _ = try text.number("x") } == "\"x\" must be a number")
        var whole = try value("-9007199254740992")
        #expect(try whole.integer("x") == -9_007_199_254_740_992)
    }

    @Test("tells true and false from 1, 0 and texts", arguments: ["1", "0", "\"true\"", "[]"])
    func givesTruth(_ text: String) throws {
        var (yes, no) = (try value("true"), try value("false"))
        #expect(try yes.bool("x") == true)
        #expect(try no.bool("x") == false)
        var other = try value(text)
        #expect(detail { () throws(Problem) in _ = try other.bool("x") } == "\"x\" must be true or false")
    }

    @Test("gives objects of texts, and names the member that is none")
    func givesTextObjects() throws {
        var body = try value("{\"a\":\"1\",\"b\":\"\"}")
        #expect(try body.strings("x") == ["a": "1", "b": ""])
        var list = try value("[]")
        #expect(
            detail { () throws(Problem) in _ = try list.strings("x") } == "\"x\" must be an object of texts")
        for wrong in ["1", "null", "{}"] {
            var object = try value("{\"a\":\"1\",\"b\":\(wrong)}")
            #expect(detail { () throws(Problem) in _ = try object.strings("x") } == "\"x.b\" must be a text")
        }
    }

    @Test("refuses members that nobody took, and tells which there are")
    func refusesUnknownMembers() throws {
        var body = try body("{\"b\":1,\"z\":1,\"y\":null}")
        _ = try body.number("b", in: 0...1)
        _ = try body.string("a")
        let problem = refusal { () throws(Problem) in try body.finish() }
        #expect(
            problem == Problem(400, "unknown_member", "there is no member \"y\" here; there are: a, b"))
    }
}
