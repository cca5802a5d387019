import Sockets

/// A server as a check sees it.
public struct CheckTarget {
    /// Where to connect; shared with whoever else connects there.
    public let address: PeerAddress
    /// The `Host` field of an HTTP check that names none: the address as it was configured.
    public let host: String

    /// Names a server to check.
    public init(address: PeerAddress, host: String) {
        self.address = address
        self.host = host
    }
}
