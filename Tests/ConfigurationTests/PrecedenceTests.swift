import Balancing
import Configuration
import Sockets
import Testing

/// Flags go before the environment, that before the file, that before the defaults.
@Suite struct PrecedenceTests {
    private static let text = """
        listen: 8080
        strategy: least_connections
        mode: tcp
        servers: [127.0.0.1:8081]
        admin: {listen: 8091, token: the-token-of-the-file}
        shutdown_timeout: 1s
        log_level: debug
        """
    private static let environment = [
        "EVENKEEL_LISTEN": "9080", "EVENKEEL_STRATEGY": "round_robin", "EVENKEEL_MODE": "http",
        "EVENKEEL_SERVERS": "127.0.0.1:9081, 127.0.0.1:9082", "EVENKEEL_SHUTDOWN_TIMEOUT": "2s",
        "EVENKEEL_ADMIN": "9091", "EVENKEEL_ADMIN_TOKEN": "the-token-of-the-environment",
        "EVENKEEL_LOG_LEVEL": "warning", "EVENKEEL_CONFIG": "evenkeel.yaml", "HOME": "/root",
    ]
    private static let flags = ConfigurationOverrides(
        listen: "7080", servers: ["127.0.0.1:7081"], strategy: "least_connections", mode: "tcp", admin: "off",
        shutdownTimeout: "3s", logLevel: "error")

    private static func load(
        _ text: String? = text, environment: [String: String] = [:],
        flags: ConfigurationOverrides = ConfigurationOverrides()
    ) throws -> Configuration {
        let file = text.map { ConfigurationFile(name: "evenkeel.yaml", text: $0) }
        return try Configuration.load(file: file, environment: environment, flags: flags)
    }

    @Test("What the file does not say is the default")
    func defaults() throws {
        let text = "listen: 8080\nservers: [127.0.0.1:8081]\n"
        let expected = Configuration(services: [
            ServiceConfiguration(
                listen: .tcp(host: "127.0.0.1", port: 8080),
                servers: [ServerConfiguration(address: .tcp(host: "127.0.0.1", port: 8081))])
        ])
        let configuration = try Self.load(text)
        #expect(configuration == expected)
        #expect(configuration.services.first?.servers.first?.name == "127.0.0.1:8081")
        #expect(configuration.origins[["services", "main", "strategy"]] == .standard)
    }

    @Test("The file goes before the defaults")
    func file() throws {
        let configuration = try Self.load()
        let service = try #require(configuration.services.first)
        #expect(service.strategy == .leastConnections)
        #expect(service.mode == .tcp)
        #expect(configuration.shutdownTimeout == .seconds(1))
        #expect(configuration.logLevel == .debug)
        #expect(
            configuration.origins[["services", "main", "mode"]] == .file(name: "evenkeel.yaml", line: 3))
        #expect(configuration.origins[["log_level"]] == .file(name: "evenkeel.yaml", line: 7))
        #expect(configuration.admin.listen == .tcp(host: "127.0.0.1", port: 8091))
        #expect(configuration.admin.token?.secret == "the-token-of-the-file")
    }

    @Test("The environment goes before the file")
    func environment() throws {
        let configuration = try Self.load(environment: Self.environment)
        let service = try #require(configuration.services.first)
        #expect(service.listen == .tcp(host: "127.0.0.1", port: 9080))
        #expect(service.strategy == .roundRobin)
        #expect(service.mode == .http)
        #expect(service.servers.map(\.name) == ["127.0.0.1:9081", "127.0.0.1:9082"])
        #expect(configuration.admin.listen == .tcp(host: "127.0.0.1", port: 9091))
        #expect(configuration.admin.token?.secret == "the-token-of-the-environment")
        #expect(configuration.origins[["admin", "token"]] == .environment("EVENKEEL_ADMIN_TOKEN"))
        #expect(configuration.shutdownTimeout == .seconds(2))
        #expect(configuration.logLevel == .warning)
        let origin = Origin.environment("EVENKEEL_SERVERS")
        #expect(configuration.origins[["services", "main", "servers", "1", "address"]] == origin)
    }

    @Test("Flags go before the environment")
    func flags() throws {
        let configuration = try Self.load(environment: Self.environment, flags: Self.flags)
        let service = try #require(configuration.services.first)
        #expect(service.listen == .tcp(host: "127.0.0.1", port: 7080))
        #expect(service.strategy == .leastConnections)
        #expect(service.mode == .tcp)
        #expect(service.servers.map(\.name) == ["127.0.0.1:7081"])
        #expect(configuration.admin.listen == nil)
        #expect(configuration.admin.token?.secret == "the-token-of-the-environment")
        #expect(configuration.origins[["admin", "listen"]] == .flag("--admin"))
        #expect(configuration.shutdownTimeout == .seconds(3))
        #expect(configuration.logLevel == .error)
        #expect(configuration.origins[["services", "main", "listen"]] == .flag("--listen"))
        #expect(configuration.origins[["shutdown_timeout"]] == .flag("--shutdown-timeout"))
    }

    @Test("Flags alone make a service, without a file")
    func flagsAlone() throws {
        let flags = ConfigurationOverrides(listen: "8080", servers: ["127.0.0.1:8081"])
        let configuration = try Self.load(nil, flags: flags)
        #expect(configuration.services.map(\.name) == ["main"])
    }

    @Test("The environment alone makes a service, without a file")
    func environmentAlone() throws {
        let configuration = try Self.load(nil, environment: Self.environment)
        #expect(configuration.services.first?.servers.count == 2)
    }

    @Test("Flags complete a file that lacks what is required")
    func completion() throws {
        let flags = ConfigurationOverrides(listen: "8080", servers: ["127.0.0.1:8081"])
        #expect(try Self.load("mode: tcp\n", flags: flags).services.first?.mode == .tcp)
    }

    @Test("Servers of flags replace the file's, weights and names included")
    func replacedServers() throws {
        let text = "listen: 8080\nservers:\n  - {name: a, address: \"127.0.0.1:8081\", weight: 5}\n"
        let flags = ConfigurationOverrides(servers: ["127.0.0.1:8082"])
        let configuration = try Self.load(text, flags: flags)
        let address = Endpoint.tcp(host: "127.0.0.1", port: 8082)
        #expect(configuration.services.first?.servers == [ServerConfiguration(address: address)])
        #expect(configuration.origins[["services", "main", "servers", "0", "weight"]] == .standard)
    }

    @Test("Flags apply to the only service of the long form")
    func singleNamedService() throws {
        let text = "services:\n  web:\n    listen: 8080\n    servers: [127.0.0.1:8081]\n"
        let configuration = try Self.load(text, flags: ConfigurationOverrides(strategy: "least_connections"))
        #expect(configuration.services.first?.strategy == .leastConnections)
        #expect(configuration.origins[["services", "web", "strategy"]] == .flag("--strategy"))
    }

    @Test("The access log's variable goes before the file, for every service")
    func accessLog() throws {
        let text = """
            services:
              a: {listen: 8080, servers: ["h:1"], access_log: off}
              b: {listen: 8082, servers: ["h:2"], mode: tcp}
            """
        #expect(try Self.load(text).services.map(\.accessLog) == [false, false])
        let configuration = try Self.load(text, environment: ["EVENKEEL_ACCESS_LOG": "on"])
        #expect(configuration.services.map(\.accessLog) == [true, true])
        let origin = Origin.environment("EVENKEEL_ACCESS_LOG")
        #expect(configuration.origins[["services", "a", "access_log"]] == origin)
        #expect(configuration.origins[["services", "b", "access_log"]] == origin)
    }
}
