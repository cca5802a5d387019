import Balancing
import Sockets
import Time

/// The attempts of an exchange: with which server the last one is or was, and what the next one may be.
struct Attempts {
    /// The server that the exchange is with.
    private(set) var server: ServerID?
    /// The server of the last attempt, whether the exchange is still with it or not.
    private(set) var lastServer: ServerID?
    /// When that server was picked, or took a new connection: what is seen of it is as old.
    private(set) var began = Instant.origin
    /// It goes over a connection that an exchange has used before.
    private(set) var isReused = false
    /// How many there were.
    private(set) var count = 0
    /// How many failed; a kept connection that had died is none.
    private(set) var failures = 0
    /// Why this one's server took no connection.
    private(set) var error: ProxyError?
    /// Why the last one failed.
    private(set) var lastFailure: ExchangeReason?
    /// Servers that get no other attempt.
    private(set) var tried = TriedServers()
    /// The next attempt goes to this server again, over a connection of its own.
    private(set) var freshServer: ServerID?
    /// Of the server that is being connected to.
    private var addresses = AddressTries()

    /// A server was picked.
    mutating func begin(with picked: ServerID, at now: Instant) {
        server = picked
        lastServer = picked
        began = now
        isReused = false
        error = nil
        count += 1
        freshServer = nil
        addresses = AddressTries()
    }

    /// The attempt goes over a connection that was kept.
    mutating func reuse() { isReused = true }

    /// The address of the server to connect to.
    mutating func nextAddress(of peer: PeerAddress) -> SocketAddress { addresses.next(of: peer) }

    /// The server took the connection.
    mutating func connected(to peer: PeerAddress, at now: Instant) {
        began = now
        addresses.succeeded(of: peer)
    }

    /// An address took no connection: nil when the server has another one, else why it could not be reached.
    mutating func verdict(after failure: ProxyError, of peer: PeerAddress) -> ProxyError? {
        addresses.verdict(after: failure, of: peer)
    }

    /// The exchange is with no server any more.
    mutating func leave() { server = nil }

    /// The same server is asked again.
    mutating func repeatAtServer() {
        lastFailure = .serverClosed
        freshServer = server
        server = nil
    }

    /// The server took no connection, at none of its addresses.
    mutating func notConnected(_ error: ProxyError) { self.error = error }

    /// No other attempt goes to a server that failed one. Answers what the client is told if there is no other.
    mutating func fail(_ server: ServerID, for failure: AttemptFailure) -> ExchangeReason {
        let reason: ExchangeReason =
            switch failure {
            case .notConnected: error.map { ExchangeReason($0) } ?? .connectFailed
            case .serverClosed: .serverClosed
            case .drained: .drainDeadline
            }
        lastFailure = reason
        tried.insert(server)
        failures += 1
        return reason
    }

    /// Any server may be the next one again; answers whether some might not.
    mutating func forgetTried() -> Bool {
        let hadSome = tried.count > 0
        tried.removeAll()
        return hadSome
    }
}
