import Glibc

/// An address that the kernel understands: an endpoint after its name was looked up.
public struct SocketAddress: Sendable {
    /// Large enough for any family (`sockaddr_storage`, 128 bytes).
    private var storage: sockaddr_storage
    private let length: socklen_t

    /// `AF_INET`, `AF_INET6` or `AF_UNIX`.
    var family: Int32 { Int32(storage.ss_family) }

    /// Whether it is IPv4.
    public var isIPv4: Bool { family == AF_INET }

    /// The path of a Unix socket that has one.
    public var unixPath: String? {
        guard family == AF_UNIX, Int(length) > Self.unixPathOffset else { return nil }
        return withUnsafeBytes(of: storage) { bytes in
            let path = bytes[Self.unixPathOffset..<Int(length)].prefix { $0 != 0 }
            return path.isEmpty ? nil : String(decoding: path, as: UTF8.self)
        }
    }

    /// The IP address as a number, an IPv4 one as it is mapped into IPv6; nil for a Unix socket.
    public var ipBits: UInt128? {
        withUnsafeBytes(of: storage) { bytes in
            switch family {
            case AF_INET: IPAddressText.bits(of: bytes.load(as: sockaddr_in.self).sin_addr)
            case AF_INET6: IPAddressText.bits(of: bytes.load(as: sockaddr_in6.self).sin6_addr)
            default: nil
            }
        }
    }

    /// The port; nil for a Unix socket.
    public var port: UInt16? {
        withUnsafeBytes(of: storage) { bytes in
            switch family {
            case AF_INET: UInt16(bigEndian: bytes.load(as: sockaddr_in.self).sin_port)
            case AF_INET6: UInt16(bigEndian: bytes.load(as: sockaddr_in6.self).sin6_port)
            default: nil
            }
        }
    }

    private static var unixPathOffset: Int { MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2 }

    /// The IP address alone, without brackets and port; `unix` for a Unix socket, which has none.
    public var host: String {
        switch family {
        case AF_UNIX: return "unix"
        case AF_INET:
            return withUnsafeBytes(of: storage) {
                IPAddressText.text(of: $0.load(as: sockaddr_in.self).sin_addr)
            }
        default: break
        }
        let text = description
        let host = text[..<(text.lastIndex(of: ":") ?? text.endIndex)]
        return host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : String(host)
    }

    /// The address of a Unix socket.
    ///
    /// - Precondition: the path is at most ``Endpoint/longestUnixPath`` bytes, as ``Endpoint`` checks.
    init(unixPath path: String) {
        precondition(path.utf8.count <= Endpoint.longestUnixPath, "the path fits into sun_path")
        var storage = sockaddr_storage()
        storage.ss_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &storage) { bytes in
            bytes[Self.unixPathOffset...].copyBytes(from: path.utf8)
        }
        self.storage = storage
        length = socklen_t(Self.unixPathOffset + path.utf8.count + 1)
    }

    /// The address with that number, an IPv4 one where the number is of a mapped one.
    init(ipBits bits: UInt128, port: UInt16) {
        var storage = sockaddr_storage()
        let isIPv4 = IPAddressText.isMapped(bits)
        storage.ss_family = sa_family_t(isIPv4 ? AF_INET : AF_INET6)
        withUnsafeMutableBytes(of: &storage) { bytes in
            // Both families have the port in the same place (ip(7), ipv6(7)).
            bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
            if isIPv4 {
                bytes.storeBytes(
                    of: UInt32(truncatingIfNeeded: bits).bigEndian, toByteOffset: 4, as: UInt32.self)
            } else {
                bytes.storeBytes(of: bits.bigEndian, toByteOffset: 8, as: UInt128.self)
            }
        }
        self.storage = storage
        length = socklen_t(isIPv4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size)
    }

    /// Copies what a call such as getaddrinfo(3) gave.
    init(copying address: UnsafePointer<sockaddr>, length: socklen_t) {
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) { bytes in
            bytes.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(length)))
        }
        self.storage = storage
        self.length = length
    }

    /// Asks a call such as getsockname(2) for an address; nil when it fails.
    init?(asking call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &length) }
        }
        guard result == 0 else { return nil }
        self.storage = storage
        self.length = length
    }

    /// The same IP address with a port.
    func withPort(_ port: UInt16) -> SocketAddress {
        var copy = self
        withUnsafeMutableBytes(of: &copy.storage) { bytes in
            // In both families' structures.
            let offset = MemoryLayout<sockaddr_in>.offset(of: \.sin_port) ?? 2
            bytes.storeBytes(of: port.bigEndian, toByteOffset: offset, as: UInt16.self)
        }
        return copy
    }

    /// Hands the address to a call such as connect(2).
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}

extension SocketAddress: CustomStringConvertible {
    /// In the form that ``Endpoint`` reads; an unnamed Unix socket is `unix:`.
    public var description: String {
        if family == AF_UNIX { return "unix:\(unixPath ?? "")" }
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        let result = withPointer { address, length in
            getnameinfo(
                address, length, &host, socklen_t(host.count), &port, socklen_t(port.count),
                NI_NUMERICHOST | NI_NUMERICSERV)
        }
        guard result == 0 else { return "unknown address" }
        let (hostText, portText) = (Self.text(host), Self.text(port))
        return hostText.contains(":") ? "[\(hostText)]:\(portText)" : "\(hostText):\(portText)"
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
