import Balancing
import EventLoop
import Sockets
import Time

/// The connections to all servers of a service that wait for their next exchange, and the exchanges
/// that wait for a server with room.
final class UpstreamPool {
    private let loop: EventLoop
    private let limits: HTTPLimits
    /// Index: the server's number. The last one used is the first one taken, so that a pool which is
    /// larger than it need be shrinks by its idle time-outs.
    private var idle: [[UpstreamConnection]]
    private var waiting: [Exchange] = []

    init(on loop: EventLoop, servers: Int, limits: HTTPLimits) {
        self.loop = loop
        self.limits = limits
        idle = Array(repeating: [], count: servers)
    }

    /// An idle connection to a server, the last one used.
    func take(to server: ServerID) -> UpstreamConnection? {
        guard let connection = idle[server.number].popLast() else { return nil }
        loop.clearDeadline(of: connection)
        return connection
    }

    /// Takes back a connection over which a whole exchange went, with no byte left over.
    func giveBack(_ connection: UpstreamConnection) {
        guard !connection.stream.isClosing, idle[connection.server.number].count < limits.keptConnections
        else { return close(connection) }
        connection.isReused = true
        idle[connection.server.number].append(connection)
        loop.setDeadline(of: connection, to: loop.now + limits.serverKeepAlive)
    }

    /// Closes a lent connection.
    func close(_ connection: UpstreamConnection) {
        loop.retire(connection)
        loop.clearDeadline(of: connection)
        connection.stream.close()
    }

    func discardIdle(_ connection: UpstreamConnection) {
        loop.retire(connection)
        idle[connection.server.number].removeAll { $0 === connection }
        close(connection)
    }

    /// Closes all idle connections.
    func closeIdle() {
        for connection in idle.joined() { close(connection) }
        idle = idle.map { _ in [] }
    }

    // MARK: The queue, first in, first out

    var isQueueFull: Bool { waiting.count >= limits.queue }

    func enqueue(_ exchange: Exchange) {
        waiting.append(exchange)
    }

    func leaveQueue(_ exchange: Exchange) {
        waiting.removeAll { $0 === exchange }
    }

    /// A server has come up: all that wait pick again, in their order.
    func serverCame() {
        let all = waiting
        waiting = []
        for exchange in all { exchange.pickAgain() }
    }

    /// A server has room: the longest waiting exchange picks again, in the next turn.
    func roomCame() {
        guard let first = waiting.first else { return }
        waiting.removeFirst()
        first.pickAgain()
    }
}
