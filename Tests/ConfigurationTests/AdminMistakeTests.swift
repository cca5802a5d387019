import Configuration
import Foundation
import Testing

/// What is wrong with the section `admin`.
@Suite struct AdminMistakeTests {
    private static let service = "listen: 8080\nservers: [127.0.0.1:8081]\n"
    private static let tokenRule = "a token is 16 to 256 characters of printable ASCII without spaces"
    private static let hostRule =
        "that is a name such as lb.example.com or an IP address, without a scheme, a port or wildcards"

    @Test("A wrong section is explained", arguments: files)
    func explains(_ file: BadFile) {
        #expect(messages(Self.service + file.text) == file.expected)
    }

    private static let files = [
        BadFile(
            "a mistyped key",
            """
            admin:
              lisen: 8090
            """,
            says: """
                evenkeel.yaml:4:3: error: unknown key "lisen"; did you mean "listen"? (listen, token, token_file, hosts, monitoring)
                  4 |   lisen: 8090
                    |   ^
                """),
        BadFile(
            "a key of a service",
            "admin: {mode: http}",
            says: """
                evenkeel.yaml:3:9: error: the key "mode" belongs in a service
                  3 | admin: {mode: http}
                    |         ^
                """),
        BadFile(
            "a key that services have too, elsewhere",
            "health: {listen: off}",
            says: """
                evenkeel.yaml:3:10: error: the key "listen" belongs in a service or "admin"
                  3 | health: {listen: off}
                    |          ^
                """),
        BadFile(
            "another word for off",
            "admin: {listen: no}",
            says: """
                evenkeel.yaml:3:17: error: "no" is not an address: the port is missing (an address is port, host:port, [IPv6]:port or unix:/path), nor "off"
                  3 | admin: {listen: no}
                    |                 ^
                """),
        BadFile(
            "an address that others can reach, without a token",
            """
            admin:
              listen: 0.0.0.0:8090
            """,
            says: """
                evenkeel.yaml:4:11: error: admin.listen is 0.0.0.0:8090, which others can reach: set admin.token, admin.token_file or EVENKEEL_ADMIN_TOKEN, or listen on 127.0.0.1
                  4 |   listen: 0.0.0.0:8090
                    |           ^
                """),
        BadFile(
            "two tokens",
            """
            admin:
              token: correct-horse-battery
              token_file: /dev/null
            """,
            says: """
                evenkeel.yaml:5:3: error: "token" and "token_file" both give a token: leave out one of them
                  5 |   token_file: /dev/null
                    |   ^
                evenkeel.yaml:5:15: error: the token file "/dev/null" has no text
                  5 |   token_file: /dev/null
                    |               ^
                """),
        BadFile(
            "a token's file by a path that depends on the folder",
            "admin: {token_file: token}",
            says: """
                evenkeel.yaml:3:21: error: "token" is not the path of a file: it starts with "/"
                  3 | admin: {token_file: token}
                    |                     ^
                """),
        BadFile(
            "a token's file that is not there, for an open address",
            "admin: {listen: 0.0.0.0:8090, token_file: /no/such}",
            says: """
                evenkeel.yaml:3:43: error: cannot read the token file "/no/such": no such file
                  3 | admin: {listen: 0.0.0.0:8090, token_file: /no/such}
                    |                                           ^
                """),
        BadFile(
            "a token's file without end",
            "admin: {token_file: /dev/zero}",
            says: """
                evenkeel.yaml:3:21: error: the token file "/dev/zero" has more than 4096 bytes
                  3 | admin: {token_file: /dev/zero}
                    |                     ^
                """),
        BadFile(
            "hosts that are none",
            """
            admin:
              hosts: [lb.example.com, "lb:8090", "*.example.com", "https://a.b", 10.0.0.0/8, LB.example.com]
            """,
            says: """
                evenkeel.yaml:4:27: error: "lb:8090" is not a host: \(hostRule)
                  4 |   hosts: [lb.example.com, "lb:8090", "*.example.com", "https://a.b", 10.0.0.0/8, LB.example.com]
                    |                           ^
                evenkeel.yaml:4:38: error: "*.example.com" is not a host: \(hostRule)
                  4 |   hosts: [lb.example.com, "lb:8090", "*.example.com", "https://a.b", 10.0.0.0/8, LB.example.com]
                    |                                      ^
                evenkeel.yaml:4:55: error: "https://a.b" is not a host: \(hostRule)
                  4 |   hosts: [lb.example.com, "lb:8090", "*.example.com", "https://a.b", 10.0.0.0/8, LB.example.com]
                    |                                                       ^
                evenkeel.yaml:4:70: error: "10.0.0.0/8" is not a host: \(hostRule)
                  4 |   hosts: [lb.example.com, "lb:8090", "*.example.com", "https://a.b", 10.0.0.0/8, LB.example.com]
                    |                                                                      ^
                evenkeel.yaml:4:82: error: "lb.example.com" is already in the list of hosts
                  4 |   hosts: [lb.example.com, "lb:8090", "*.example.com", "https://a.b", 10.0.0.0/8, LB.example.com]
                    |                                                                                  ^
                """),
        BadFile(
            "the address of the service",
            "admin: {listen: 8080, monitoring: 127.0.0.1:8080}",
            says: """
                evenkeel.yaml:3:17: error: the service "main" listens on "127.0.0.1:8080" already (evenkeel.yaml:1)
                  3 | admin: {listen: 8080, monitoring: 127.0.0.1:8080}
                    |                 ^
                evenkeel.yaml:3:35: error: the service "main" listens on "127.0.0.1:8080" already (evenkeel.yaml:1)
                  3 | admin: {listen: 8080, monitoring: 127.0.0.1:8080}
                    |                                   ^
                """),
        BadFile(
            "monitoring on the admin listener's address, which is the default",
            "admin: {monitoring: 8090}",
            says: """
                evenkeel.yaml:3:21: error: the admin listener listens on "127.0.0.1:8090" already (evenkeel.yaml:3)
                  3 | admin: {monitoring: 8090}
                    |                     ^
                """),
    ]

