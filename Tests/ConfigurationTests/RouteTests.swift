import Configuration
import Sockets
import Testing

/// Addresses that are written otherwise and are the same.
@Suite struct RouteTests {
    @Test(
        "A listener's own server is found, however it is written",
        arguments: [
            ("0.0.0.0:9101", "127.0.0.1:9101"), ("0.0.0.0:9101", "localhost:9101"),
            ("0.0.0.0:9101", "127.8.8.8:9101"), ("\"[::]:9101\"", "127.0.0.1:9101"),
            ("\"[::]:9101\"", "\"[::1]:9101\""), ("\"[::]:9101\"", "localhost:9101"),
            ("9101", "0.0.0.0:9101"), ("9101", "localhost.:9101"),
            ("9101", "\"[::ffff:127.0.0.1]:9101\""), ("localhost:9101", "127.0.0.1:9101"),
            ("\"[::1]:9101\"", "\"[0:0::1]:9101\""), ("WEB.test:9101", "web.test:9101"),
            ("unix:/tmp/a.sock", "unix:/tmp/../tmp//a.sock"), ("\"[::]:9101\"", "\"[::]:9101\""),
        ])
    func ownServer(listen: String, server: String) {
        let text = "listen: \(listen)\nservers: [\(server)]\n"
        #expect(messages(text).hasPrefix("evenkeel.yaml:2:11: error: the server "), "\(messages(text))")
        #expect(messages(text).contains("is the service's own listen address"))
    }

    @Test(
        "What is elsewhere is let pass",
        arguments: [
            ("0.0.0.0:9101", "127.0.0.1:9102"), ("0.0.0.0:9101", "192.0.2.1:9101"),
            ("9101", "127.0.0.2:9101"), ("9101", "\"[::1]:9101\""), ("0.0.0.0:9101", "\"[::1]:9101\""),
            ("0.0.0.0:9101", "web.test:9101"), ("127.0.0.1:0", "127.0.0.1:9101"),
            ("unix:/tmp/a.sock", "unix:/tmp/b.sock"),
        ])
    func elsewhere(listen: String, server: String) {
        #expect(messages("listen: \(listen)\nservers: [\(server)]\n") == "valid")
    }

    @Test func theMessageNamesBothLines() {
        let text = """
            listen: 0.0.0.0:9101
            servers:
              - address: localhost:9101
            """
        let expected = """
            evenkeel.yaml:3:5: error: the server "localhost:9101" is the service's own listen address: \
            "main" listens on "0.0.0.0:9101" (evenkeel.yaml:1)
              3 |   - address: localhost:9101
                |     ^
            """
        #expect(messages(text) == expected)
    }

