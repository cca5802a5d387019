import Testing

/// Keys that are unknown, repeated, misplaced or missing.
@Suite struct KeysMistakeTests {
    @Test("A wrong key is explained", arguments: files)
    func explains(_ file: BadFile) {
        #expect(messages(file.text) == file.expected)
    }

    private static let files = [
        BadFile(
            "a key that is repeated",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            mode: tcp
            listen: 9090
            """,
            says: """
                evenkeel.yaml:4:1: error: the key "listen" is already on line 1
                  4 | listen: 9090
                    | ^
                """),
        BadFile(
            "a quoted key that is repeated",
            """
            "listen": 8080
            servers: [127.0.0.1:8081]
            'listen': 9090
            """,
            says: """
                evenkeel.yaml:3:1: error: the key "listen" is already on line 1
                  3 | 'listen': 9090
                    | ^
                """),
        BadFile(
            "a repeated key in a section, and another one at the top",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            health:
              rise: 2
              rise: 3
            listen: 9090
            """,
            says: """
                evenkeel.yaml:5:3: error: the key "rise" is already on line 4
                  5 |   rise: 3
                    |   ^
                evenkeel.yaml:6:1: error: the key "listen" is already on line 1
                  6 | listen: 9090
                    | ^
                """),
        BadFile(
            "a repeated key that cannot be covered up",
            #"""
            "a\x62c": 1
            abc: 2
            """#,
            says: #"""
                evenkeel.yaml:1:1: error: the key "abc" is repeated in its mapping
                  1 | "a\x62c": 1
                    | ^
                """#),
        BadFile(
            "a service that is repeated",
            """
            services:
              web: {listen: 1, servers: [a:1]}
              web: {listen: 2, servers: [a:1]}
            """,
            says: """
                evenkeel.yaml:3:3: error: the key "web" is already on line 2
                  3 |   web: {listen: 2, servers: [a:1]}
                    |   ^
                """),
        BadFile(
            "a mistyped key",
            """
            lisen: 8080
            servers: [127.0.0.1:8081]
            """,
            says: """
                evenkeel.yaml:1:1: error: unknown key "lisen"; did you mean "listen"? (listen, mode, strategy, servers, health, timeouts, limits, trusted_proxies, accept_unsafe_answers, access_log, services, admin, shutdown_timeout, shutdown_tunnel_timeout, log_level)
                  1 | lisen: 8080
                    | ^
                """),
        BadFile(
            "a key that resembles none",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            colour: red
            """,
            says: """
                evenkeel.yaml:3:1: error: unknown key "colour" (listen, mode, strategy, servers, health, timeouts, limits, trusted_proxies, accept_unsafe_answers, access_log, services, admin, shutdown_timeout, shutdown_tunnel_timeout, log_level)
                  3 | colour: red
                    | ^
                """),
        BadFile(
            "a key of another section",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            interval: 2s
            """,
            says: """
                evenkeel.yaml:3:1: error: the key "interval" belongs in "health"
                  3 | interval: 2s
                    | ^
                """),
        BadFile(
            "a key that two sections have",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            queue: 5s
            """,
            says: """
                evenkeel.yaml:3:1: error: the key "queue" belongs in "timeouts" or "limits"
                  3 | queue: 5s
                    | ^
                """),
        BadFile(
            "a key of a server within the limits",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            limits: {weight: 2}
            """,
            says: """
                evenkeel.yaml:3:10: error: the key "weight" belongs in "servers"
                  3 | limits: {weight: 2}
                    |          ^
                """),
        BadFile(
            "a key of the file within a service",
            """
            services:
              web:
                listen: 8080
                servers: [127.0.0.1:8081]
                log_level: debug
            """,
            says: """
                evenkeel.yaml:5:5: error: the key "log_level" belongs at the top of the file
                  5 |     log_level: debug
                    |     ^
                """),
        BadFile(
            "a merge key",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            health: &health {rise: 3}
            timeouts: {<<: *health}
            """,
            says: """
                evenkeel.yaml:4:12: error: merge keys ("<<") are not supported; an alias can stand for a whole section
                  4 | timeouts: {<<: *health}
                    |            ^
                """),
        BadFile(
            "a key that is a list",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            ? [a, b]
            : 1
            """,
            says: """
                evenkeel.yaml:3:3: error: a key must be a single word, not a list
                  3 | ? [a, b]
                    |   ^
                """),
        BadFile(
            "required keys that are missing",
            """
            mode: tcp
            """,
            says: """
                evenkeel.yaml:1:1: error: the key "listen" is missing: where clients connect, such as 8080 or 127.0.0.1:8080
                  1 | mode: tcp
                    | ^
                evenkeel.yaml:1:1: error: the key "servers" is missing: a list with an address for each server, such as 127.0.0.1:8081
                  1 | mode: tcp
                    | ^
                """),
    ]
}
