import Balancing
import EventLoop
import Sockets
import Time

/// The connections to all servers of a service that wait for their next user, and the users that wait for a server with
/// room.
final class UpstreamPool: EventHandler {
    /// How long a server may take to close a connection whose last answer has come; then it is reset.
    private static let leavingTime = TimeSpan.seconds(1)
    /// Leaving connections that are looked at for one to a certain server.
    private static let leavingLookedAt = 64
    /// Exchanges that leave the queue in one turn of the loop; in an outage thousands would.
    private static let leavingPerTurn = 64

    private let loop: EventLoop
    private let limits: HTTPLimits
    /// Index: the server's number. The last one used is the first one taken, so that a pool which is
    /// larger than it need be shrinks by its idle time-outs.
    private(set) var idle: [[UpstreamConnection]]
    /// All that are idle, of all servers, by how long they are.
    private var order = WaitingQueue<UpstreamConnection>()
    /// Connections that their servers are to close, for the end that closes first holds the port for a minute
    /// (TIME-WAIT, RFC 9293 section 3.6).
    private var leaving = WaitingQueue<UpstreamConnection>()
    /// Connections to servers: idle, lent or leaving.
    private(set) var openCount = 0
    /// First in, first out.
    private(set) var queue = WaitingQueue<UpstreamUser>()

    init(on loop: EventLoop, servers: Int, limits: HTTPLimits) {
        self.loop = loop
        self.limits = limits
        idle = Array(repeating: [], count: servers)
        super.init()
    }

    /// How many connections no exchange needs.
    var spareCount: Int { order.count + leaving.count }

    /// An idle connection to a server, the last one used.
    ///
    /// - Parameter surely: for a request that must not be sent twice: the connection is looked at first,
    ///   for its end may have come since the loop last heard of it.
    func take(to server: ServerID, surely: Bool) -> UpstreamConnection? {
        while let connection = idle[server.number].popLast() {
            order.leave(connection.place)
            loop.clearDeadline(of: connection)
            if !surely || connection.stream.socket.isQuietlyOpen { return connection }
            close(connection)
        }
        return nil
    }

    /// Takes back a connection over which a whole exchange went, with no byte left over.
    func giveBack(_ connection: UpstreamConnection) {
        // Bytes behind an answer would be taken for the next one.
        guard !connection.stream.isClosing, connection.stream.isQuiet() else { return close(connection) }
        guard idle[connection.server.number].count < limits.keptConnections else {
            // Its port is free at once, as with HAProxy: nothing is on its way.
            connection.stream.socket.resetOnClose()
            return close(connection)
        }
        idle[connection.server.number].append(connection)
        connection.place = order.append(connection)
        loop.setDeadline(of: connection, to: loop.now + limits.serverKeepAlive)
    }

    /// Takes back a connection over which nothing more goes, and whose server knows it.
    func letServerClose(_ connection: UpstreamConnection) {
        guard !connection.stream.isClosing, connection.stream.isQuiet() else { return close(connection) }
        connection.isLeaving = true
        connection.place = leaving.append(connection)
        loop.setDeadline(of: connection, to: loop.now + Self.leavingTime)
    }

    /// An idle connection has said something, mostly its end, or its time is over.
    func end(_ connection: UpstreamConnection) {
        if connection.isLeaving {
            loop.retire(connection)
            leaving.leave(connection.place)
            if !connection.stream.isClosing { connection.stream.socket.resetOnClose() }
            close(connection)
        } else {
            discardIdle(connection)
        }
    }

    /// Closes a lent connection.
    func close(_ connection: UpstreamConnection) {
        openCount -= 1
        loop.retire(connection)
        loop.clearDeadline(of: connection)
        connection.stream.close()
    }

    private func discardIdle(_ connection: UpstreamConnection) {
        loop.retire(connection)
        idle[connection.server.number].removeAll { $0 === connection }
        order.leave(connection.place)
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

    /// Closes a connection that leaves, or the one that has been idle longest, for its descriptor; false when there is
    /// none.
    func giveUpIdle() -> Bool {
        if giveUpLeaving() { return true }
        guard let oldest = order.first else { return false }
        discardIdle(oldest)
        return true
    }

    /// Resets the connection that has been leaving longest, for its descriptor; false when there is none.
    private func giveUpLeaving() -> Bool {
        guard let oldest = leaving.first else { return false }
        end(oldest)
        return true
    }

    /// Resets a connection to a server that has been leaving for long, for its port: a port is short for one server
    /// alone. False when there is none among the first that leave.
    func giveUpLeaving(to server: ServerID) -> Bool {
        guard let found = leaving.first(amongFirst: Self.leavingLookedAt, where: { $0.server == server })
        else { return false }
        end(found)
        return true
    }

    /// Closes the idle connections to a server.
    func closeIdle(to server: ServerID) {
        for connection in idle[server.number] {
            order.leave(connection.place)
            close(connection)
        }
        idle[server.number] = []
    }

    /// Closes all connections that no exchange needs.
    func closeIdle() {
        while giveUpLeaving() {}
        for server in idle.indices { closeIdle(to: ServerID(server)) }
    }

    // MARK: The queue

    var isQueueFull: Bool { queue.count >= limits.queue }

    /// A server may have room, or none is left to wait for: those that wait pick again, in a turn of their own
    /// and not inside the call of the exchange that made room.
    func roomCame() {
        if queue.count > 0 { loop.resumeNextTurn(self) }
    }

    func enqueue(_ user: UpstreamUser) -> WaitingQueue<UpstreamUser>.Place {
        queue.append(user)
    }

    func leaveQueue(_ place: WaitingQueue<UpstreamUser>.Place) {
        queue.leave(place)
    }

    /// Those that have waited longest pick again, until one finds no room: then no other would.
    override func resumed() {
        for _ in 0..<Self.leavingPerTurn {
            guard let first = queue.first else { return }
            first.roomCame()
            if queue.first === first { return }
        }
        roomCame()
    }
}
