import Testing

@testable import Dashboard

@Suite("A target")
struct TargetTests {
    private func problem(_ text: String) -> Problem? {
        refusal { () throws(Problem) in _ = try Target(text) }
    }

    @Test(
        "is taken apart at its slashes",
        arguments: [
            ("/", [""]), ("//", ["", ""]), ("/a", ["a"]), ("/a/", ["a", ""]), ("/a//b", ["a", "", "b"]),
            ("/a/b?c/d", ["a", "b"]), ("/?", [""]), ("/a+b", ["a+b"]),
        ])
    func hasSegments(_ text: String, _ segments: [String]) throws {
        #expect(try Target(text).segments == segments)
    }

    @Test(
        "has its escapes decoded, each once and within its segment",
        arguments: [
            ("/%61", "a"), ("/a%2Fb", "a/b"), ("/a%2fb", "a/b"), ("/%2561", "%61"), ("/%C3%BC", "ü"),
            ("/%F0%9F%8E%89", "🎉"), ("/%20", " "), ("/%2e%2E", ".."), ("/ü", "ü"), ("/%3F", "?"),
        ])
    func decodes(_ text: String, _ segment: String) throws {
        #expect(try Target(text).segments == [segment])
    }

    @Test(
        "is refused with a bad escape, a control byte or what is not UTF-8",
        arguments: [
            "/%", "/%4", "/%4g", "/%G4", "/%%41", "/%u0041", "/%+1", "/%-1", "/%00", "/%0d", "/%0A", "/%09",
            "/%1b", "/%7F", "/a\tb", "/%C3", "/%FF", "/%C0%AF", "/%ED%A0%80", "/?a=%", "/?%00=b", "/?a=%FF",
        ])
    func refusesBadBytes(_ text: String) {
        #expect(problem(text)?.status == 400)
        #expect(problem(text)?.code == "bad_target")
    }

    @Test(
        "is refused when it is no path",
        arguments: ["", "*", "a", "?a=b", "http://localhost/", "localhost:80"])
    func refusesOtherForms(_ text: String) {
        #expect(problem(text)?.code == "bad_target")
    }

    @Test("has a query of members with and without a value, decoded")
    func hasQuery() throws {
        let target = try Target("/?a=1&b&c=&=d&&e=f=g&%61%3D=%26&h=?")
        let expected = [
            ("a", "1"), ("b", ""), ("c", ""), ("", "d"), ("e", "f=g"), ("a=", "&"), ("h", "?"),
        ]
        #expect(target.query.elementsEqual(expected) { $0.name == $1.0 && $0.value == $1.1 })
    }

    @Test("gives a member that is there once, and refuses one that is there twice")
    func givesMembers() throws {
        let target = try Target("/?a=1&b=2&b=2")
        #expect(try target.value(of: "a") == "1")
        #expect(try target.value(of: "c") == nil)
        let problem = refusal { () throws(Problem) in _ = try target.value(of: "b") }
        #expect(problem == Problem(400, "bad_query", "\"b\" is there more than once"))
    }

    @Test("refuses a member that there is not, and says which there are")
    func refusesMembers() throws {
        let target = try Target("/?a=1&c=2")
        let problem = refusal { () throws(Problem) in try target.refuseMembers(but: ["a", "b"]) }
        #expect(problem == Problem(400, "bad_query", "there is no parameter \"c\"; there are: a, b"))
        #expect(refusal { () throws(Problem) in try target.refuseMembers(but: ["a", "c"]) } == nil)
    }

    @Test(
        "gives ids, and refuses what is none",
        arguments: ["", "0", "x", "-1", "1.0", "٣", "9007199254740992"])
    func refusesIDs(_ text: String) throws {
        #expect(try Target.id("9007199254740991", of: "test") == 9_007_199_254_740_991)
        let problem = refusal { () throws(Problem) in _ = try Target.id(text, of: "test") }
        #expect(
            problem
                == Problem(400, "bad_target", "\"test\" must be a whole number from 1 to 9007199254740991"))
    }

    @Test("gives whole numbers within their range", arguments: [("1", 1), ("200", 200), ("007", 7)])
    func givesNumbers(_ text: String, _ number: Int) throws {
        #expect(try Target("/?n=\(text)").integer("n", in: 1...200) == number)
    }

    @Test(
        "refuses what is no number in range",
        arguments: [
            "", "0", "201", "-1", "+1", "%2B1", "1.0", "1e2", "0x1", "x", "%201", "9999999999999999999",
        ])
    func refusesNumbers(_ text: String) throws {
        let target = try Target("/?n=\(text)")
        let problem = refusal { () throws(Problem) in _ = try target.integer("n", in: 1...200) }
        #expect(problem == Problem(400, "bad_query", "\"n\" must be a whole number from 1 to 200"))
    }
}
