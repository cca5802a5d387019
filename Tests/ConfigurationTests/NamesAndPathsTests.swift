import Testing

@testable import Configuration

/// Names that a URL can carry, and paths that a request line can.
@Suite struct NamesAndPathsTests {
    private func refusal<Value>(of text: String, as format: Format<Value>) -> String? {
        do throws(Problem) {
            _ = try format.read(text)
            return nil
        } catch {
            return error.message
        }
    }

    @Test("A name that clients take out of a path is refused", arguments: [".", ".."])
    func dots(name: String) {
        let expected =
            "\"\(name)\" cannot be a name: in the path of a URL it means a folder, so the API could not reach it"
        #expect(refusal(of: name, as: .serverName) == expected)
        #expect(refusal(of: name, as: .serviceName) == expected)
    }

    @Test("A name of dots among others is one", arguments: ["...", ".a", "a..b", "-", "_"])
    func otherDots(name: String) {
        #expect(refusal(of: name, as: .serverName) == nil)
        #expect(refusal(of: name, as: .serviceName) == nil)
    }

    @Test(
        "A server may be called what a path can carry escaped",
        arguments: ["a/b", "%2e", "a?b", "#1", "é 日", "%"])
    func escaped(name: String) {
        #expect(refusal(of: name, as: .serverName) == nil)
    }

    @Test("A name of few characters and many bytes is refused")
    func accents() {
        let name = "e" + String(repeating: "\u{301}", count: 200)
        #expect(refusal(of: name, as: .serverName) == "the name has 401 bytes in UTF-8, and may have 256")
        #expect(refusal(of: String(repeating: "👧", count: 64), as: .serverName) == nil)
    }

    @Test(
        "A byte that no request target has is refused with what would be right",
        arguments: [
            ("/a#b", "what follows \"#\" is never sent; write %23 for the sign itself"),
            ("/#", "what follows \"#\" is never sent; write %23 for the sign itself"),
            ("/a{b", "\"{\" cannot stand in one; write %7B"),
            ("/a\\b", "\"\\\" cannot stand in one; write %5C"),
            ("/?q=\"", "\"\"\" cannot stand in one; write %22"),
            ("/a|b", "\"|\" cannot stand in one; write %7C"),
            ("/a^b", "\"^\" cannot stand in one; write %5E"),
            ("/<b>", "\"<\" cannot stand in one; write %3C"),
            ("/a[0]", "\"[\" cannot stand in one; write %5B"),
            ("/`", "\"`\" cannot stand in one; write %60"),
            ("/a%2", "\"%\" begins two hexadecimal digits; write %25 for the sign itself"),
            ("/100%", "\"%\" begins two hexadecimal digits; write %25 for the sign itself"),
            ("/%zz", "\"%\" begins two hexadecimal digits; write %25 for the sign itself"),
            ("/a\u{7F}", "it starts with \"/\" and has no spaces and only ASCII"),
        ])
    func paths(path: String, rule: String) {
        #expect(refusal(of: path, as: .requestPath)?.hasSuffix(" is not a path: \(rule)") == true)
    }

    @Test(
        "A path with a query and with escapes is one",
        arguments: ["/", "/health?full=1&a=b:c@d/e?f", "/%23%2F%c3%A9", "/a;b=c,d!$&'()*+~._-", "//x/../y"])
    func goodPaths(path: String) {
        #expect(refusal(of: path, as: .requestPath) == nil)
    }

    @Test("A path that fits no request line is refused")
    func longPath() {
        let path = "/" + String(repeating: "a", count: 2047)
        #expect(refusal(of: path, as: .requestPath) == nil)
        #expect(refusal(of: path + "a", as: .requestPath) == "the path has 2049 bytes, and may have 2048")
    }

    @Test("A dot at the end of a host name changes nothing but the look-up")
    func rootDot() {
        #expect(messages("listen: localhost.:80\nservers: [\"web.test.:80\"]\n") == "valid")
        #expect(
            messages("listen: 80\nservers: [\"web.test.:80\", \"Web.test:80\"]\n").contains(
                "the address \"Web.test:80\" is already in the list of servers"))
        #expect(
            messages("listen: \"web.test.:80\"\nservers: [\"web.test:80\"]\n").contains("own listen address"))
        #expect(
            messages("listen: 80\nservers: [1]\nadmin: {listen: \"localhost.:90\", hosts: [lb.test.]}\n")
                == "valid")
        #expect(
            messages("listen: 80\nservers: [1]\nadmin: {hosts: [lb.test., lb.test]}\n").contains(
                "already in the list"))
    }

    @Test("The path of a Unix socket that does not print is no name")
    func hiddenPath() {
        let rule = "the address has characters that do not print, so it cannot be the server's name"
        #expect(messages("listen: 80\nservers: [\"unix:/a\\eb\"]\n").contains(rule))
        #expect(messages("listen: 80\nservers: [{address: \"unix:/a\\eb\"}]\n").contains(rule))
        #expect(messages("listen: 80\nservers: [{name: a, address: \"unix:/a\\eb\"}]\n") == "valid")
    }
}
