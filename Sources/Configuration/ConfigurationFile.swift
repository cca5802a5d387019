/// The text of a configuration file, not yet understood.
public struct ConfigurationFile: Equatable, Sendable {
    /// What messages call it: usually its path as it was written.
    public let name: String
    /// All of it.
    public let text: String

    /// A file from a text, for tests and for what is generated.
    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// Reads a file of at most ``Limits/fileSize`` bytes of UTF-8.
    ///
    /// - Throws: ``ConfigurationErrors`` when it cannot be read, is too large or is not UTF-8.
    public init(path: String) throws(ConfigurationErrors) {
        let bytes = try Self.read(path)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Self.failure(path, "the file is not UTF-8: \(Self.firstInvalidByte(in: bytes))")
        }
        self.init(name: path, text: text)
    }

    private static func read(_ path: String) throws(ConfigurationErrors) -> [UInt8] {
        do throws(FileContent.Failure) {
            return try FileContent.bytes(of: path, upTo: Limits.fileSize)
        } catch {
            switch error {
            case .unreadable(let reason): throw failure(path, "cannot read the file: \(reason)")
            case .tooLarge: throw failure(path, "the file has more than \(Limits.fileSize) bytes")
            }
        }
    }

    private static func firstInvalidByte(in bytes: [UInt8]) -> String {
        var line = 1
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            guard String(validating: bytes[start...index], as: UTF8.self) != nil else { break }
            line += 1
            start = index + 1
        }
        return "see line \(line)"
    }

    private static func failure(_ name: String, _ message: String) -> ConfigurationErrors {
        ConfigurationErrors([Diagnostic(message, at: .named(name))])
    }
}
