import Balancing
import EventLoop
import Sockets
import Time

/// The connections to all servers of a service that wait for their next exchange, and the exchanges
/// that wait for a server with room.
final class UpstreamPool: EventHandler {
    /// Exchanges that leave the queue in one turn of the loop; in an outage thousands would.
    private static let leavingPerTurn = 64

    private let loop: EventLoop
    private let limits: HTTPLimits
    private let keepAlive: Wait
    /// Index: the server's number. The last one used is the first one taken, so that a pool which is
    /// larger than it need be shrinks by its idle time-outs.
    private(set) var idle: [[UpstreamConnection]]
    /// How many connections are idle.
    private(set) var idleCount = 0
    /// Connections to servers, idle or lent.
    private(set) var openCount = 0
    /// First in, first out.
    private(set) var queue = WaitingQueue<Exchange>()

    init(on loop: EventLoop, servers: Int, limits: HTTPLimits) {
        self.loop = loop
        self.limits = limits
        keepAlive = Wait(limits.serverKeepAlive)
        idle = Array(repeating: [], count: servers)
        super.init()
    }

    /// An idle connection to a server, the last one used.
    ///
    /// - Parameter surely: for a request that must not be sent twice: the connection is looked at first,
    ///   for its end may have come since the loop last heard of it.
    func take(to server: ServerID, surely: Bool) -> UpstreamConnection? {
        while let connection = idle[server.number].popLast() {
            idleCount -= 1
            loop.clearDeadline(of: connection)
            if !surely || connection.stream.socket.isQuietlyOpen { return connection }
            close(connection)
        }
        return nil
    }

    /// Takes back a connection over which a whole exchange went, with no byte left over.
    func giveBack(_ connection: UpstreamConnection) {
        guard !connection.stream.isClosing, idle[connection.server.number].count < limits.keptConnections,
            // Bytes behind an answer would be taken for the next one.
            connection.stream.isQuiet()
        else { return close(connection) }
        connection.isReused = true
        idle[connection.server.number].append(connection)
        idleCount += 1
        connection.idleUntil = loop.now + keepAlive
        loop.setDeadline(of: connection, to: connection.idleUntil)
    }

    /// Closes a lent connection.
    func close(_ connection: UpstreamConnection) {
        openCount -= 1
        loop.retire(connection)
        loop.clearDeadline(of: connection)
        connection.stream.close()
    }

    func discardIdle(_ connection: UpstreamConnection) {
        loop.retire(connection)
        idle[connection.server.number].removeAll { $0 === connection }
        idleCount -= 1
        close(connection)
    }

    /// A connection to a server is to be made: an idle one makes room where there are as many as there may be.
    func willOpen() {
        openCount += 1
        if openCount > limits.serverConnections { _ = giveUpIdle() }
    }

    /// A connection was not made after all.
    func didNotOpen() {
        openCount -= 1
    }

    /// Closes the connection that has been idle longest, for its descriptor; false when none is idle. A step for
    /// each server, so that a request does not pay for what only a shortage needs.
    func giveUpIdle() -> Bool {
        let oldest = idle.lazy.compactMap(\.first).min { $0.idleUntil < $1.idleUntil }
        guard idleCount > 0, let oldest else { return false }
        discardIdle(oldest)
        return true
    }

    /// Closes the idle connections to a server.
    func closeIdle(to server: ServerID) {
        idleCount -= idle[server.number].count
        for connection in idle[server.number] { close(connection) }
        idle[server.number] = []
    }

    /// Closes all idle connections.
    func closeIdle() {
        for connection in idle.joined() { close(connection) }
        idle = idle.map { _ in [] }
        idleCount = 0
    }

    // MARK: The queue

    var isQueueFull: Bool { queue.count >= limits.queue }

    /// A server may have room, or none is left to wait for: those that wait pick again, in a turn of their own
    /// and not inside the call of the exchange that made room.
    func roomCame() {
        if queue.count > 0 { loop.resumeNextTurn(self) }
    }

    func enqueue(_ exchange: Exchange) -> WaitingQueue<Exchange>.Place {
        queue.append(exchange)
    }

    func leaveQueue(_ place: WaitingQueue<Exchange>.Place) {
        queue.leave(place)
    }

    /// Those that have waited longest pick again, until one finds no room: then no other would.
    override func resumed() {
        for _ in 0..<Self.leavingPerTurn {
            guard let first = queue.first else { return }
            first.pickAgain()
            if queue.first === first { return }
        }
        roomCame()
    }
}
