/// Where a peer is: of the addresses that its name has, the one that took a connection last.
///
/// Names have several mostly because a machine speaks IPv4 and IPv6, and a program often listens at one of them
/// alone: `localhost` of Node.js is `::1`. nginx and curl try each address too; here one that fails is not tried again
/// before the others were.
public final class PeerAddress {
    private let all: [SocketAddress]
    private var chosen = 0

    /// - Precondition: there is one address at least.
    public init(_ all: [SocketAddress]) {
        precondition(!all.isEmpty, "a peer has an address")
        self.all = all
    }

    /// How many there are.
    public var count: Int { all.count }

    /// The one to connect to.
    public var current: SocketAddress { all[chosen] }

    /// Which of them ``current`` is.
    public var number: Int { chosen }

    /// One of them took no connection: the next is to be tried, unless somebody has seen to that already.
    public func giveUp(_ number: Int) {
        if number == chosen { chosen = (chosen + 1) % all.count }
    }
}

/// The addresses of one peer that somebody has tried in a row.
public struct AddressTries: Sendable {
    private var number = 0
    private var failed = 0

    /// None so far.
    public init() {}

    /// The address to connect to now.
    public mutating func begin(at address: PeerAddress) -> SocketAddress {
        number = address.number
        return address.current
    }

    /// The address took no connection. Answers whether the peer has another one that was not tried; if not, the next row
    /// begins.
    public mutating func hasAnother(at address: PeerAddress) -> Bool {
        address.giveUp(number)
        failed += 1
        if failed < address.count { return true }
        failed = 0
        return false
    }

    /// The address took the connection.
    public mutating func succeeded() {
        failed = 0
    }
}
