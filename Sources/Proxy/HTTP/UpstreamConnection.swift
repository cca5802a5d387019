import Balancing
import EventLoop
import Sockets

/// One connection to a server: idle in its pool, or lent to one exchange at a time.
final class UpstreamConnection: EventHandler {
    let server: ServerID
    /// Among all idle ones; of interest while it is idle.
    var place: WaitingQueue<UpstreamConnection>.Place = 0
    var stream: WatchedSocket
    /// The exchange that it is lent to.
    var exchange: Exchange?
    /// Whether an exchange has used it before: then it may die between two of them, by nobody's fault.
    var isReused = false
    private unowned let pool: UpstreamPool

    init(_ socket: consuming Socket, to server: ServerID, in pool: UpstreamPool) {
        self.server = server
        self.pool = pool
        stream = WatchedSocket(socket)
        super.init()
    }

    override func socketReady(_ number: Int32, _ events: SocketEvents) {
        stream.note(events)
        if let exchange {
            exchange.upstreamReady()
        } else if stream.isReadable {
            // An idle connection has nothing to say but its end; a server that speaks unasked is no
            // better.
            pool.discardIdle(self)
        }
    }

    override func deadlinePassed() {
        pool.discardIdle(self)
    }
}
