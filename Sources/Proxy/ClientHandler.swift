import Balancing
import EventLoop
import Sockets

/// What a service's table holds: a client, in whichever mode it is served.
class ClientHandler: EventHandler {
    /// Its place in the table, which moves it.
    final var index = 0

    /// Begins to serve the client.
    func start() {}

    /// Closes without waiting for anybody.
    func cut() {}

    /// Both ends of its connection to the client, and of the one to its server; nil where nobody asks.
    var ends: ConnectionEnds? { nil }

    /// Whether the client and its server speak through us for as long as they like.
    var isTunnel: Bool { false }

    /// The same as ``cut()``, if it is with this server now.
    func cut(from server: ServerID) {}

    /// The balancer ends: closes if nothing is in flight, and after what is in flight otherwise.
    func finishSoon() {}
}

/// Both ends of a client's connection, and of the one to its server. Nil where the kernel knows none.
struct ConnectionEnds {
    let client: (peer: SocketAddress?, own: SocketAddress?)
    let server: (peer: SocketAddress?, own: SocketAddress?)
}
