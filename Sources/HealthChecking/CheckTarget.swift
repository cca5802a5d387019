import Sockets

/// A server as a check sees it.
public struct CheckTarget: Sendable {
    /// Where to connect.
    public let address: SocketAddress
    /// The `Host` field of an HTTP check that names none: the address as it was configured.
    public let host: String

    /// Names a server to check.
    public init(address: SocketAddress, host: String) {
        self.address = address
        self.host = host
    }
}
