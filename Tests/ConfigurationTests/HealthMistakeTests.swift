import Testing

/// What is wrong within `health`.
@Suite struct HealthMistakeTests {
    @Test("A wrong health check is explained", arguments: files)
    func explains(_ file: BadFile) {
        #expect(messages(file.text) == file.expected)
    }

    private static let start = "listen: 8080\nservers: [a:1]\nhealth:\n  type: http\n"

    @Test(
        "A host is a name or an address, with a port or without",
        arguments: [
            ("shop.example", true), ("Shop.example:8080", true), ("10.0.0.1", true), ("10.0.0.1:80", true),
            ("\"[::1]\"", true), ("\"[::1]:80\"", true), ("a_b", true), ("\"::1\"", false), ("8080", false),
            ("a:0", false), ("a:b", false), ("user@a", false), ("a/b", false), ("a b", false),
            ("unix:/a", false),
            ("\"a\\r\\nX: y\"", false), ("\"\"", false), ("a,b", false),
        ])
    func hosts(text: String, isRight: Bool) {
        #expect(messages(Self.start + "  host: \(text)\n").contains("is not a host") == !isRight)
    }

    @Test(
        "The value of a field cannot end it, and no message repeats it",
        arguments: ["\\r\\nB: c", "\\n", "\\0", " x", "x ", "é"])
    func values(text: String) {
        let message = messages(Self.start + "  fields: {A: \"\(text)hunter2\(text)\"}\n")
        #expect(message.contains("the value of the field \"A\" is not one"))
        #expect(!message.contains("hunter2"))
    }

    @Test("Fields are bounded in number and size")
    func bounds() {
        func message(_ count: Int, of bytes: Int) -> String {
            let fields = (0..<count).map { "    F\($0): \(String(repeating: "v", count: bytes))\n" }.joined()
            return messages(Self.start + "  fields:\n" + fields)
        }
        #expect(message(32, of: 100) == "valid")
        #expect(message(33, of: 1).contains("\"fields\" has more than 32 fields"))
        #expect(message(2, of: 2100).contains("\"fields\" has more than 4096 bytes of names and values"))
    }

