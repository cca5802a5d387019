import Glibc

/// Which connections a listener gets, by the rules of the kernel and of ``ListeningSocket``: a wildcard takes what
/// comes to any address of this machine, the one of IPv6 takes IPv4 too, and a mapped IPv4 address (RFC 4291 section
/// 2.5.5.2) is the IPv4 address.
public struct ListenScope: Sendable {
    /// What two listeners share that can be in each other's way.
    public enum Door: Hashable, Sendable {
        /// A port of TCP.
        case port(UInt16)
        /// A name in a folder; the folder is known by its place in the file system, so that no link hides it.
        case file(folder: String, name: String)
    }

    /// Nil for port 0, for which the kernel finds a port that is free.
    public let door: Door?
    private let addresses: AddressRange

    /// The scope of a listener on that address.
    public init(of address: SocketAddress) {
        // bind(2) does not follow a link.
        door = Door(of: address, followingLinks: false)
        addresses = AddressRange(listeningOn: address)
    }

    /// Whether the kernel refuses one of the two while the other one listens.
    public func overlaps(_ other: ListenScope) -> Bool {
        door != nil && door == other.door && addresses.overlaps(other.addresses)
    }

    /// Whether a connection to that address comes here, from this machine.
    public func takes(_ destination: SocketAddress, on machine: LocalAddresses) -> Bool {
        guard door != nil, door == Door(of: destination, followingLinks: true) else { return false }
        guard let bits = destination.ipBits else { return true }
        let reached = LocalAddresses.reached(by: bits)
        return addresses.contains(reached) && (addresses.isSingle || machine.contains(reached))
    }
}

extension ListenScope.Door {
    /// The door at which a connection to that address knocks.
    public init?(leadingTo destination: SocketAddress) {
        self.init(of: destination, followingLinks: true)
    }

    fileprivate init?(of address: SocketAddress, followingLinks: Bool) {
        if let path = address.unixPath {
            self = Self.file(at: followingLinks ? Self.target(of: path) : path)
        } else if let port = address.port, port != 0 {
            self = .port(port)
        } else {
            return nil
        }
    }

    /// As many as the kernel follows (path_resolution(7)).
    private static let mostLinks = 40

    /// Where the links at a path lead, whether anything is there yet or not.
    private static func target(of path: String) -> String {
        var path = path
        for _ in 0..<mostLinks {
            var text = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let count = text.withUnsafeMutableBytes { bytes in
                bytes.assumingMemoryBound(to: CChar.self).baseAddress.map { readlink(path, $0, bytes.count) }
                    ?? 0
            }
            guard count > 0 else { break }
            let target = String(decoding: text[..<count], as: UTF8.self)
            path = target.hasPrefix("/") ? target : "\(split(path).folder)/\(target)"
        }
        return path
    }

    private static func file(at path: String) -> ListenScope.Door {
        let (folder, name) = split(path)
        var status = stat()
        guard stat(folder.isEmpty ? "/" : folder, &status) == 0 else {
            // It is not there yet: its text is all that is known.
            let parts = folder.split(separator: "/").filter { $0 != "." }
            return .file(folder: "/" + parts.joined(separator: "/"), name: name)
        }
        return .file(folder: "\(status.st_dev):\(status.st_ino)", name: name)
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }
}

/// The addresses of this machine, as its interfaces have them now.
public struct LocalAddresses: Sendable {
    private var ranges: [AddressRange] = []

    /// Asks the system (getifaddrs(3)). Loopback addresses are this machine's whatever it says.
    public init() {
        ranges = [AddressRange(network: Self.loopback4 & ~0xFF_FFFF, prefix: 104), AddressRange(network: 1)]
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return }
        defer { freeifaddrs(list) }
        for entry in sequence(first: list, next: { $0?.pointee.ifa_next }) {
            guard let entry, let address = Self.bits(of: entry.pointee.ifa_addr) else { continue }
            // On a loopback interface the whole network of an IPv4 address is this machine's.
            guard entry.pointee.ifa_flags & UInt32(IFF_LOOPBACK) != 0,
                let mask = Self.bits(of: entry.pointee.ifa_netmask), IPAddressText.isMapped(address)
            else {
                ranges.append(AddressRange(network: address))
                continue
            }
            let length = 96 + (mask & 0xFFFF_FFFF).nonzeroBitCount
            ranges.append(AddressRange(network: address & (~0 << (128 - length)), prefix: length))
        }
    }

    func contains(_ bits: UInt128) -> Bool { ranges.contains { $0.contains(bits) } }

    /// 127.0.0.1, mapped.
    private static let loopback4: UInt128 = 0xFFFF_7F00_0001

    /// Which address a connection reaches: the wildcards lead to this machine (ip(7), "INADDR_ANY").
    static func reached(by bits: UInt128) -> UInt128 {
        if bits == 0 { return 1 }
        return IPAddressText.isMapped(bits) && bits & 0xFFFF_FFFF == 0 ? loopback4 : bits
    }

    private static func bits(of address: UnsafePointer<sockaddr>?) -> UInt128? {
        guard let address else { return nil }
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            return SocketAddress(copying: address, length: socklen_t(MemoryLayout<sockaddr_in>.size)).ipBits
        case AF_INET6:
            return SocketAddress(copying: address, length: socklen_t(MemoryLayout<sockaddr_in6>.size)).ipBits
        default: return nil
        }
    }
}

extension Endpoint {
    /// Where it leads, as far as that is known without asking a name server: an IP address, a path, and the loopback
    /// addresses for `localhost` (RFC 6761 section 6.3), of which a listener takes the first. Empty for other names.
    public var knownAddresses: [SocketAddress] {
        switch self {
        case .unix(let path): return [SocketAddress(unixPath: path)]
        case .tcp(let host, let port):
            if let bits = IPAddressText.bits(of: host) { return [SocketAddress(ipBits: bits, port: port)] }
            let name = HostName.withoutRoot(host).lowercased()
            guard name == "localhost" || name.hasSuffix(".localhost") else { return [] }
            return [0xFFFF_7F00_0001, 1].map { SocketAddress(ipBits: $0, port: port) }
        }
    }

    /// For comparing: the names of hosts do not tell capital letters apart (RFC 4343), a dot at the end stands for the
    /// root, and an IP address can be written in several ways.
    public var folded: Endpoint {
        switch self {
        case .tcp(let host, let port):
            .tcp(
                host: (try? AddressRange(host))?.description ?? HostName.withoutRoot(host).lowercased(),
                port: port)
        case .unix: self
        }
    }

    /// Whether a listener here and one there cannot both be, as far as that is known without asking a name server.
    public func isInTheWay(of other: Endpoint) -> Bool {
        guard let here = knownAddresses.first, let there = other.knownAddresses.first else {
            if case .tcp(_, port: 0) = self { return false }
            return folded == other.folded
        }
        return ListenScope(of: here).overlaps(ListenScope(of: there))
    }
}