    @Test("A service on the default address of the admin listener is told how both can be")
    func defaultAddress() {
        let rule =
            "\"127.0.0.1:8090\" is where the admin listener is by default: set admin.listen or --admin to another address, or to off"
        let expected = """
            evenkeel.yaml:1:9: error: \(rule)
              1 | listen: 8090
                |         ^
            """
        let text = "listen: 8090\nservers: [127.0.0.1:8081]\n"
        #expect(messages(text) == expected)
        #expect(messages(text, flags: ConfigurationOverrides(admin: "off")) == "valid")
        #expect(messages(text, environment: ["EVENKEEL_ADMIN": "off"]) == "valid")
        #expect(
            messages(Self.service, flags: ConfigurationOverrides(listen: "8090"))
                == "--listen: error: \(rule)")
    }

    @Test("A flag or a variable that opens the door, or clashes, is named")
    func overrides() {
        let ways = "admin.token, admin.token_file or EVENKEEL_ADMIN_TOKEN, or listen on 127.0.0.1"
        let open = ": error: admin.listen is [::]:80, which others can reach: set \(ways)"
        let file = Self.service
        #expect(messages(file, flags: ConfigurationOverrides(admin: "[::]:80")) == "--admin\(open)")
        #expect(messages(file, environment: ["EVENKEEL_ADMIN": "[::]:80"]) == "EVENKEEL_ADMIN\(open)")
        let clash =
            "--admin: error: the service \"main\" listens on \"127.0.0.1:8080\" already (evenkeel.yaml:1)"
        #expect(messages(file, flags: ConfigurationOverrides(admin: "8080")) == clash)
    }

    @Test("A wrong token in the environment is named, and not shown")
    func tokenVariable() {
        func said(_ token: String) -> String {
            messages(Self.service, environment: ["EVENKEEL_ADMIN_TOKEN": token])
        }
        let place = "EVENKEEL_ADMIN_TOKEN: error: "
        #expect(said("") == "\(place)the token has 0 characters; \(Self.tokenRule)")
        #expect(said("1") == "\(place)the token has 1 character; \(Self.tokenRule)")
        #expect(
            said(String(repeating: "x", count: 257))
                == "\(place)the token has 257 characters; \(Self.tokenRule)")
        for wrong in [" ", "\t", "é", "\u{0}", "\u{7F}", "\r\n"] {
            let message =
                "\(place)character 8 of the token is a space, or not printable ASCII; \(Self.tokenRule)"
            #expect(said("correct\(wrong)horse-battery") == message)
        }
    }

    @Test(
        "A wrong token in a file of its own is told with the file, and not shown",
        arguments: [
            ("\ncorrect-horse-battery\n", " has an empty first line"),
            ("\r\n", " has an empty first line"),
            ("hunter2\n", ", the token has 7 characters; \(tokenRule)"),
            (
                "correct-horse battery\n",
                ", character 14 of the token is a space, or not printable ASCII; \(tokenRule)"
            ),
        ])
    func tokenFile(content: String, expected: String) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())").path
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let message = messages(Self.service + "admin:\n  token_file: \(path)\n")
        let name = "\(expected.hasPrefix(",") ? "in " : "")the token file \"\(path)\""
        #expect(message.hasPrefix("evenkeel.yaml:4:15: error: \(name)\(expected)\n"))
    }
}
