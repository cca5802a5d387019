import Sockets

/// Where a person watches and steers the running balancer, and who may.
public struct AdminConfiguration: Equatable, Sendable {
    /// Where the dashboard, the API and the metrics are; nil when they are off. Port 0 lets the kernel choose.
    public var listen: Endpoint?
    /// What clients must show; nil lets everybody in who reaches the listener. Never nil when that may be
    /// somebody from another machine, see ``isOpenToOthers``.
    public var token: AccessToken?
    /// The file that the token was read from; nil when it was given itself.
    public var tokenFile: String?
    /// By which names browsers reach the listener, beside `localhost`, `127.0.0.1`, `::1` and its own
    /// address: in lower case, with no port, each once. IPv6 addresses stand in their shortest form
    /// (RFC 5952) without brackets.
    public var hosts: [String]
    /// A listener of its own for `/metrics`, `/healthz` and `/readyz`, which asks for no token; nil for none.
    public var monitoring: Endpoint?

    /// Makes settings; what is left out is the default.
    public init(
        listen: Endpoint? = Defaults.adminListen, token: AccessToken? = nil, tokenFile: String? = nil,
        hosts: [String] = Defaults.adminHosts, monitoring: Endpoint? = Defaults.monitoring
    ) {
        self.listen = listen
        self.token = token
        self.tokenFile = tokenFile
        self.hosts = hosts
        self.monitoring = monitoring
    }

    /// Whether clients of other machines may reach the listener.
    public var isOpenToOthers: Bool { listen.map { !$0.isLoopback } ?? false }
}

extension Endpoint {
    /// Whether only this machine reaches a listener: 127.0.0.0/8, ::1, `localhost` (RFC 6761 section 6.3)
    /// and Unix sockets. Any other name counts as reachable, whatever it is looked up to today.
    public var isLoopback: Bool {
        guard case .tcp(let host, _) = self else { return true }
        // Its shortest form, which for a mapped IPv4 address is the IPv4 one.
        guard let address = try? AddressRange(host).description else {
            return HostName.withoutRoot(host).lowercased() == "localhost"
        }
        return address == "::1" || address.hasPrefix("127.")
    }
}
