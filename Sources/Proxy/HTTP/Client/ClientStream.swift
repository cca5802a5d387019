import Sockets
import Time

/// The client's side of an exchange: where its request comes from, and where its answer goes.
class ClientStream: ClientHandler {
    /// How an exchange leaves its client.
    enum Manner {
        /// The next request may come.
        case goingOn
        /// The client has its last answer.
        case closing
        /// The client has its last answer, and had said that it would ask for nothing more.
        case finished
        /// The client left between two requests.
        case leaving
        /// The client has a part of an answer, or is gone.
        case broken(Termination)
    }

    /// How long a new client that only waits for its answer is not watched: longer than most answers take, which so
    /// spares a call for each connection of one request; and soon enough to break off what nobody waits for.
    static let unwatchedTime = TimeSpan.milliseconds(100)

    final var stream: WatchedSocket
    final let identity: ClientIdentity

    init(_ socket: consuming Socket, identity: ClientIdentity) {
        stream = WatchedSocket(socket)
        self.identity = identity
        super.init()
    }

    /// The answer to the request in progress is the last one here.
    var isLastRequest: Bool { true }

    /// Watches the client from now on; what it has said or done by then is told in the next turn.
    func watch() {}

    /// The exchange is over and blank.
    ///
    /// - Parameter leftover: what the client said behind its request.
    func exchangeEnded(_ manner: Manner, leftover: consuming Buffer?) {}
}
