import Testing

/// What is wrong with the long form.
@Suite struct ServicesMistakeTests {
    @Test("A wrong set of services is explained", arguments: files)
    func explains(_ file: BadFile) {
        #expect(messages(file.text) == file.expected)
    }

    private static let files = [
        BadFile(
            "no services",
            """
            services: {}
            """,
            says: """
                evenkeel.yaml:1:11: error: "services" needs at least one service
                  1 | services: {}
                    |           ^
                """),
        BadFile(
            "services that are a list",
            """
            services:
              - listen: 8080
            """,
            says: """
                evenkeel.yaml:2:3: error: "services" must be a mapping of keys to values, not a list
                  2 |   - listen: 8080
                    |   ^
                """),
        BadFile(
            "both forms in one file",
            """
            listen: 8080
            services:
              web:
                listen: 8081
                servers: [127.0.0.1:9001]
            mode: tcp
            """,
            says: """
                evenkeel.yaml:1:1: error: "listen", "mode" cannot stand beside "services": write the keys of each service below its name
                  1 | listen: 8080
                    | ^
                """),
        BadFile(
            "a service with a space in its name",
            """
            services:
              my web:
                listen: 8080
                servers: [127.0.0.1:8081]
            """,
            says: """
                evenkeel.yaml:2:3: error: "my web" is not a service's name: that is 1 to 64 letters, digits, "-", "_" or "."
                  2 |   my web:
                    |   ^
                """),
        BadFile(
            "a service without a value",
            """
            services:
              web:
            """,
            says: """
                evenkeel.yaml:2:7: error: "web" has no value; it must be a mapping of keys to values
                  2 |   web:
                    |       ^
                """),
        BadFile(
            "a service without servers",
            """
            services:
              web:
                listen: 8080
            """,
            says: """
                evenkeel.yaml:3:5: error: the key "servers" is missing: a list with an address for each server, such as 127.0.0.1:8081
                  3 |     listen: 8080
                    |     ^
                """),
        BadFile(
            "two services on one address",
            """
            services:
              a: {listen: 8080, servers: [127.0.0.1:8081]}
              b: {listen: 127.0.0.1:8080, servers: [127.0.0.1:8082]}
            """,
            says: """
                evenkeel.yaml:3:15: error: the service "a" listens on "127.0.0.1:8080" already (evenkeel.yaml:2)
                  3 |   b: {listen: 127.0.0.1:8080, servers: [127.0.0.1:8082]}
                    |               ^
                """),
    ]
}
