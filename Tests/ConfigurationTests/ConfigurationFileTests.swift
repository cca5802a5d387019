import Configuration
import Foundation
import Testing

/// Reading the bytes of a file.
@Suite struct ConfigurationFileTests {
    /// Writes a file, hands over its path, and takes it away.
    private func withFile(_ bytes: Data, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).yaml").path
        try bytes.write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func message(for path: String) -> String {
        do throws(ConfigurationErrors) {
            _ = try ConfigurationFile(path: path)
            return "valid"
        } catch {
            return error.description
        }
    }

    @Test("A file is read with its path as its name")
    func reading() throws {
        try withFile(Data("listen: 8080\n".utf8)) { path in
            let file = try ConfigurationFile(path: path)
            #expect(file == ConfigurationFile(name: path, text: "listen: 8080\n"))
        }
    }

    @Test("A file that is not there is refused")
    func missing() {
        #expect(message(for: "/no/such.yaml") == "/no/such.yaml: error: cannot read the file: no such file")
    }

    @Test("A directory is refused")
    func directory() {
        #expect(message(for: "/tmp") == "/tmp: error: cannot read the file: it is a directory")
    }

    @Test("A file that is not UTF-8 is refused, with the line")
    func latin() throws {
        try withFile(Data("listen: 8080\n# gr\u{FC}n\n".unicodeScalars.map { UInt8($0.value) })) { path in
            #expect(message(for: path) == "\(path): error: the file is not UTF-8: see line 2")
        }
    }

    @Test("A file of a mebibyte is read, and one byte more is refused")
    func size() throws {
        try withFile(Data(repeating: UInt8(ascii: "#"), count: 1 << 20)) { path in
            #expect(message(for: path) == "valid")
        }
        try withFile(Data(repeating: UInt8(ascii: "#"), count: 1 << 20 + 1)) { path in
            #expect(message(for: path) == "\(path): error: the file has more than 1048576 bytes")
        }
    }

    @Test("An endless file is refused")
    func endless() {
        #expect(message(for: "/dev/zero") == "/dev/zero: error: the file has more than 1048576 bytes")
    }

    @Test("Aliases that stand for millions of values are refused")
    func aliases() {
        let levels = (1...9).map { level in
            "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ",")
                + "]"
        }
        let text = "a0: &a0 [x]\n" + levels.joined(separator: "\n") + "\n"
        let rule = "the file has more than 100000 values; each alias counts as all it stands for"
        #expect(messages(text) == "evenkeel.yaml: error: \(rule)")
    }

    @Test("A line of more than 4096 characters is refused")
    func line() {
        let text = "listen: 8080\n#" + String(repeating: "x", count: 4096) + "\n"
        #expect(messages(text) == "evenkeel.yaml:2:4097: error: the line has more than 4096 characters")
    }

    @Test("A file with many repeated keys is refused after the first ones")
    func manyRepeats() {
        let expected = """
            evenkeel.yaml:33:1: error: the key "a" is repeated in its mapping
              33 | a: 1
                 | ^
            """
        #expect(messages(String(repeating: "a: 1\n", count: 100)) == expected)
    }

    @Test("Brackets without end are refused, not followed into the depth")
    func depth() {
        #expect(
            messages(String(repeating: String(repeating: "[", count: 4000) + "\n", count: 100)).contains(
                "error: YAML"))
    }
}
