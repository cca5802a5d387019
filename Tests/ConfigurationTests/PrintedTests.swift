import Balancing
import Configuration
import Sockets
import Testing

/// The whole configuration as a file, with where each value comes from.
@Suite struct PrintedTests {
    private static func load(
        _ text: String, environment: [String: String] = [:],
        flags: ConfigurationOverrides = ConfigurationOverrides()
    ) throws -> Configuration {
        let file = ConfigurationFile(name: "evenkeel.yaml", text: text)
        return try Configuration.load(file: file, environment: environment, flags: flags)
    }

    @Test("Every value stands with its origin in one column")
    func origins() throws {
        let text = """
            listen: 8080
            servers:
              - 127.0.0.1:8081
              - name: b
                address: 127.0.0.1:8082
                weight: 2
            health:
              type: http
              path: /health
            """
        let configuration = try Self.load(
            text, environment: ["EVENKEEL_STRATEGY": "least_connections"],
            flags: ConfigurationOverrides(listen: "[::1]:80"))
        let expected = """
            services:
              main:
                listen: "[::1]:80"           # --listen
                mode: http                   # default
                strategy: least_connections  # EVENKEEL_STRATEGY
                servers:
                  - address: 127.0.0.1:8081  # evenkeel.yaml:3
                    weight: 1                # default
                  - address: 127.0.0.1:8082  # evenkeel.yaml:5
                    name: b                  # evenkeel.yaml:4
                    weight: 2                # evenkeel.yaml:6
                health:
                  type: http                 # evenkeel.yaml:8
                  path: /health              # evenkeel.yaml:9
                  expect: 200-399            # default
                  interval: 2s               # default
                  fast_interval: 500ms       # default
                  timeout: 1500ms            # default
                  rise: 2                    # default
                  fall: 3                    # default
                timeouts:
                  connect: 1500ms            # default
                  idle: 10m                  # default
                limits:
                  connections: auto          # default
                  retries: 2                 # default
            shutdown_timeout: 10s            # default
            log_level: info                  # default

            """
        #expect(configuration.printed() == expected)
    }

    @Test("What is printed reads back as the same configuration")
    func roundTrip() throws {
        let server = ServerConfiguration(
            name: "# \"a\": \\ {b} 日本 no", address: .unix(path: "/run/\u{1B}[1m web.sock"), weight: 256)
        let far = ServerConfiguration(address: .tcp(host: String(repeating: "a.", count: 100) + "b", port: 1))
        let health = HealthConfiguration(
            kind: .http(path: "/a?b=#c", expect: 204...204), interval: .milliseconds(1500),
            fastInterval: .milliseconds(1), timeout: .seconds(86_400), rise: 100, fall: 1)
        let services = [
            ServiceConfiguration(
                name: "-", listen: .tcp(host: "::", port: 0), mode: .tcp, strategy: .leastConnections,
                servers: [server, far], health: health,
                timeouts: TimeoutConfiguration(connect: .seconds(90), idle: .seconds(7200)),
                limits: LimitConfiguration(connections: 1_000_000, retries: 0)),
            ServiceConfiguration(
                name: "no", listen: .unix(path: "/run/a b"), servers: [far],
                health: HealthConfiguration(kind: .none)),
        ]
        let configuration = Configuration(
            services: services, shutdownTimeout: .milliseconds(61_001), logLevel: .error)
        let printed = configuration.printed()
        let again = try Self.load(printed)
        #expect(again == configuration)
        #expect(again.origins["log_level"] != configuration.origins["log_level"])
    }

    @Test("The short form is the long form with a service called main")
    func forms() throws {
        let short = "listen: 8080\nservers: [127.0.0.1:8081]\nhealth: {rise: 5}\nlog_level: debug\n"
        let long = """
            log_level: debug
            services:
              main:
                listen: "8080"
                servers: ["127.0.0.1:8081"]
                health: {rise: '5'}
            """
        #expect(try Self.load(short) == Self.load(long))
    }

    @Test("A section may be an alias of another one")
    func aliases() throws {
        let text = """
            services:
              a: {listen: 8080, servers: ["h:1"], health: &health {type: http, path: /up}}
              b: {listen: 8090, servers: ["h:2"], health: *health}
            """
        let configuration = try Self.load(text)
        #expect(configuration.services.map(\.health.kind.name) == [.http, .http])
    }

    @Test(
        "A time span is a decimal number with a unit",
        arguments: [
            ("1ms", Duration.milliseconds(1)), ("1.5s", .milliseconds(1500)), ("0.3s", .milliseconds(300)),
            ("10m", .seconds(600)), ("24h", .seconds(86_400)), ("0.5h", .seconds(1800)),
        ])
    func durations(text: String, expected: Duration) throws {
        let flags = ConfigurationOverrides(listen: "1", servers: ["h:1"], shutdownTimeout: text)
        let configuration = try Configuration.load(file: nil, environment: [:], flags: flags)
        #expect(configuration.shutdownTimeout == expected)
    }
}
