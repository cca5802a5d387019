import Testing

/// Values that are no address, word, number or time span.
@Suite struct ValuesMistakeTests {
    @Test("A wrong value is explained", arguments: files)
    func explains(_ file: BadFile) {
        #expect(messages(file.text) == file.expected)
    }

    private static let files = [
        BadFile(
            "a port that is no number",
            """
            listen: 80x
            servers: [127.0.0.1:8081]
            """,
            says: """
                evenkeel.yaml:1:9: error: "80x" is not an address: the port is missing (an address is port, host:port, [IPv6]:port or unix:/path)
                  1 | listen: 80x
                    |         ^
                """),
        BadFile(
            "a port out of range",
            """
            listen: 65536
            servers: [127.0.0.1:8081]
            """,
            says: """
                evenkeel.yaml:1:9: error: "65536" is not an address: the port must be a number from 0 to 65535 (an address is port, host:port, [IPv6]:port or unix:/path)
                  1 | listen: 65536
                    |         ^
                """),
        BadFile(
            "a port with a leading zero",
            """
            listen: 08080
            servers: [127.0.0.1:8081]
            """,
            says: """
                evenkeel.yaml:1:9: error: "08080" is not an address: a port has no leading zero; write 8080 (an address is port, host:port, [IPv6]:port or unix:/path)
                  1 | listen: 08080
                    |         ^
                """),
        BadFile(
            "a number in base sixty",
            """
            listen: 1:30
            servers: [127.0.0.1:8081]
            """,
            says: """
                evenkeel.yaml:1:9: error: "1:30" is not an address: "1" is neither an address nor a host name (an address is port, host:port, [IPv6]:port or unix:/path)
                  1 | listen: 1:30
                    |         ^
                """),
        BadFile(
            "a word that YAML 1.1 takes for a truth value",
            """
            listen: on
            servers: [127.0.0.1:8081]
            mode: no
            """,
            says: """
                evenkeel.yaml:1:9: error: "on" is not an address: the port is missing (an address is port, host:port, [IPv6]:port or unix:/path)
                  1 | listen: on
                    |         ^
                evenkeel.yaml:3:7: error: unknown mode "no" (http, tcp)
                  3 | mode: no
                    |       ^
                """),
        BadFile(
            "a listen address without a value",
            """
            listen:
            servers: [127.0.0.1:8081]
            """,
            says: """
                evenkeel.yaml:1:8: error: "listen" has no value
                  1 | listen:
                    |        ^
                """),
        BadFile(
            "a listen address that is a list",
            """
            listen: [8080, 8081]
            servers: [127.0.0.1:8081]
            """,
            says: """
                evenkeel.yaml:1:9: error: "listen" must be a single value, not a list
                  1 | listen: [8080, 8081]
                    |         ^
                """),
        BadFile(
            "a mistyped strategy",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            strategy: round_robbin
            """,
            says: """
                evenkeel.yaml:3:11: error: unknown strategy "round_robbin"; did you mean "round_robin"? (round_robin, least_connections)
                  3 | strategy: round_robbin
                    |           ^
                """),
        BadFile(
            "a strategy by the beginning of its name",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            strategy: leastconn
            """,
            says: """
                evenkeel.yaml:3:11: error: unknown strategy "leastconn"; did you mean "least_connections"? (round_robin, least_connections)
                  3 | strategy: leastconn
                    |           ^
                """),
        BadFile(
            "a mode in capital letters",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            mode: TCP
            """,
            says: """
                evenkeel.yaml:3:7: error: unknown mode "TCP"; did you mean "tcp"? (http, tcp)
                  3 | mode: TCP
                    |       ^
                """),
        BadFile(
            "a log level that does not exist",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            log_level: verbose
            """,
            says: """
                evenkeel.yaml:3:12: error: unknown log level "verbose" (debug, info, warning, error)
                  3 | log_level: verbose
                    |            ^
                """),
        BadFile(
            "a time span without a unit",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            shutdown_timeout: 10
            """,
            says: """
                evenkeel.yaml:3:19: error: "10" has no unit: write 10s or 10ms
                  3 | shutdown_timeout: 10
                    |                   ^
                """),
        BadFile(
            "a time span in another unit",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            shutdown_timeout: 10sec
            """,
            says: """
                evenkeel.yaml:3:19: error: "10sec" has an unknown unit "sec" (ms, s, m, h)
                  3 | shutdown_timeout: 10sec
                    |                   ^
                """),
        BadFile(
            "a time span of nothing",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            timeouts: {connect: 0s, idle: -5m}
            """,
            says: """
                evenkeel.yaml:3:21: error: "0s" is out of range: a time span is from 1ms to 24h
                  3 | timeouts: {connect: 0s, idle: -5m}
                    |                     ^
                evenkeel.yaml:3:31: error: "-5m" is out of range: a time span is from 1ms to 24h
                  3 | timeouts: {connect: 0s, idle: -5m}
                    |                               ^
                """),
        BadFile(
            "time spans that are too long and too fine",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            timeouts:
              idle: 25h
              connect: 0.5ms
            """,
            says: """
                evenkeel.yaml:4:9: error: "25h" is out of range: a time span is from 1ms to 24h
                  4 |   idle: 25h
                    |         ^
                evenkeel.yaml:5:12: error: "0.5ms" is too fine: a time span is a whole number of milliseconds
                  5 |   connect: 0.5ms
                    |            ^
                """),
        BadFile(
            "a time span in words",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            shutdown_timeout: soon
            """,
            says: """
                evenkeel.yaml:3:19: error: "soon" is not a time span: write a number and a unit, such as 500ms, 2s, 10m, 1h
                  3 | shutdown_timeout: soon
                    |                   ^
                """),
        BadFile(
            "a number with two points",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            shutdown_timeout: 1.2.3s
            """,
            says: """
                evenkeel.yaml:3:19: error: "1.2.3s" is not a time span: "1.2.3" is not a number
                  3 | shutdown_timeout: 1.2.3s
                    |                   ^
                """),
        BadFile(
            "a section that is a single value",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            timeouts: 5s
            """,
            says: """
                evenkeel.yaml:3:11: error: "timeouts" must be a mapping of keys to values, not a single value
                  3 | timeouts: 5s
                    |           ^
                """),
        BadFile(
            "a section without a value",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            limits:
            mode: tcp
            """,
            says: """
                evenkeel.yaml:3:8: error: "limits" has no value; it must be a mapping of keys to values
                  3 | limits:
                    |        ^
                """),
        BadFile(
            "limits out of range",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            limits:
              connections: 0
              retries: 11
            """,
            says: """
                evenkeel.yaml:4:16: error: "0" is not a whole number from 1 to 1000000, nor "auto"
                  4 |   connections: 0
                    |                ^
                evenkeel.yaml:5:12: error: "11" is not a whole number from 0 to 10
                  5 |   retries: 11
                    |            ^
                """),
        BadFile(
            "numbers in other notations",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            limits: {connections: 1_000, retries: 0x2}
            """,
            says: """
                evenkeel.yaml:3:23: error: "1_000" is not a whole number from 1 to 1000000, nor "auto"
                  3 | limits: {connections: 1_000, retries: 0x2}
                    |                       ^
                evenkeel.yaml:3:39: error: "0x2" is not a whole number from 0 to 10
                  3 | limits: {connections: 1_000, retries: 0x2}
                    |                                       ^
                """),
        BadFile(
            "a control character from an escape",
            #"""
            listen: 8080
            servers: [127.0.0.1:8081]
            mode: "tcp\e[31m"
            """#,
            says: #"""
                evenkeel.yaml:3:7: error: unknown mode "tcp\u{1B}[31m" (http, tcp)
                  3 | mode: "tcp\e[31m"
                    |       ^
                """#),
        BadFile(
            "several mistakes at once, in the file's order",
            """
            listen: 80x
            strategy: round_robbin
            servers:
              - 127.0.0.1
            health:
              rise: 0
            log_level: loud
            """,
            says: """
                evenkeel.yaml:1:9: error: "80x" is not an address: the port is missing (an address is port, host:port, [IPv6]:port or unix:/path)
                  1 | listen: 80x
                    |         ^
                evenkeel.yaml:2:11: error: unknown strategy "round_robbin"; did you mean "round_robin"? (round_robin, least_connections)
                  2 | strategy: round_robbin
                    |           ^
                evenkeel.yaml:4:5: error: "127.0.0.1" is not an address: the port is missing (an address is port, host:port, [IPv6]:port or unix:/path)
                  4 |   - 127.0.0.1
                    |     ^
                evenkeel.yaml:6:9: error: "0" is not a whole number from 1 to 100
                  6 |   rise: 0
                    |         ^
                evenkeel.yaml:7:12: error: unknown log level "loud" (debug, info, warning, error)
                  7 | log_level: loud
                    |            ^
                """),
        BadFile(
            "a place behind a tab and wide characters",
            #"""
            listen: 8080
            servers: [127.0.0.1:8081]
            timeouts: {\#tidle: 5m, "日本": 1s, connect: 5}
            """#,
            says: #"""
                evenkeel.yaml:3:23: error: unknown key "日本" (connect, idle, request_head, body, stream, response_head, keep_alive, server_keep_alive, queue)
                  3 | timeouts: {\#tidle: 5m, "日本": 1s, connect: 5}
                    |            \#t          ^
                evenkeel.yaml:3:42: error: "5" has no unit: write 5s or 5ms
                  3 | timeouts: {\#tidle: 5m, "日本": 1s, connect: 5}
                    |            \#t                               ^
                """#),
        BadFile(
            "a place behind an emoji of several code points",
            #"""
            listen: 8080
            servers: [127.0.0.1:8081]
            health: {type: http, path: "/👩\#u{200D}👩\#u{200D}👧", rise: 0}
            """#,
            says: #"""
                evenkeel.yaml:3:28: error: "/👩\u{200D}👩\u{200D}👧" is not a path: it starts with "/" and has no spaces and only ASCII
                  3 | health: {type: http, path: "/�", rise: 0}
                    |                            ^
                evenkeel.yaml:3:40: error: "0" is not a whole number from 1 to 100
                  3 | health: {type: http, path: "/�", rise: 0}
                    |                                        ^
                """#),
        BadFile(
            "a place in a file with a byte order mark and Windows line ends",
            #"""
            \#u{FEFF}listen: 80x\#r
            servers: [127.0.0.1:8081]\#r
            mode: udp\#r
            """#,
            says: """
                evenkeel.yaml:1:9: error: "80x" is not an address: the port is missing (an address is port, host:port, [IPv6]:port or unix:/path)
                  1 | listen: 80x
                    |         ^
                evenkeel.yaml:3:7: error: unknown mode "udp" (http, tcp)
                  3 | mode: udp
                    |       ^
                """),
        BadFile(
            "a very long line",
            """
            listen: 8080
            servers: [10.0.0.1:80, 10.0.0.2:80, 10.0.0.3:80, 10.0.0.4:80, 10.0.0.5:80, 10.0.0.6:80, 10.0.0.7:80, 10.0.0.8:80, 10.0.0.9:80, 10.0.0.10:80, 10.0.0.11:80, 10.0.0.12:80, 10.0.0.13:80, 10.0.0.14:80, 10.0.0.15:80, 10.0.0.16:80, 10.0.0.17:80, 10.0.0.18:80, 10.0.0.19:80, 10.0.0.20:80, 10.0.0.21:80, 10.0.0.22:80, 10.0.0.23:80, 10.0.0.24:80, 10.0.0.25:80, 10.0.0.26:80, 10.0.0.27:80, 10.0.0.28:80, 10.0.0.29:80, 10.0.1.1, 10.0.2.1:80, 10.0.2.2:80, 10.0.2.3:80, 10.0.2.4:80, 10.0.2.5:80, 10.0.2.6:80, 10.0.2.7:80, 10.0.2.8:80, 10.0.2.9:80]
            """,
            says: """
                evenkeel.yaml:2:408: error: "10.0.1.1" is not an address: the port is missing (an address is port, host:port, [IPv6]:port or unix:/path)
                  2 | …80, 10.0.0.26:80, 10.0.0.27:80, 10.0.0.28:80, 10.0.0.29:80, 10.0.1.1, 10.0.2.1:80, 10.0.2.2:80, 10.0.2.3:80, 10.0.2.4:80…
                    |                                                              ^
                """),
        BadFile(
            "a time span that is finer than a millisecond",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            timeouts: {connect: 1.5ms, idle: 0.12345678901s}
            """,
            says: """
                evenkeel.yaml:3:21: error: "1.5ms" is too fine: a time span is a whole number of milliseconds
                  3 | timeouts: {connect: 1.5ms, idle: 0.12345678901s}
                    |                     ^
                evenkeel.yaml:3:34: error: "0.12345678901s" is too fine: a time span is a whole number of milliseconds
                  3 | timeouts: {connect: 1.5ms, idle: 0.12345678901s}
                    |                                  ^
                """),
        BadFile(
            "a value of quotation marks alone",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            mode: ""
            """,
            says: """
                evenkeel.yaml:3:7: error: unknown mode "" (http, tcp)
                  3 | mode: ""
                    |       ^
                """),
    ]
}
