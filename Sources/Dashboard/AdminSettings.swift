import Sockets

/// How the dashboard is reached, and by whom.
public struct AdminSettings: Sendable {
    /// Where it listens.
    public var address: SocketAddress
    /// What whoever asks must show; nil: nothing.
    public var token: Secret?
    /// Names by which browsers reach it, beside those of the loopback and of the address.
    public var hosts: [String]
    /// The most connections at once, on each listener.
    public var connections: Int
    /// The program's version.
    public var version: String

    /// Sets all of them.
    public init(
        address: SocketAddress, token: Secret?, hosts: [String], connections: Int, version: String
    ) {
        self.address = address
        self.token = token
        self.hosts = hosts
        self.connections = connections
        self.version = version
    }
}
