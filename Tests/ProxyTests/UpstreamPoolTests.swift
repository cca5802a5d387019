import Balancing
import EventLoop
import Glibc
import TestSupport
import Testing

@testable import Proxy
@testable import Sockets

/// The connections that wait for their next exchange.
@Suite struct UpstreamPoolTests {
    private let loop: EventLoop
    private let server = ServerID(1)

    init() throws {
        loop = try EventLoop()
    }

    private func makePool(_ change: (inout HTTPLimits) -> Void = { _ in }) -> UpstreamPool {
        UpstreamPool(on: loop, servers: 2, limits: .patient(change))
    }

    /// A connection as an exchange has it, and the server's end.
    private func lend(
        from pool: UpstreamPool, to server: ServerID = ServerID(1)
    ) throws -> (connection: UpstreamConnection, peer: Peer) {
        let pair = try SocketPair()
        let connection = UpstreamConnection(
            Socket(owning: dup(pair.near.number)), to: server, in: pool)
        try connection.stream.watch(on: loop, handler: connection)
        return (connection, Peer(Socket(owning: dup(pair.far.number))))
    }

    private func idle(_ pool: UpstreamPool) -> [UpstreamConnection] { pool.idle[server.number] }

    @Test func theLastOneUsedIsTheFirstOneTaken() throws {
        let pool = makePool()
        let connections = try (0..<3).map { _ in try lend(from: pool).connection }
        for connection in connections { pool.giveBack(connection) }
        for connection in connections.reversed() {
            #expect(pool.take(to: server, surely: false) === connection)
        }
        #expect(pool.take(to: server, surely: false) == nil)
        #expect(pool.take(to: ServerID(0), surely: false) == nil)
    }

    @Test func moreThanTheLimitAreClosed() throws {
        let pool = makePool { $0.keptConnections = 2 }
        let lent = try (0..<3).map { _ in try lend(from: pool) }
        for (connection, _) in lent { pool.giveBack(connection) }
        #expect(idle(pool).count == 2)
        #expect(lent[2].peer.isEnded)
        #expect(!lent[0].peer.isEnded)
    }

    @Test func oneThatWaitsTooLongIsClosedAndFreed() throws {
        let pool = makePool { $0.serverKeepAlive = HTTPLimits.short }
        weak var seen: UpstreamConnection?
        let peer: Peer
        do {
            let lent = try lend(from: pool)
            seen = lent.connection
            peer = lent.peer
            pool.giveBack(lent.connection)
        }
        let isClosed = try loop.run(until: { peer.isEnded })
        #expect(isClosed)
        loop.runTurns(2)
        #expect(idle(pool).isEmpty)
        #expect(seen == nil)
    }

    @Test func oneThatIsTakenHasNoDeadline() throws {
        let pool = makePool { $0.serverKeepAlive = HTTPLimits.short }
        let (connection, peer) = try lend(from: pool)
        pool.giveBack(connection)
        #expect(pool.take(to: server, surely: false) === connection)
        try loop.run(for: .milliseconds(300))
        #expect(!peer.isEnded)
    }

    @Test(arguments: [true, false])
    func aServerThatClosesOrSpeaksWhileIdleIsLeft(speaks: Bool) throws {
        let pool = makePool()
        let lent = try (0..<2).map { _ in try lend(from: pool) }
        loop.runTurns(2)
        for (connection, _) in lent { pool.giveBack(connection) }
        if speaks { lent[0].peer.send("HTTP/1.1 408 ") } else { lent[0].peer.close() }
        let isLeft = try loop.run(until: { idle(pool).count == 1 })
        #expect(isLeft)
        #expect(pool.take(to: server, surely: false) === lent[1].connection)
    }

    @Test func aServerThatHasClosedAlreadyIsNotKept() throws {
        let pool = makePool()
        let (connection, peer) = try lend(from: pool)
        peer.close()
        // It is reported while an exchange has the connection.
        connection.stream.note(.closed)
        pool.giveBack(connection)
        #expect(idle(pool).isEmpty)
    }

    @Test func allCanBeClosedAtOnce() throws {
        let pool = makePool()
        let lent = try (0..<3).map { _ in try lend(from: pool) }
        for (connection, _) in lent { pool.giveBack(connection) }
        pool.closeIdle()
        #expect(lent.allSatisfy { $0.peer.isEnded })
        #expect(pool.take(to: server, surely: false) == nil)
    }

    @Test func oneThatDiedUnseenIsNotTakenForWhatMustNotBeSentTwice() throws {
        let pool = makePool()
        let lent = try (0..<3).map { _ in try lend(from: pool) }
        for (connection, _) in lent { pool.giveBack(connection) }
        lent[2].peer.close()
        lent[1].peer.send("x")
        #expect(pool.take(to: server, surely: true) === lent[0].connection)
        #expect(idle(pool).isEmpty)
        #expect(lent[1].peer.isOver)
    }

    @Test func oneThatItsServerIsToCloseIsClosedAfterIt() throws {
        let pool = makePool()
        let (connection, peer) = try lend(from: pool)
        pool.letServerClose(connection)
        #expect(pool.spareCount == 1 && pool.take(to: server, surely: false) == nil)
        #expect(!peer.isEnded)
        peer.close()
        #expect(try loop.run(until: { pool.spareCount == 0 }))
    }

    @Test func oneThatItsServerDoesNotCloseIsReset() throws {
        let pool = makePool()
        let (connection, peer) = try lend(from: pool)
        pool.letServerClose(connection)
        #expect(try loop.run(until: { peer.isEnded }))
        #expect(pool.spareCount == 0)
    }

    @Test func thoseThatLeaveGiveWayBeforeThoseThatAreKept() throws {
        let pool = makePool()
        let lent = try (0..<2).map { _ in try lend(from: pool) }
        pool.giveBack(lent[0].connection)
        pool.letServerClose(lent[1].connection)
        #expect(pool.giveUpIdle())
        #expect(!lent[0].peer.isEnded && lent[1].peer.isEnded)
        #expect(!pool.giveUpLeaving(to: server))
    }

    @Test func oneThatItsServerHasClosedAlreadyDoesNotWait() throws {
        let pool = makePool()
        let (connection, peer) = try lend(from: pool)
        peer.close()
        connection.stream.note([.readable, .closed])
        pool.letServerClose(connection)
        #expect(pool.spareCount == 0)
    }

    @Test func theLongestIdleOfAllServersGoesFirst() throws {
        let pool = makePool()
        let lent = try [1, 0, 1, 0].map { try lend(from: pool, to: ServerID($0)) }
        for (connection, _) in lent { pool.giveBack(connection) }
        let taken = try #require(pool.take(to: server, surely: false))
        #expect(taken === lent[2].connection)
        pool.giveBack(taken)
        for next in [0, 1, 3, 2] {
            #expect(!lent[next].peer.isEnded)
            #expect(pool.giveUpIdle())
            #expect(lent[next].peer.isEnded)
        }
        #expect(!pool.giveUpIdle())
    }

    @Test func whoeverNeedsADescriptorGetsTheOneThatIsIdleLongest() throws {
        let pool = makePool()
        let lent = try (0..<2).map { _ in try lend(from: pool) }
        for (connection, _) in lent { pool.giveBack(connection) }
        #expect(pool.giveUpIdle())
        #expect(lent[0].peer.isEnded && !lent[1].peer.isEnded)
        #expect(pool.giveUpIdle())
        #expect(!pool.giveUpIdle())
    }
}
