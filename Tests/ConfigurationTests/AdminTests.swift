import Configuration
import Foundation
import Sockets
import Testing

/// The section `admin`: what is read, and that the token stays where it is.
@Suite struct AdminTests {
    private static let service = "listen: 8080\nservers: [127.0.0.1:8081]\n"
    private static let token = "correct-horse-battery"

    private static func load(
        _ admin: String, environment: [String: String] = [:],
        flags: ConfigurationOverrides = ConfigurationOverrides()
    ) throws -> Configuration {
        let file = ConfigurationFile(name: "evenkeel.yaml", text: service + admin)
        return try Configuration.load(file: file, environment: environment, flags: flags)
    }

    @Test("With no section it listens on loopback, without a token")
    func standard() throws {
        let admin = try Self.load("").admin
        #expect(admin == AdminConfiguration())
        #expect(admin.listen == .tcp(host: "127.0.0.1", port: 8090))
        #expect(admin.token == nil && admin.monitoring == nil && admin.hosts.isEmpty)
    }

    @Test("Every key is read")
    func whole() throws {
        let admin = try Self.load(
            """
            admin:
              listen: 0.0.0.0:8090
              token: \(Self.token)
              hosts: [LB.example.com, "[2001:DB8:0::1]", 10.0.0.7]
              monitoring: 0.0.0.0:9090
            """
        ).admin
        let expected = AdminConfiguration(
            listen: .tcp(host: "0.0.0.0", port: 8090), token: try AccessToken(Self.token),
            hosts: ["lb.example.com", "2001:db8::1", "10.0.0.7"],
            monitoring: .tcp(host: "0.0.0.0", port: 9090))
        #expect(admin == expected)
    }

    @Test("It can be off, and monitoring can go on without it")
    func off() throws {
        let admin = try Self.load("admin: {listen: off, monitoring: 9090}\n").admin
        #expect(admin.listen == nil)
        #expect(admin.monitoring == .tcp(host: "127.0.0.1", port: 9090))
    }

    @Test("It stands beside the long form's services too")
    func longForm() throws {
        let text = "services: {admin: {listen: 1, servers: [\"h:1\"]}}\nadmin: {listen: off}\n"
        let file = ConfigurationFile(name: "evenkeel.yaml", text: text)
        let configuration = try Configuration.load(
            file: file, environment: [:], flags: ConfigurationOverrides())
        #expect(configuration.admin.listen == nil)
    }

    @Test(
        "Loopback addresses and Unix sockets need no token, others do",
        arguments: [
            ("127.0.0.1:1", true), ("127.255.1.2:1", true), ("[::1]:1", true), ("[0:0::1]:1", true),
            ("localhost:1", true), ("LocalHost:1", true), ("[::ffff:127.0.0.1]:1", true),
            ("unix:/run/admin.sock", true), ("1", true),
            ("0.0.0.0:1", false), ("[::]:1", false), ("10.0.0.1:1", false), ("128.0.0.1:1", false),
            ("[::ffff:10.0.0.1]:1", false), ("127.example:1", false), ("localhost.example.com:1", false),
        ])
    func loopback(address: String, isLoopback: Bool) throws {
        #expect(try Endpoint(address).isLoopback == isLoopback)
        let flags = ConfigurationOverrides(admin: address)
        #expect((messages(Self.service, flags: flags) == "valid") == isLoopback)
        let environment = ["EVENKEEL_ADMIN_TOKEN": Self.token]
        #expect(messages(Self.service, environment: environment, flags: flags) == "valid")
    }

    @Test("A server may be the admin listener")
    func server() throws {
        let text = "listen: 8080\nservers: [127.0.0.1:8090]\n"
        #expect(messages(text) == "valid")
    }

    @Test(
        "A token's file gives its first line",
        arguments: ["\(token)", "\(token)\n", "\(token)\r\n", "\(token)\n\nmade on Monday; 日本\n"])
    func tokenFile(content: String) throws {
        try withTokenFile(Data(content.utf8)) { path in
            let configuration = try Self.load("admin: {token_file: \(path)}\n")
            #expect(configuration.admin.token?.secret == Self.token)
            #expect(configuration.admin.tokenFile == path)
            let printed = configuration.printed()
            #expect(printed.contains("  token_file: \(path)  # evenkeel.yaml:3\n"))
            #expect(!printed.contains(Self.token))
            let again = ConfigurationFile(name: "again.yaml", text: printed)
            let flags = ConfigurationOverrides()
            #expect(try Configuration.load(file: again, environment: [:], flags: flags) == configuration)
        }
    }

    @Test("The variable goes before the token's file")
    func tokenVariable() throws {
        try withTokenFile(Data("another-token-in-a-file".utf8)) { path in
            let environment = ["EVENKEEL_ADMIN_TOKEN": Self.token]
            let admin = try Self.load("admin: {token_file: \(path)}\n", environment: environment).admin
            #expect(admin.token?.secret == Self.token)
            #expect(admin.tokenFile == nil)
        }
    }

    @Test("A token is shown nowhere, and its origin is")
    func hidden() throws {
        let text = "admin:\n  listen: 0.0.0.0:8090\n  token: \(Self.token)\n"
        let configuration = try Self.load(text)
        let printed = configuration.printed()
        #expect(printed.contains("  # token: (set)"))
        #expect(printed.contains("# evenkeel.yaml:5\n"))
        var dumped = ""
        dump(configuration, to: &dumped)
        for shown in [printed, "\(configuration)", "\(configuration.admin.token as Any)", dumped] {
            #expect(shown.contains("(set)"))
            #expect(!shown.contains(Self.token))
        }
        let again = ConfigurationFile(name: "again.yaml", text: printed)
        let environment = ["EVENKEEL_ADMIN_TOKEN": Self.token]
        let flags = ConfigurationOverrides()
        #expect(try Configuration.load(file: again, environment: environment, flags: flags) == configuration)
    }

    @Test("The shortest and the longest token are accepted", arguments: [16, 256])
    func lengths(_ length: Int) throws {
        let text = String(repeating: "~", count: length - 1) + "!"
        #expect(try AccessToken(text).secret == text)
    }

    private func withTokenFile(_ bytes: Data, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())").path
        try bytes.write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }
}
