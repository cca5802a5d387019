import Balancing
import EventLoop
import Sockets

/// One connection to a server: idle in its pool, or lent to one user at a time.
final class UpstreamConnection: EventHandler {
    /// What becomes of it when its exchange lets go of it.
    enum Fate {
        /// It waits for another exchange.
        case kept
        /// Its server is to close it.
        case leaving
        /// It is closed.
        case closed
    }

    let server: ServerID
    /// Whether its server is to close it.
    var isLeaving = false
    /// Among the idle ones, or those that leave.
    var place: WaitingQueue<UpstreamConnection>.Place = 0
    var stream: WatchedSocket
    /// Whom it is lent to.
    var user: UpstreamUser?
    private unowned let pool: UpstreamPool

    init(_ socket: consuming Socket, to server: ServerID, in pool: UpstreamPool) {
        self.server = server
        self.pool = pool
        stream = WatchedSocket(socket)
        super.init()
    }

    override func socketReady(_ number: Int32, _ events: SocketEvents) {
        stream.note(events)
        if let user {
            user.serverReady()
        } else if stream.isReadable {
            // An idle connection has nothing to say but its end; a server that speaks unasked is no
            // better.
            pool.end(self)
        }
    }

    override func deadlinePassed() {
        pool.end(self)
    }
}
