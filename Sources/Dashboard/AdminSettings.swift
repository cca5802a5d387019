import Sockets

/// How the dashboard is reached, and by whom.
public struct AdminSettings: Sendable {
    /// Where it listens.
    public var address: SocketAddress
    /// What whoever asks must show; nil: nothing.
    public var token: String?
    /// Names by which browsers reach it, beside those of the loopback and of the address.
    public var hosts: [String]
    /// A listener of its own for `/metrics`, `/healthz` and `/readyz`, which needs no token.
    public var monitoring: SocketAddress?
    /// The program's version.
    public var version: String

    /// Sets all of them.
    public init(
        address: SocketAddress, token: String?, hosts: [String], monitoring: SocketAddress?, version: String
    ) {
        self.address = address
        self.token = token
        self.hosts = hosts
        self.monitoring = monitoring
        self.version = version
    }
}
