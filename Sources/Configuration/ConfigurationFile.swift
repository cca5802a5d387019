import Foundation

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
        guard bytes.count <= Limits.fileSize else {
            throw Self.failure(path, "the file has more than \(Limits.fileSize) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Self.failure(path, "the file is not UTF-8: \(Self.firstInvalidByte(in: bytes))")
        }
        self.init(name: path, text: text)
    }

    /// One byte more than allowed, so that a large file, a pipe or `/dev/zero` cannot fill the memory.
    private static func read(_ path: String) throws(ConfigurationErrors) -> [UInt8] {
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            return Array(try handle.read(upToCount: Limits.fileSize + 1) ?? Data())
        } catch {
            throw failure(path, "cannot read the file: \(reason(of: error))")
        }
    }

    /// What the system said, out of the layers that Foundation wraps around it.
    private static func reason(of error: any Error) -> String {
        let outer = error as NSError
        let inner = outer.userInfo[NSUnderlyingErrorKey] as? NSError ?? outer
        guard inner.domain == NSPOSIXErrorDomain, let code = POSIXErrorCode(rawValue: Int32(inner.code))
        else {
            return outer.localizedDescription
        }
        return switch code {
        case .ENOENT: "no such file"
        case .EISDIR: "it is a directory"
        case .EACCES, .EPERM: "permission denied"
        default: inner.localizedDescription
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