    @Test func anAddressOfOursInAnotherFormIsToldWithTheLineOfTheOtherOne() {
        let ways = "{listen: \"[::ffff:127.0.0.1]:9101\", servers: [2]}"
        let services = "services:\n  a: {listen: 127.0.0.1:9101, servers: [1]}\n  b: \(ways)\n"
        let own = "listen: 127.0.0.1:9101\nservers:\n  - \"[::ffff:127.0.0.1]:9101\"\n"
        let twice = "listen: 1\nservers:\n  - 127.0.0.1:9101\n  - \"[::ffff:127.0.0.1]:9101\"\n"
        let told = [
            (services, "is taken: the service \"a\" listens on \"127.0.0.1:9101\" (evenkeel.yaml:2)"),
            (own, "listen address: \"main\" listens on \"127.0.0.1:9101\" (evenkeel.yaml:1)"),
            (twice, "already in the list of servers as \"127.0.0.1:9101\" (evenkeel.yaml:3)"),
        ]
        for (text, words) in told { #expect(messages(text).contains(words), "\(messages(text))") }
    }

    @Test func servicesThatSendToEachOtherAreRefusedWithTheWholeCircle() {
        let text = """
            services:
              a: {listen: 9101, servers: [127.0.0.1:9102]}
              b:
                listen: 0.0.0.0:9102
                servers: [192.0.2.1:80, localhost:9103]
              c:
                listen: "[::]:9103"
                servers: [127.0.0.1:9101]
            """
        let expected = """
            evenkeel.yaml:8:15: error: traffic would go round for ever from "a" to "b" to "c" to "a": \
            the server "127.0.0.1:9102" of "a" (evenkeel.yaml:2) leads to "b", which listens on \
            "0.0.0.0:9102" (evenkeel.yaml:4), and the server "localhost:9103" of "b" (evenkeel.yaml:5) leads \
            to "c", which listens on "[::]:9103" (evenkeel.yaml:7), and the server "127.0.0.1:9101" of "c" \
            (evenkeel.yaml:8) leads to "a", which listens on "127.0.0.1:9101" (evenkeel.yaml:2)
              8 |     servers: [127.0.0.1:9101]
                |               ^
            """
        #expect(messages(text) == expected)
    }

    @Test func aServiceBehindAServiceIsNoCircle() {
        let text = """
            services:
              edge: {listen: 9101, servers: [127.0.0.1:9102, localhost:9103]}
              one: {listen: 9102, servers: [127.0.0.1:9104]}
              two: {listen: 9103, servers: [127.0.0.1:9104]}
              inner: {listen: 9104, servers: [127.0.0.1:9105]}
            """
        #expect(messages(text) == "valid")
    }

    @Test func eachCircleIsTold() {
        let text = """
            services:
              a: {listen: 9101, servers: [127.0.0.1:9102, 127.0.0.1:9101]}
              b: {listen: 9102, servers: [127.0.0.1:9101, 127.0.0.1:9103]}
              c: {listen: 9103, servers: [127.0.0.1:9102]}
            """
        #expect(messages(text).split(separator: "\n").count { $0.contains("error: ") } == 3)
    }

    @Test(
        "Listeners that take each other's clients are refused",
        arguments: [
            ("0.0.0.0:9101", "127.0.0.1:9101"), ("127.0.0.1:9101", "\"[::]:9101\""),
            ("0.0.0.0:9101", "\"[::]:9101\""), ("\"[::1]:9101\"", "\"[::]:9101\""),
            ("9101", "localhost:9101"),
            ("unix:/tmp/a.sock", "unix:/tmp/./a.sock"), ("0.0.0.0:9101", "192.0.2.1:9101"),
        ])
    func overlap(first: String, second: String) {
        let text = """
            services:
              a: {listen: \(first), servers: [192.0.2.1:1]}
              b: {listen: \(second), servers: [192.0.2.1:2]}
            admin: {listen: off}
            """
        let message = messages(text)
        #expect(message.hasPrefix("evenkeel.yaml:3:15: error: "), "\(message)")
        #expect(message.contains("the service \"a\" listens on "), "\(message)")
        #expect(message.contains("(evenkeel.yaml:2)"), "\(message)")
    }

    @Test func aListenerThatTakesTheDashboardsDefaultIsTold() {
        let expected = """
            evenkeel.yaml:1:9: error: "0.0.0.0:8090" takes "127.0.0.1:8090", which is where the admin listener \
            is by default: set admin.listen or --admin to another address, or to off
              1 | listen: 0.0.0.0:8090
                |         ^
            """
        #expect(messages("listen: 0.0.0.0:8090\nservers: [192.0.2.1:1]\n") == expected)
    }

    @Test func listenersBesideEachOtherAreLetPass() {
        let text = """
            services:
              a: {listen: 0.0.0.0:9101, servers: [192.0.2.1:1]}
              b: {listen: "[::1]:9101", servers: [192.0.2.1:2]}
              c: {listen: 127.0.0.2:9102, servers: [192.0.2.1:2]}
              d: {listen: 127.0.0.1:9102, servers: [192.0.2.1:2]}
            """
        #expect(messages(text) == "valid")
    }

    @Test func circlesThatOnlyAddressesShowAreFoundOnceNamesAreLookedUp() throws {
        let text = """
            services:
              a: {listen: 0.0.0.0:9101, servers: [192.0.2.1:1, b.test:9102]}
              b: {listen: b.test:9102, servers: [a.test:9101]}
            """
        let configuration = try Configuration.load(
            file: ConfigurationFile(name: "evenkeel.yaml", text: text), environment: [:],
            flags: ConfigurationOverrides())
        func address(_ endpoint: Endpoint) throws -> SocketAddress {
            guard case .tcp(let host, let port) = endpoint, host.hasSuffix(".test") else {
                return try endpoint.resolve()
            }
            return try Endpoint("127.0.0.1:\(port)").resolve()
        }
        let found = configuration.circles(
            listening: { try? address($0.listen) },
            leading: { service in service.servers.compactMap { try? address($0.address) }.map { [$0] } })
        let expected = """
            evenkeel.yaml:3: traffic would go round for ever from "a" to "b" to "a": \
            the server "b.test:9102" of "a" (evenkeel.yaml:2) leads to "b", which listens on "b.test:9102" \
            (evenkeel.yaml:3), and the server "a.test:9101" of "b" (evenkeel.yaml:3) leads to "a", which \
            listens on "0.0.0.0:9101" (evenkeel.yaml:2)
            """
        #expect(found == [expected])
    }
}
