/// Where a peer is: of the addresses that its name has, the one that took a connection last.
///
/// Names have several mostly because a machine speaks IPv4 and IPv6, and a program often listens at one of them
/// alone: `localhost` of Node.js is `::1`. nginx and curl try each address too.
public final class PeerAddress {
    fileprivate let all: [SocketAddress]
    fileprivate var chosen = 0

    /// - Precondition: there is one address at least.
    public init(_ all: [SocketAddress]) {
        precondition(!all.isEmpty, "a peer has an address")
        self.all = all
    }
}

/// The addresses of one peer that somebody tries in a row, beginning with the one that took a connection last.
public struct AddressTries: Sendable {
    private var number = 0
    private var failed = 0
    /// What an address of the row said of the peer itself.
    private var telling: SystemError?

    /// None so far.
    public init() {}

    /// The address that a row begins with, or goes on with.
    public mutating func next(of peer: PeerAddress) -> SocketAddress {
        if failed == 0 { number = peer.chosen }
        return peer.all[number]
    }

    /// The address that ``next(of:)`` gave last.
    public func current(of peer: PeerAddress) -> SocketAddress { peer.all[number] }

    /// The address took no connection. Answers whether the peer has another one, which this row has not tried. What one
    /// of them refused says nothing about those who come after: they begin where they did.
    public mutating func hasAnother(of peer: PeerAddress, after error: SystemError) -> Bool {
        if !error.saysNothingOfPeer { telling = telling ?? error }
        failed += 1
        guard error.mayHelpElsewhere, failed < peer.all.count else { return false }
        number = (number + 1) % peer.all.count
        return true
    }

    /// Why the peer could not be reached, when the last of its addresses failed so: a refusal by one says more than that
    /// this machine has no way to another.
    public func verdict(_ last: SystemError) -> SystemError { telling ?? last }

    /// The address did not answer in time, and there is none for another: the next row begins with the next address,
    /// unless somebody has seen to that already.
    public func timedOut(of peer: PeerAddress) {
        if peer.chosen == number { peer.chosen = (number + 1) % peer.all.count }
    }

    /// The address took the connection.
    public func succeeded(of peer: PeerAddress) {
        peer.chosen = number
    }
}
