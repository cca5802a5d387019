import Configuration
import Testing

/// What is wrong with the keys that concern exchanges, and where they stand in the wrong mode.
@Suite struct ExchangeMistakeTests {
    @Test("A wrong setting for exchanges is explained", arguments: sizes + proxies + modes)
    func explains(_ file: BadFile) {
        #expect(messages(file.text) == file.expected)
    }

    @Test("A key for requests is refused where a flag or a variable sets mode tcp")
    func overriddenMode() {
        let text = "listen: 8080\nservers: [127.0.0.1:8081]\nlimits: {request_body: 1MiB, retries: 1}\n"
        let excerpt = """
              3 | limits: {request_body: 1MiB, retries: 1}
                |          ^
            """
        #expect(
            messages(text, flags: ConfigurationOverrides(mode: "tcp")) == """
                evenkeel.yaml:3:10: error: "request_body" has no meaning in mode tcp, which --mode sets: \
                leave out one of them
                \(excerpt)
                """)
        #expect(
            messages(text, environment: ["EVENKEEL_MODE": "tcp"]) == """
                evenkeel.yaml:3:10: error: "request_body" has no meaning in mode tcp, which EVENKEEL_MODE \
                sets: leave out one of them
                \(excerpt)
                """)
    }

    @Test("A key for requests in a file of mode tcp is refused also where a flag sets mode http")
    func overriddenOwnMode() {
        let text = "listen: 8080\nservers: [127.0.0.1:8081]\nmode: tcp\nhealth: {ejection: 5s}\n"
        #expect(
            messages(text, flags: ConfigurationOverrides(mode: "http")) == """
                evenkeel.yaml:4:10: error: "ejection" has no meaning in mode tcp: write "mode: http", or leave it out
                  4 | health: {ejection: 5s}
                    |          ^
                """)
    }

    private static let sizes = [
        BadFile(
            "a size without a unit",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            limits: {request_body: 10}
            """,
            says: """
                evenkeel.yaml:3:24: error: "10" has no unit: write 10MiB or 10B
                  3 | limits: {request_body: 10}
                    |                        ^
                """),
        BadFile(
            "a size in a decimal unit",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            limits: {request_body: 10MB}
            """,
            says: """
                evenkeel.yaml:3:24: error: "10MB" has an unknown unit "MB" (B, KiB, MiB, GiB)
                  3 | limits: {request_body: 10MB}
                    |                        ^
                """),
        BadFile(
            "a size in words",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            limits: {request_body: unlimited}
            """,
            says: """
                evenkeel.yaml:3:24: error: "unlimited" is not a size: write a number and a unit, such as 64KiB, 10MiB, 1GiB
                  3 | limits: {request_body: unlimited}
                    |                        ^
                """),
        BadFile(
            "a size of nothing",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            limits: {request_body: 0B}
            """,
            says: """
                evenkeel.yaml:3:24: error: "0B" is out of range: this size is from 1B to 1024GiB
                  3 | limits: {request_body: 0B}
                    |                        ^
                """),
        BadFile(
            "a size beyond every disk",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            limits: {request_body: 99999999999GiB}
            """,
            says: """
                evenkeel.yaml:3:24: error: "99999999999GiB" is out of range: this size is from 1B to 1024GiB
                  3 | limits: {request_body: 99999999999GiB}
                    |                        ^
                """),
        BadFile(
            "a size with a part of a byte",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            limits: {request_body: 1.1KiB}
            """,
            says: """
                evenkeel.yaml:3:24: error: "1.1KiB" is too fine: a size is a whole number of bytes
                  3 | limits: {request_body: 1.1KiB}
                    |                        ^
                """),
        BadFile(
            "limits of requests out of range",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            limits:
              requests_per_connection: 0
              kept_connections: 1000001
              queue: 5s
            """,
            says: """
                evenkeel.yaml:4:28: error: "0" is not a whole number from 1 to 1000000000
                  4 |   requests_per_connection: 0
                    |                            ^
                evenkeel.yaml:5:21: error: "1000001" is not a whole number from 0 to 1000000
                  5 |   kept_connections: 1000001
                    |                     ^
                evenkeel.yaml:6:10: error: "5s" is not a whole number from 0 to 1000000
                  6 |   queue: 5s
                    |          ^
                """),
        BadFile(
            "timeouts of requests out of range",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            timeouts: {request_head: 0s, body: 25h, response_head: 1, keep_alive: off, server_keep_alive: 4sec, queue: 5}
            """,
            says: """
                evenkeel.yaml:3:26: error: "0s" is out of range: a time span is from 1ms to 24h
                  3 | timeouts: {request_head: 0s, body: 25h, response_head: 1, keep_alive: off, server_keep_alive: 4sec, queue: 5}
                    |                          ^
                evenkeel.yaml:3:36: error: "25h" is out of range: a time span is from 1ms to 24h
                  3 | timeouts: {request_head: 0s, body: 25h, response_head: 1, keep_alive: off, server_keep_alive: 4sec, queue: 5}
                    |                                    ^
                evenkeel.yaml:3:56: error: "1" has no unit: write 1s or 1ms
                  3 | timeouts: {request_head: 0s, body: 25h, response_head: 1, keep_alive: off, server_keep_alive: 4sec, queue: 5}
                    |                                                        ^
                evenkeel.yaml:3:71: error: "off" is not a time span: write a number and a unit, such as 500ms, 2s, 10m, 1h
                  3 | timeouts: {request_head: 0s, body: 25h, response_head: 1, keep_alive: off, server_keep_alive: 4sec, queue: 5}
                    |                                                                       ^
                evenkeel.yaml:3:95: error: "4sec" has an unknown unit "sec" (ms, s, m, h)
                  3 | timeouts: {request_head: 0s, body: 25h, response_head: 1, keep_alive: off, server_keep_alive: 4sec, queue: 5}
                    |                                                                                               ^
                evenkeel.yaml:3:108: error: "5" has no unit: write 5s or 5ms
                  3 | timeouts: {request_head: 0s, body: 25h, response_head: 1, keep_alive: off, server_keep_alive: 4sec, queue: 5}
                    |                                                                                                            ^
                """),
        BadFile(
            "another word for a switch",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            access_log: yes
            """,
            says: """
                evenkeel.yaml:3:13: error: "yes" is neither "off" nor "on"
                  3 | access_log: yes
                    |             ^
                """),
    ]

    private static let proxies = [
        BadFile(
            "a trusted network with bits below its prefix",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            trusted_proxies: [10.1.2.3/8]
            """,
            says: """
                evenkeel.yaml:3:19: error: "10.1.2.3/8" is not an address range: it has bits below its prefix; write 10.0.0.0/8, or 10.1.2.3 for the one address (a range is an address such as 10.0.0.7 or ::1, a network such as 10.0.0.0/8, or unix)
                  3 | trusted_proxies: [10.1.2.3/8]
                    |                   ^
                """),
        BadFile(
            "a trusted proxy by its name",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            trusted_proxies:
              - proxy.internal
            """,
            says: """
                evenkeel.yaml:4:5: error: "proxy.internal" is not an address range: it starts with neither an IPv4 nor an IPv6 address (a range is an address such as 10.0.0.7 or ::1, a network such as 10.0.0.0/8, or unix)
                  4 |   - proxy.internal
                    |     ^
                """),
        BadFile(
            "a prefix out of range",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            trusted_proxies: [10.0.0.0/33, "::/x"]
            """,
            says: """
                evenkeel.yaml:3:19: error: "10.0.0.0/33" is not an address range: the prefix of an IPv4 network is a number from 0 to 32 (a range is an address such as 10.0.0.7 or ::1, a network such as 10.0.0.0/8, or unix)
                  3 | trusted_proxies: [10.0.0.0/33, "::/x"]
                    |                   ^
                evenkeel.yaml:3:32: error: "::/x" is not an address range: the prefix of an IPv6 network is a number from 0 to 128 (a range is an address such as 10.0.0.7 or ::1, a network such as 10.0.0.0/8, or unix)
                  3 | trusted_proxies: [10.0.0.0/33, "::/x"]
                    |                                ^
                """),
        BadFile(
            "a trusted proxy that is repeated in another form",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            trusted_proxies: ["::1", "0:0::1/128"]
            """,
            says: """
                evenkeel.yaml:3:26: error: "::1" is already in the list of trusted proxies
                  3 | trusted_proxies: ["::1", "0:0::1/128"]
                    |                          ^
                """),
        BadFile(
            "an IPv6 address without quotation marks in a list",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            trusted_proxies: [10.0.0.0/8, ::1]
            """,
            says: """
                evenkeel.yaml:3:31: error: YAML: did not find expected node content (while parsing a flow node on line 3); write an IPv6 address in quotation marks
                  3 | trusted_proxies: [10.0.0.0/8, ::1]
                    |                               ^
                """),
        BadFile(
            "trusted proxies that are no list",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            trusted_proxies: 10.0.0.0/8
            """,
            says: """
                evenkeel.yaml:3:18: error: "trusted_proxies" must be a list, not a single value
                  3 | trusted_proxies: 10.0.0.0/8
                    |                  ^
                """),
        BadFile(
            "trusted proxies within a mapping",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            trusted_proxies: [{address: 10.0.0.0/8}]
            """,
            says: """
                evenkeel.yaml:3:19: error: a trusted proxy must be a single value, not a mapping
                  3 | trusted_proxies: [{address: 10.0.0.0/8}]
                    |                   ^
                """),
    ]

    private static let modes = [
        BadFile(
            "each key for requests where connections are balanced",
            """
            listen: 8080
            mode: tcp
            servers: [127.0.0.1:8081]
            timeouts: {idle: 1m, request_head: 1s, body: 1s, response_head: 1s}
            health: {consecutive_failures: 5}
            """,
            says: """
                evenkeel.yaml:4:22: error: "request_head" has no meaning in mode tcp: write "mode: http", or leave it out
                  4 | timeouts: {idle: 1m, request_head: 1s, body: 1s, response_head: 1s}
                    |                      ^
                evenkeel.yaml:4:40: error: "body" has no meaning in mode tcp: write "mode: http", or leave it out
                  4 | timeouts: {idle: 1m, request_head: 1s, body: 1s, response_head: 1s}
                    |                                        ^
                evenkeel.yaml:4:50: error: "response_head" has no meaning in mode tcp: write "mode: http", or leave it out
                  4 | timeouts: {idle: 1m, request_head: 1s, body: 1s, response_head: 1s}
                    |                                                  ^
                evenkeel.yaml:5:10: error: "consecutive_failures" has no meaning in mode tcp: write "mode: http", or leave it out
                  5 | health: {consecutive_failures: 5}
                    |          ^
                """),
        BadFile(
            "kept connections and queues where connections are balanced",
            """
            listen: 8080
            mode: tcp
            servers: [127.0.0.1:8081]
            timeouts: {keep_alive: 1s, server_keep_alive: 1s, queue: 1s}
            limits: {requests_per_connection: 1, kept_connections: 1, queue: 1}
            """,
            says: """
                evenkeel.yaml:4:12: error: "keep_alive" has no meaning in mode tcp: write "mode: http", or leave it out
                  4 | timeouts: {keep_alive: 1s, server_keep_alive: 1s, queue: 1s}
                    |            ^
                evenkeel.yaml:4:28: error: "server_keep_alive" has no meaning in mode tcp: write "mode: http", or leave it out
                  4 | timeouts: {keep_alive: 1s, server_keep_alive: 1s, queue: 1s}
                    |                            ^
                evenkeel.yaml:4:51: error: "queue" has no meaning in mode tcp: write "mode: http", or leave it out
                  4 | timeouts: {keep_alive: 1s, server_keep_alive: 1s, queue: 1s}
                    |                                                   ^
                evenkeel.yaml:5:10: error: "requests_per_connection" has no meaning in mode tcp: write "mode: http", or leave it out
                  5 | limits: {requests_per_connection: 1, kept_connections: 1, queue: 1}
                    |          ^
                evenkeel.yaml:5:38: error: "kept_connections" has no meaning in mode tcp: write "mode: http", or leave it out
                  5 | limits: {requests_per_connection: 1, kept_connections: 1, queue: 1}
                    |                                      ^
                evenkeel.yaml:5:59: error: "queue" has no meaning in mode tcp: write "mode: http", or leave it out
                  5 | limits: {requests_per_connection: 1, kept_connections: 1, queue: 1}
                    |                                                           ^
                """),
        BadFile(
            "the rest where connections are balanced, of the service that does so alone",
            """
            services:
              a: {listen: 8080, servers: [a:1], trusted_proxies: [10.0.0.1], limits: {request_body: 1B}}
              b: {listen: 8081, servers: [b:1], mode: tcp, trusted_proxies: []}
              c: {listen: 8082, servers: [b:1], mode: tcp, limits: {request_body: 1B, retries: 0}}
              d: {listen: 8083, servers: [b:1], mode: tcp, health: {type: none, ejection: 1s}}
            """,
            says: """
                evenkeel.yaml:3:48: error: "trusted_proxies" has no meaning in mode tcp: write "mode: http", or leave it out
                  3 |   b: {listen: 8081, servers: [b:1], mode: tcp, trusted_proxies: []}
                    |                                                ^
                evenkeel.yaml:4:57: error: "request_body" has no meaning in mode tcp: write "mode: http", or leave it out
                  4 |   c: {listen: 8082, servers: [b:1], mode: tcp, limits: {request_body: 1B, retries: 0}}
                    |                                                         ^
                evenkeel.yaml:5:69: error: "ejection" has no meaning in mode tcp: write "mode: http", or leave it out
                  5 |   d: {listen: 8083, servers: [b:1], mode: tcp, health: {type: none, ejection: 1s}}
                    |                                                                     ^
                """),
    ]
}
