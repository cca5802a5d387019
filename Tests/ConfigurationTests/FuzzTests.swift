import Configuration
import Testing

/// Files that are damaged at random, always the same ones: the generator's seed is fixed.
@Suite struct FuzzTests {
    private static let sound = """
        services:
          a: &a {listen: 8080, servers: ["h:1"]}
          b:
            listen: "80\\x381"
            servers:
              - {name: é日本, address: "h:2", weight: 2, max_connections: 7}
            limits: {request_body: 1.5GiB, queue: 0}
            trusted_proxies: [10.0.0.0/8, "::1"]
            access_log: on
        admin:
          listen: "[::]:8090"
          token: correct-horse-battery
          hosts: [lb.example.com, "::1"]
          monitoring: 9090
        log_level: info

        """
    private static let pieces = [
        "\t", "\r", "\u{2028}", "\u{FEFF}", "日", "e\u{301}", "*a", "&b ", "? ", "!!t ", "---\n", "|\n", "\"",
        "'", "{", "}", "[", "]", ":", " ", "\n", "#", "<<: ", "\\", "\u{0}", "\u{FFFF}", "listen: 1\n", "-",
    ]

    @Test("A damaged file is refused with a reason, or reads back from its print")
    func damaged() throws {
        var random = SeededGenerator(state: 42)
        for _ in 0..<500 {
            let text = Self.damage(Self.sound, using: &random)
            do throws(ConfigurationErrors) {
                let file = ConfigurationFile(name: "damaged.yaml", text: text)
                let flags = ConfigurationOverrides()
                let configuration = try Configuration.load(file: file, environment: [:], flags: flags)
                let again = ConfigurationFile(name: "again.yaml", text: configuration.printed())
                // A token is not printed.
                let token = configuration.admin.token.map { ["EVENKEEL_ADMIN_TOKEN": $0.secret] } ?? [:]
                #expect(
                    try Configuration.load(file: again, environment: token, flags: flags) == configuration)
            } catch {
                #expect(error.diagnostics.allSatisfy { !$0.message.isEmpty }, "\(text)")
            }
        }
    }

    private static func damage(_ text: String, using random: inout SeededGenerator) -> String {
        var scalars = Array(text.unicodeScalars)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let start = Int.random(in: 0...scalars.count, using: &random)
            if Bool.random(using: &random) {
                scalars.removeSubrange(start..<min(scalars.count, start + 3))
            } else if let piece = pieces.randomElement(using: &random) {
                scalars.insert(contentsOf: piece.unicodeScalars, at: start)
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }
}

/// A linear congruential generator with Knuth's constants: plain, and the same everywhere.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) ^ (state << 31)
    }
}
