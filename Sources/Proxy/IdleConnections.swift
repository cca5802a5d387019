import Sockets

/// What all services keep without need, for the descriptors: connections to servers that wait for their next exchange.
/// In a shortage every service gives way to every other one.
public final class IdleConnections {
    private struct Keeper {
        weak var pool: UpstreamPool?
    }

    private var keepers: [Keeper] = []

    /// Nobody keeps anything yet.
    public init() {}

    func add(_ pool: UpstreamPool) {
        keepers.append(Keeper(pool: pool))
    }

    /// Closes the connection that has been idle longest with the service that keeps the most; false when none is
    /// idle anywhere. A step for each service.
    func giveUpOne() -> Bool {
        keepers.compactMap(\.pool).max { $0.spareCount < $1.spareCount }?.giveUpIdle() ?? false
    }

    /// Makes a connection to a server; what is kept without need gives way when no descriptor is left.
    func connect(to address: SocketAddress, delayingSmallWrites: Bool = false) throws(SystemError) -> Socket {
        while true {
            do {
                return try Socket.connect(to: address, delayingSmallWrites: delayingSmallWrites)
            } catch {
                // As many times as connections are kept, at most.
                guard error.isOutOfDescriptors, giveUpOne() else { throw error }
            }
        }
    }
}
