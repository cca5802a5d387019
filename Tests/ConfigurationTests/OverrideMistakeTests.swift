import Configuration
import Testing

/// Mistakes outside the file name the flag or the variable.
@Suite struct OverrideMistakeTests {
    private static let text = "listen: 8080\nservers: [127.0.0.1:8081]\n"
    private static let forms = "(an address is port, host:port, [IPv6]:port or unix:/path)"

    @Test("A wrong flag is named")
    func flag() {
        let flags = ConfigurationOverrides(listen: "80x")
        let expected = "--listen: error: \"80x\" is not an address: the port is missing \(Self.forms)"
        #expect(messages(Self.text, flags: flags) == expected)
    }

    @Test("A wrong variable is named")
    func variable() {
        let expected = """
            EVENKEEL_STRATEGY: error: unknown strategy "round-robin"; did you mean "round_robin"? \
            (round_robin, least_connections)
            """
        #expect(messages(Self.text, environment: ["EVENKEEL_STRATEGY": "round-robin"]) == expected)
    }

    @Test("A variable for a switch has two words")
    func accessLogVariable() {
        let expected = "EVENKEEL_ACCESS_LOG: error: \"true\" is neither \"off\" nor \"on\""
        #expect(messages(Self.text, environment: ["EVENKEEL_ACCESS_LOG": "true"]) == expected)
    }

    @Test("A wrong variable is told even where a flag replaces it")
    func replacedVariable() {
        let flags = ConfigurationOverrides(mode: "tcp")
        let expected = "EVENKEEL_MODE: error: unknown mode \"udp\" (http, tcp)"
        #expect(messages(Self.text, environment: ["EVENKEEL_MODE": "udp"], flags: flags) == expected)
    }

    @Test("An unknown variable is refused, with what was probably meant")
    func unknownVariable() {
        let expected = """
            EVENKEEL_LISTN: error: unknown variable "EVENKEEL_LISTN"; did you mean "EVENKEEL_LISTEN"? \
            (EVENKEEL_LISTEN, EVENKEEL_SERVERS, EVENKEEL_STRATEGY, EVENKEEL_MODE, EVENKEEL_ADMIN, \
            EVENKEEL_ADMIN_TOKEN, EVENKEEL_SHUTDOWN_TIMEOUT, EVENKEEL_LOG_LEVEL, EVENKEEL_ACCESS_LOG, EVENKEEL_CONFIG)
            """
        #expect(messages(Self.text, environment: ["EVENKEEL_LISTN": "80"]) == expected)
    }

    @Test("Servers in the environment are read one by one")
    func serversVariable() {
        let expected = """
            EVENKEEL_SERVERS: error: "b:0" is not a server's address: its port must be 1 to 65535
            EVENKEEL_SERVERS: error: "" is not an address: it is empty \(Self.forms)
            EVENKEEL_SERVERS: error: the address "a:80" is already in the list of servers
            """
        #expect(messages(Self.text, environment: ["EVENKEEL_SERVERS": "a:80,b:0,,a:80"]) == expected)
    }

    @Test("Flags for one service are refused by a file with several, which are named")
    func severalServices() {
        let text = """
            services:
              a: {listen: 8080, servers: ["h:1"]}
              b: {listen: 8082, servers: ["h:2"]}
            """
        let flags = ConfigurationOverrides(listen: "80", servers: ["h:3"], logLevel: "debug")
        let expected = """
            --listen: error: it applies to a single service, and the file has 2 (a, b)
            --server: error: it applies to a single service, and the file has 2 (a, b)
            EVENKEEL_MODE: error: it applies to a single service, and the file has 2 (a, b)
            """
        #expect(messages(text, environment: ["EVENKEEL_MODE": "tcp"], flags: flags) == expected)
    }

    @Test("With no file and no flags, what is needed is said with every way to give it")
    func nothing() {
        let expected = """
            error: "listen" is not set anywhere: give a configuration file, --listen or EVENKEEL_LISTEN
            error: "servers" is not set anywhere: give a configuration file, --server or EVENKEEL_SERVERS
            """
        #expect(messages(nil) == expected)
    }

    @Test("A wrong flag is not told a second time as a missing key")
    func wrongIsNotMissing() {
        let flags = ConfigurationOverrides(servers: ["127.0.0.1:8081"], shutdownTimeout: "5")
        let expected = """
            EVENKEEL_LISTEN: error: "x" is not an address: the port is missing \(Self.forms)
            --shutdown-timeout: error: "5" has no unit: write 5s or 5ms
            """
        #expect(messages(nil, environment: ["EVENKEEL_LISTEN": "x"], flags: flags) == expected)
    }

    @Test("Mistakes of the file come before those outside, also when the file is no YAML")
    func order() {
        let flags = ConfigurationOverrides(mode: "udp")
        let expected = """
            evenkeel.yaml:1:9: error: YAML: found undefined alias
              1 | listen: *a
                |         ^
            --mode: error: unknown mode "udp" (http, tcp)
            """
        #expect(messages("listen: *a\n", flags: flags) == expected)
    }

    @Test("A server of a flag that is the listen address of the file is refused")
    func loop() {
        let flags = ConfigurationOverrides(servers: ["127.0.0.1:8080"])
        let expected =
            "--server: error: the server \"127.0.0.1:8080\" is the service's own listen address"
        #expect(messages(Self.text, flags: flags) == expected)
    }

    @Test("The summary counts the mistakes", arguments: [("listen: x\n", "2 errors"), ("- a\n", "1 error")])
    func summary(text: String, expected: String) throws {
        let file = ConfigurationFile(name: "evenkeel.yaml", text: text)
        let errors = try #require(throws: ConfigurationErrors.self) {
            try Configuration.load(file: file, environment: [:], flags: ConfigurationOverrides())
        }
        #expect(errors.summary == expected)
    }
}
