import Glibc

/// The name of a host, which a resolver knows the addresses of.
public struct HostName: Hashable, Sendable, CustomStringConvertible {
    /// Addresses of a name that are of use; more would only be tried when all of these fail.
    public static let mostAddresses = 16

    /// As it was written.
    public let description: String

    /// Looks the name up, by getaddrinfo(3). It blocks for as long as the system's resolver does.
    ///
    /// IPv4 addresses come first: a server on a laptop that listens on `localhost` mostly means 127.0.0.1, which
    /// getaddrinfo(3) lists last.
    ///
    /// - Returns: addresses without a port, one at least and ``mostAddresses`` at most.
    /// - Throws: ``LookupFailure`` with the resolver's reason.
    public func lookUp() throws(LookupFailure) -> [SocketAddress] {
        // What it means is no resolver's to say (RFC 6761 section 6.3), and files such as /etc/hosts have it without the dot.
        let isLocal = Self.withoutRoot(description).lowercased() == "localhost"
        let addresses = try Self.addresses(of: isLocal ? "localhost" : description, flags: 0)
        guard !addresses.isEmpty else { throw LookupFailure("no address found") }
        let sorted = addresses.filter(\.isIPv4) + addresses.filter { !$0.isIPv4 }
        return Array(sorted.prefix(Self.mostAddresses))
    }

    /// The same name without the dot at its end, which stands for the root (RFC 1034 section 3.1): for a comparison, and
    /// for a `Host` field, where few servers expect one.
    public static func withoutRoot(_ name: String) -> String {
        name.hasSuffix(".") ? String(name.dropLast()) : name
    }

    /// All addresses of a name, or of the text of an IP address, in the resolver's order.
    fileprivate static func addresses(of host: String, flags: Int32) throws(LookupFailure) -> [SocketAddress]
    {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = flags
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, nil, &hints, &list)
        guard result == 0 else {
            // Its own words for EAI_SYSTEM are "System error".
            throw LookupFailure(
                result == EAI_SYSTEM ? SystemError.last.description : String(cString: gai_strerror(result)))
        }
        defer { freeaddrinfo(list) }
        return sequence(first: list, next: { $0?.pointee.ai_next }).compactMap { entry in
            guard let entry, let address = entry.pointee.ai_addr else { return nil }
            return SocketAddress(copying: address, length: entry.pointee.ai_addrlen)
        }
    }
}

/// Why the system has no address of a name.
public struct LookupFailure: Error, Equatable, Sendable {
    /// The resolver's words (gai_strerror(3)).
    public let reason: String

    /// Makes one of the resolver's words, or of the caller's.
    public init(_ reason: String) {
        self.reason = reason
    }
}

/// An endpoint whose name could not be looked up.
public struct ResolutionError: Error, Equatable, CustomStringConvertible {
    /// The endpoint as it was written.
    public let endpoint: Endpoint
    /// The resolver's words.
    public let reason: String

    /// Makes one of an endpoint and the reason.
    public init(endpoint: Endpoint, reason: String) {
        self.endpoint = endpoint
        self.reason = reason
    }

    /// The whole message, in one line.
    public var description: String { "cannot look up \"\(endpoint)\": \(reason)" }
}

extension Endpoint {
    /// The name to be looked up; nil for an IP address and for a Unix socket, whose address is known without.
    public var hostName: HostName? {
        guard case .tcp(let host, _) = self, knownAddress == nil else { return nil }
        return HostName(description: host)
    }

    /// The address of an endpoint without a name.
    private var knownAddress: SocketAddress? {
        switch self {
        case .unix(let path): SocketAddress(unixPath: path)
        case .tcp(let host, let port):
            try? HostName.addresses(of: host, flags: AI_NUMERICHOST).first?.withPort(port)
        }
    }

    /// The endpoint's addresses, as soon as its name was looked up: one at least.
    ///
    /// - Parameter found: what ``HostName/lookUp()`` found; asked for a name alone.
    public func addresses<Failure>(
        of found: (HostName) throws(Failure) -> [SocketAddress]
    ) throws(Failure) -> [SocketAddress] {
        if let address = knownAddress { return [address] }
        guard case .tcp(let host, let port) = self else { preconditionFailure("a path needs no look-up") }
        return try found(HostName(description: host)).map { $0.withPort(port) }
    }

    /// Looks the endpoint up, and blocks for as long as the system's resolver does.
    ///
    /// - Returns: one address at least.
    public func resolveAll() throws(ResolutionError) -> [SocketAddress] {
        do throws(LookupFailure) {
            return try addresses { name throws(LookupFailure) in try name.lookUp() }
        } catch {
            throw ResolutionError(endpoint: self, reason: error.reason)
        }
    }

    /// The same for who needs one address: the first.
    public func resolve() throws(ResolutionError) -> SocketAddress {
        try resolveAll()[0]
    }
}
