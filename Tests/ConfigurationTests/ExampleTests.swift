import Configuration
import Foundation
import Testing

/// The examples that people copy.
@Suite struct ExampleTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The token's file of the texts is on no machine that tests them, so another one stands in for it.
    private static func load(_ text: String) throws -> Configuration {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())").path
        try Data("correct-horse-battery\n".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let text = text.replacingOccurrences(of: "/etc/evenkeel/token", with: path)
        let file = ConfigurationFile(name: "evenkeel.yaml", text: text)
        return try Configuration.load(file: file, environment: [:], flags: ConfigurationOverrides())
    }

    /// The text with its commented settings: prose has one space behind its "#", a setting none or,
    /// within a section, two.
    private static func uncommented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let indent = line.prefix { $0 == " " }
            let rest = line.dropFirst(indent.count)
            let isProse = rest == "#" || (rest.hasPrefix("# ") && !rest.hasPrefix("#  "))
            return rest.hasPrefix("#") && !isProse ? String(indent + rest.dropFirst()) : String(line)
        }.joined(separator: "\n")
    }

    @Test("The example file is valid, and its commented settings are the defaults")
    func example() throws {
        let path = Self.root.appendingPathComponent("Examples/evenkeel.yaml").path
        let text = try ConfigurationFile(path: path).text
        let whole = Self.uncommented(text)
        #expect(try Self.load(text) == Self.load(whole))
        // Every key that is printed stands in the example, so that none is forgotten.
        let service = try Self.load(text).printed()
        for line in service.split(separator: "\n") where line.contains(" # ") {
            let key = line.drop { $0 == " " || $0 == "-" }.prefix { $0 != ":" }
            #expect(whole.contains("\(key): "), "\(key)")
        }
    }

    @Test("The files in docs/configuration.md are valid")
    func documented() throws {
        let url = Self.root.appendingPathComponent("docs/configuration.md")
        let blocks = try String(contentsOf: url, encoding: .utf8).components(separatedBy: "```yaml\n")
        #expect(blocks.count > 2)
        for block in blocks.dropFirst() {
            let text = try #require(block.components(separatedBy: "```").first)
            #expect(throws: Never.self) { try Self.load(text) }
        }
    }
}
