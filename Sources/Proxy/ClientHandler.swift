import Balancing
import EventLoop

/// What a service's table holds: a client, in whichever mode it is served.
class ClientHandler: EventHandler {
    /// Its place in the table, which moves it.
    final var index = 0

    /// Begins to serve the client.
    func start() {}

    /// Closes without waiting for anybody.
    func cut() {}

    /// Whether the client and its server speak through us for as long as they like.
    var isTunnel: Bool { false }

    /// The same as ``cut()``, if it is with this server now.
    func cut(from server: ServerID) {}

    /// The balancer ends: closes if nothing is in flight, and after what is in flight otherwise.
    func finishSoon() {}
}
