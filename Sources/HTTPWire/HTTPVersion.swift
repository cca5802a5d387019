/// The versions of HTTP whose messages are read here.
public enum HTTPVersion: UInt8, Sendable {
    /// HTTP/1.0.
    case http10
    /// HTTP/1.1, and any higher minor version: RFC 9110, section 2.5, has a recipient read those as the
    /// highest minor version that it knows.
    case http11
}

/// Reads `HTTP/1.1` byte by byte (RFC 9112, section 2.3): the name is case-sensitive, the digits single.
struct VersionScanner {
    /// How many of the eight bytes have been read.
    private(set) var count = 0
    private var major: UInt8 = 0
    private var minor: UInt8 = 0

    static let length = 8

    /// Takes the usual version in one piece; false when it is not there, or not yet, and the bytes are to be taken
    /// one by one.
    @inline(__always) mutating func takeUsual(_ bytes: Span<UInt8>, _ position: Int) -> Bool {
        guard count == 0, ByteWord(bytes, at: position) == .currentVersion else { return false }
        (count, major, minor) = (Self.length, 1, 1)
        return true
    }

    var isComplete: Bool { count == Self.length }

    /// Takes the next byte. False when it cannot stand there.
    mutating func take(_ byte: UInt8) -> Bool {
        defer { count += 1 }
        switch count {
        case 0: return byte == UInt8(ascii: "H")
        case 1, 2: return byte == UInt8(ascii: "T")
        case 3: return byte == UInt8(ascii: "P")
        case 4: return byte == UInt8(ascii: "/")
        case 5: return Self.read(byte, into: &major)
        case 6: return byte == UInt8(ascii: ".")
        case 7: return Self.read(byte, into: &minor)
        default: return false
        }
    }

    /// The version that was read. HTTP/0.x never had a version in its messages: it is malformed, while a
    /// higher major version is merely one that we do not speak.
    func version() throws(HTTPViolation) -> HTTPVersion {
        switch (major, minor) {
        case (1, 0): return .http10
        case (1, _): return .http11
        case (0, _): throw .invalidVersion
        default: throw .unsupportedVersion
        }
    }

    private static func read(_ byte: UInt8, into digit: inout UInt8) -> Bool {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return false }
        digit = byte - UInt8(ascii: "0")
        return true
    }
}
