import Testing

/// What is wrong within `health`.
@Suite struct HealthMistakeTests {
    @Test("A wrong health check is explained", arguments: files)
    func explains(_ file: BadFile) {
        #expect(messages(file.text) == file.expected)
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