    private static let files = [
        BadFile(
            "a type that does not exist",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            health:
              type: https
            """,
            says: """
                evenkeel.yaml:4:9: error: unknown type of health check "https"; did you mean "http"? (tcp, http, none)
                  4 |   type: https
                    |         ^
                """),
        BadFile(
            "a path for a check that only connects",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            health:
              path: /health
            """,
            says: """
                evenkeel.yaml:4:3: error: "path" has no meaning for type tcp: write "type: http", or leave it out
                  4 |   path: /health
                    |   ^
                """),
        BadFile(
            "a status for a check that only connects",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            health:
              type: tcp
              expect: 200
            """,
            says: """
                evenkeel.yaml:5:3: error: "expect" has no meaning for type tcp: write "type: http", or leave it out
                  5 |   expect: 200
                    |   ^
                """),
        BadFile(
            "a whole handshake for a check that sends a request, and for none",
            """
            services:
              a: {listen: 8080, servers: [a:1], health: {type: http, complete_handshake: on}}
              b: {listen: 8081, servers: [a:1], health: {type: none, complete_handshake: off}}
              c: {listen: 8082, servers: [a:1], health: {complete_handshake: true}}
            """,
            says: """
                evenkeel.yaml:2:58: error: "complete_handshake" has no meaning for type http: write "type: tcp", or leave it out
                  2 |   a: {listen: 8080, servers: [a:1], health: {type: http, complete_handshake: on}}
                    |                                                          ^
                evenkeel.yaml:3:58: error: "complete_handshake" has no meaning for type none: write "type: tcp", or leave it out
                  3 |   b: {listen: 8081, servers: [a:1], health: {type: none, complete_handshake: off}}
                    |                                                          ^
                evenkeel.yaml:4:66: error: "true" is neither "off" nor "on"
                  4 |   c: {listen: 8082, servers: [a:1], health: {complete_handshake: true}}
                    |                                                                  ^
                """),
        BadFile(
            "a check's request that cannot be sent",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            health:
              type: http
              method: POST
              host: http://shop.example/
            """,
            says: """
                evenkeel.yaml:5:11: error: "POST" is no method of a check: a check asks and changes nothing (GET, HEAD, OPTIONS)
                  5 |   method: POST
                    |           ^
                evenkeel.yaml:6:9: error: "http://shop.example/" is not a host: that is a name or an IP address, and perhaps a port, such as shop.example or "[::1]:8080"
                  6 |   host: http://shop.example/
                    |         ^
                """),
        BadFile(
            "a method in small letters, and fields that only a check with a request has",
            """
            services:
              a: {listen: 8080, servers: [a:1], health: {type: http, method: get}}
              b: {listen: 8081, servers: [a:1], health: {host: a}}
            """,
            says: """
                evenkeel.yaml:2:66: error: unknown method "get"; did you mean "GET"? (GET, HEAD, OPTIONS)
                  2 |   a: {listen: 8080, servers: [a:1], health: {type: http, method: get}}
                    |                                                                  ^
                evenkeel.yaml:3:46: error: "host" has no meaning for type tcp: write "type: http", or leave it out
                  3 |   b: {listen: 8081, servers: [a:1], health: {host: a}}
                    |                                              ^
                """),
        BadFile(
            "fields that are not for a file to set",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            health:
              type: http
              fields:
                host: shop.example
                Connection: keep-alive
                content-length: 3
                a b: c
                X-A: 1
                x-a: 2
            """,
            says: """
                evenkeel.yaml:6:5: error: a check cannot have the field "host": write "host" beside "fields" instead
                  6 |     (hidden)
                    |     ^
                evenkeel.yaml:7:5: error: a check cannot have the field "Connection": a check has a connection of its own, which it closes
                  7 |     (hidden)
                    |     ^
                evenkeel.yaml:8:5: error: a check cannot have the field "content-length": a check has no body
                  8 |     (hidden)
                    |     ^
                evenkeel.yaml:9:5: error: the name of a field is letters, digits, "-" and the like, without spaces and colons
                  9 |     (hidden)
                    |     ^
                evenkeel.yaml:11:5: error: the field "x-a" is already there: capital letters count as small ones
                  11 |     (hidden)
                     |     ^
                """),
        BadFile(
            "timing for no check at all",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            health:
              type: none
              interval: 2s
              path: /
            """,
            says: """
                evenkeel.yaml:5:3: error: "interval" has no meaning for type none: write "type: tcp" or "type: http", or leave it out
                  5 |   interval: 2s
                    |   ^
                evenkeel.yaml:6:3: error: "path" has no meaning for type none: write "type: http", or leave it out
                  6 |   path: /
                    |   ^
                """),
        BadFile(
            "a path without a slash",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            health:
              type: http
              path: health
            """,
            says: """
                evenkeel.yaml:5:9: error: "health" is not a path: it starts with "/" and has no spaces and only ASCII
                  5 |   path: health
                    |         ^
                """),
        BadFile(
            "a path with a space",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            health:
              type: http
              path: /a b
            """,
            says: """
                evenkeel.yaml:5:9: error: "/a b" is not a path: it starts with "/" and has no spaces and only ASCII
                  5 |   path: /a b
                    |         ^
                """),
        BadFile(
            "a status that does not exist",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            health:
              type: http
              expect: 600
            """,
            says: """
                evenkeel.yaml:5:11: error: "600" is not a status from 100 to 599 such as 200, or a range such as 200-399
                  5 |   expect: 600
                    |           ^
                """),
        BadFile(
            "a range of statuses the wrong way round",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            health:
              type: http
              expect: 399-200
            """,
            says: """
                evenkeel.yaml:5:11: error: "399-200" is not a status from 100 to 599 such as 200, or a range such as 200-399
                  5 |   expect: 399-200
                    |           ^
                """),
        BadFile(
            "counts out of range",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            health:
              rise: 0
              fall: 101
            """,
            says: """
                evenkeel.yaml:4:9: error: "0" is not a whole number from 1 to 100
                  4 |   rise: 0
                    |         ^
                evenkeel.yaml:5:9: error: "101" is not a whole number from 1 to 100
                  5 |   fall: 101
                    |         ^
                """),
        BadFile(
            "ejections out of range",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            health:
              consecutive_failures: 0
              ejection: 6m
            """,
            says: """
                evenkeel.yaml:4:25: error: "0" is not a whole number from 1 to 1000
                  4 |   consecutive_failures: 0
                    |                         ^
                evenkeel.yaml:5:13: error: "6m" is out of range: the first ejection is from 1ms to 5m
                  5 |   ejection: 6m
                    |             ^
                """),
    ]
}
