import Testing

/// Messages show lines of the file, and never a token on them.
@Suite struct RedactionTests {
    private static let service = "listen: 8080\nservers: [127.0.0.1:8081]\n"

    @Test("The line of a token that is too short shows where it is, and not what")
    func short() {
        let rule = "a token is 16 to 256 characters of printable ASCII without spaces"
        let expected = """
            evenkeel.yaml:4:10: error: the token has 7 characters; \(rule)
              4 |   token: (hidden)
                |          ^
            """
        #expect(messages(Self.service + "admin:\n  token: hunter2\n") == expected)
    }

    @Test(
        "However a line with a token is wrong, the token is not shown",
        arguments: [
            "admin: {token: hunter2}", "admin: {token: \"hunter2\"}", "admin: {\"token\": hunter2, a: b}",
            "admin: {a: b, 'token' : 'hunter2', listen: x}", "token: hunter2", "health: {token: hunter2}",
            "admin: {tokn: hunter2}", "admin: {Token: hunter2}", "admin: {tokens: hunter2}",
            "admin: {to_ken: hunter2}", "admin: {token:hunter2}", "admin:\n  token:hunter2",
            "admin:\n  token:\n    hunter2", "admin:\n  token: >-\n    hunter2",
            "admin:\n  token: |2\n    hunter2",
            "admin:\n  ? token\n  : hunter2", "admin:\n  token: hunter2\n  token: hunter2",
            "admin:\n  token: 'hunter2", "admin:\n  token: \"hunter2\\", "admin:\n  token: @hunter2",
            "admin:\n  token: a: hunter2", "admin:\n token: hunter2\n\tlisten: 1",
            "admin:\n  token: [hunter2]",
            "admin:\n  token: {hunter2: 1}", "admin:\n  token: !secret hunter2", "admin:\n  token: *hunter2",
            "admin:\n  token:\n    - hunter2", "admin:\n  token: # short\n    hunter2",
            "health: {type: htp, fields: {A: hunter2}}", "health: {type: http, headers: {A: hunter2}}",
            "health: {type: http, Authorization: hunter2}", "health: {type: http, fields: [hunter2]}",
            "health: {type: http, fields: hunter2}", "health: {type: http, fields: {A: {b: hunter2}}}",
            "health:\n  type: http\n  fields:\n    Host: hunter2", "health:\n  fields:\n    A: hunter2 ",
            "health:\n  type: http\n  fields:\n    # a remark\n    A: fine\n\n    B: \"hunter2 \"",
            "health:\n  type: http\n  fields:\n    A: >\n      fine\n      hunter2",
            "health:\n  type: http\n  fields: &f\n    Expect: hunter2",
            "health:\n  headers:\n    A: @hunter2",
            "health:\n  type: http\n  fields: {\n    A: fine,\n    Host: hunter2}",
            "health: {type: http, fields: {\nA: fine,\nHost: hunter2}}",
            "health:\n  type: http\n  fields:\n    \"A: hunter2\": x",
            "health:\n  type: http\n  fields:\n    A: hunter2é",
        ])
    func hidden(text: String) {
        let message = messages(Self.service + text + "\n")
        #expect(message.contains("error: "))
        #expect(!message.contains("hunter2"), "\(message)")
    }

    @Test(
        "What is no token is shown",
        arguments: [
            "# behind any token:\nadmin: {hosts: shown}", "admin: {token_file: shown}",
            "admin: {monitoring: shown}", "a: # token\nhealth: shown",
            "health:\n  type: http\n  fields: {A: b}\n  rise: shown",
            "health:\n  type: http\n  fields:\n    A: b\n  rise: shown",
        ])
    func shown(text: String) {
        let message = messages(Self.service + text + "\n")
        #expect(message.contains(" | \(text.split(separator: "\n").last ?? "")\n"), "\(message)")
    }
}
