import Testing

/// What is wrong within `servers`.
@Suite struct ServersMistakeTests {
    @Test("A wrong list of servers is explained", arguments: files)
    func explains(_ file: BadFile) {
        #expect(messages(file.text) == file.expected)
    }

    private static let files = [
        BadFile(
            "no servers",
            """
            listen: 8080
            servers: []
            """,
            says: """
                evenkeel.yaml:2:10: error: "servers" needs at least one item
                  2 | servers: []
                    |          ^
                """),
        BadFile(
            "servers without a value",
            """
            listen: 8080
            servers:
            """,
            says: """
                evenkeel.yaml:2:9: error: "servers" has no value; it must be a list
                  2 | servers:
                    |         ^
                """),
        BadFile(
            "servers that are a single value",
            """
            listen: 8080
            servers: 127.0.0.1:8081
            """,
            says: """
                evenkeel.yaml:2:10: error: "servers" must be a list, not a single value
                  2 | servers: 127.0.0.1:8081
                    |          ^
                """),
        BadFile(
            "a server without a port",
            """
            listen: 8080
            servers: [127.0.0.1]
            """,
            says: """
                evenkeel.yaml:2:11: error: "127.0.0.1" is not an address: the port is missing (an address is port, host:port, [IPv6]:port or unix:/path)
                  2 | servers: [127.0.0.1]
                    |           ^
                """),
        BadFile(
            "a server with port 0",
            """
            listen: 8080
            servers: [127.0.0.1:0]
            """,
            says: """
                evenkeel.yaml:2:11: error: "127.0.0.1:0" is not a server's address: its port must be 1 to 65535
                  2 | servers: [127.0.0.1:0]
                    |           ^
                """),
        BadFile(
            "a server that is a list",
            """
            listen: 8080
            servers:
              - [127.0.0.1:8081, 127.0.0.1:8082]
            """,
            says: """
                evenkeel.yaml:3:5: error: a server is an address, or a mapping with "address", not a list
                  3 |   - [127.0.0.1:8081, 127.0.0.1:8082]
                    |     ^
                """),
        BadFile(
            "a server without an address",
            """
            listen: 8080
            servers:
              - {name: a, weight: 2}
            """,
            says: """
                evenkeel.yaml:3:5: error: the key "address" is missing: where the server is reached, such as 127.0.0.1:8081
                  3 |   - {name: a, weight: 2}
                    |     ^
                """),
        BadFile(
            "a weight out of range",
            """
            listen: 8080
            servers:
              - {address: 127.0.0.1:8081, weight: 257}
            """,
            says: """
                evenkeel.yaml:3:39: error: "257" is not a whole number from 1 to 256
                  3 |   - {address: 127.0.0.1:8081, weight: 257}
                    |                                       ^
                """),
        BadFile(
            "a weight that is a fraction",
            """
            listen: 8080
            servers:
              - {address: 127.0.0.1:8081, weight: 1.5}
            """,
            says: """
                evenkeel.yaml:3:39: error: "1.5" is not a whole number from 1 to 256
                  3 |   - {address: 127.0.0.1:8081, weight: 1.5}
                    |                                       ^
                """),
        BadFile(
            "a limit of connections out of range",
            """
            listen: 8080
            servers:
              - {address: 127.0.0.1:8081, max_connections: 0}
              - {address: 127.0.0.1:8082, max_connections: 1000001}
            """,
            says: """
                evenkeel.yaml:3:48: error: "0" is not a whole number from 1 to 1000000
                  3 |   - {address: 127.0.0.1:8081, max_connections: 0}
                    |                                                ^
                evenkeel.yaml:4:48: error: "1000001" is not a whole number from 1 to 1000000
                  4 |   - {address: 127.0.0.1:8082, max_connections: 1000001}
                    |                                                ^
                """),
        BadFile(
            "a mistyped key of a server",
            """
            listen: 8080
            servers:
              - adress: 127.0.0.1:8081
            """,
            says: """
                evenkeel.yaml:3:5: error: unknown key "adress"; did you mean "address"? (name, address, weight, max_connections)
                  3 |   - adress: 127.0.0.1:8081
                    |     ^
                """),
        BadFile(
            "an address that is repeated",
            """
            listen: 8080
            servers:
              - web:80
              - {name: b, address: WEB:80}
            """,
            says: """
                evenkeel.yaml:4:5: error: the address "WEB:80" is already in the list of servers as "web:80" (evenkeel.yaml:3)
                  4 |   - {name: b, address: WEB:80}
                    |     ^
                """),
        BadFile(
            "a name that is repeated",
            """
            listen: 8080
            servers:
              - {name: a, address: 127.0.0.1:8081}
              - {name: a, address: 127.0.0.1:8082}
            """,
            says: """
                evenkeel.yaml:4:5: error: the name "a" is already in the list of servers
                  4 |   - {name: a, address: 127.0.0.1:8082}
                    |     ^
                """),
        BadFile(
            "a name with a line break",
            #"""
            listen: 8080
            servers:
              - {name: "a\nb", address: 127.0.0.1:8081}
            """#,
            says: #"""
                evenkeel.yaml:3:12: error: "a\u{A}b" is not a name: a name is 1 to 64 characters that print, with no space at its start or end
                  3 |   - {name: "a\nb", address: 127.0.0.1:8081}
                    |            ^
                """#),
        BadFile(
            "a name that is empty",
            """
            listen: 8080
            servers:
              - {name: "", address: 127.0.0.1:8081}
            """,
            says: """
                evenkeel.yaml:3:12: error: "" is not a name: a name is 1 to 64 characters that print, with no space at its start or end
                  3 |   - {name: "", address: 127.0.0.1:8081}
                    |            ^
                """),
        BadFile(
            "the service as its own server",
            """
            listen: 8080
            servers: [127.0.0.1:8081, 8080]
            """,
            says: """
                evenkeel.yaml:2:27: error: the server "127.0.0.1:8080" is the service's own listen address
                  2 | servers: [127.0.0.1:8081, 8080]
                    |                           ^
                """),
    ]
}
