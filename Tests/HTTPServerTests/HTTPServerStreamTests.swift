import EventLoop
import HTTPServer
import Sockets
import TestSupport
import Testing
import Time

@Suite("A stream of the HTTP server")
struct HTTPServerStreamTests {
    /// What the server handed out.
    private final class Streams {
        var all: [HTTPServerStream] = []
        var closed = 0
        /// What is done with a stream inside the callback that hands it out.
        var begin: (HTTPServerStream) -> Void = { _ in }
    }

    private let loop: EventLoop
    private let streams = Streams()
    private var server: HTTPServer

    init() throws {
        loop = try EventLoop()
        var limits = HTTPServer.Limits()
        limits.idle = .seconds(1)
        server = try .forTests(on: loop, limits: limits) { [streams] _ in
            .now(
                HTTPServerResponse(
                    status: 200,
                    body: .stream { stream in
                        stream.onClose = { [weak streams] in streams?.closed += 1 }
                        streams.all.append(stream)
                        streams.begin(stream)
                    }))
        }
    }

    private func open(_ version: String = "HTTP/1.1") throws -> Peer {
        let peer = try Peer(connectingTo: server.address)
        let count = streams.all.count
        peer.send("GET / \(version)\r\nHost: x\r\n\r\n")
        #expect(try loop.run { streams.all.count > count })
        return peer
    }

    @Test("sends pieces as they come, and its end")
    func sends() throws {
        let peer = try open()
        streams.all[0].send("one")
        #expect(try loop.run { peer.received.hasSuffix("3\r\none\r\n") })
        streams.all[0].send("two")
        streams.all[0].end()
        #expect(try loop.run { peer.received.hasSuffix("3\r\ntwo\r\n0\r\n\r\n") })
        #expect(streams.closed == 0)
    }

    @Test("tells once that its client is gone, and forgets what is sent then")
    func noticesGoneClients() throws {
        let peer = try open()
        peer.reset()
        #expect(
            try loop.run {
                streams.all[0].send("x")
                return streams.closed == 1
            })
        #expect(!streams.all[0].isOpen)
        streams.all[0].send("x")
        streams.all[0].end()
        #expect(streams.closed == 1)
    }

    @Test("knows how much waits for a client that does not read, and can cut it")
    func cutsDeafClients() throws {
        let peer = try open()
        let piece = String(repeating: "x", count: 1 << 20)
        #expect(
            try loop.run {
                streams.all[0].send(piece)
                return streams.all[0].waitingBytes > 8 << 20
            })
        streams.all[0].cut()
        #expect(try loop.run { streams.closed == 1 })
        _ = peer
    }

    @Test("is closed with the server")
    mutating func closesWithServer() throws {
        let peer = try open()
        server = try .forTests(on: loop) { _ in .now(HTTPServerResponse(status: 404)) }
        #expect(streams.closed == 1)
        #expect(try loop.run { peer.isEnded || peer.failure != nil })
    }

    @Test("lives on while something is sent now and then, though its client has nothing to say")
    func outlivesIdleConnections() throws {
        let peer = try open()
        for number in 0..<4 {
            try loop.run(for: .milliseconds(500))
            streams.all[0].send("piece \(number)")
        }
        #expect(try loop.run { peer.received.hasSuffix("piece 3\r\n") })
        #expect(streams.closed == 0)
    }

    @Test("has no frame for an HTTP/1.0 client, and ends with its connection")
    func servesOldClients() throws {
        let peer = try open("HTTP/1.0")
        streams.all[0].send("one")
        #expect(try loop.run { peer.received.hasSuffix("\r\n\r\none") })
        streams.all[0].end()
        #expect(try loop.run { peer.isEnded })
        let other = try open("HTTP/1.0")
        streams.all[1].send("two")
        streams.all[1].end()
        #expect(try loop.run { other.isEnded && other.received.hasSuffix("two") })
        #expect(streams.closed == 0)
    }

    @Test("may end, or break off, as soon as it has begun")
    func endsAtOnce() throws {
        streams.begin = { $0.end() }
        for version in ["HTTP/1.1", "HTTP/1.0"] {
            let peer = try open(version)
            #expect(try loop.run { peer.isEnded })
        }
        streams.begin = { $0.cut() }
        let peer = try open()
        #expect(try loop.run { peer.isOver && streams.closed == 1 })
        #expect(try loop.run { server.connectionCount == 0 })
    }

    @Test("is not given to HEAD, which ends at once")
    func isNotForHead() throws {
        let peer = try Peer(connectingTo: server.address)
        peer.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try loop.run { peer.received.hasSuffix("\r\n\r\n") })
        #expect(streams.all.isEmpty)
    }

    @Test("lets further requests of its client wait until it ends")
    func letsRequestsWait() throws {
        let peer = try open()
        peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        loop.runTurns(20)
        #expect(streams.all.count == 1)
        streams.all[0].end()
        #expect(try loop.run { streams.all.count == 2 })
    }

    @Test("takes no more from a client that floods it than a request may have")
    func boundsWhatIsSent() throws {
        let peer = try open()
        let flood = String(repeating: "x", count: 1 << 20)
        var (total, quietTurns) = (0, 0)
        // The kernel's buffers take some, too.
        while quietTurns < 1000, total < 32 << 20 {
            let count = peer.sendWhatFits(flood[...].utf8)
            total += count
            quietTurns = count > 0 ? 0 : quietTurns + 1
            loop.runOneTurn()
        }
        #expect(total < 32 << 20)
        peer.reset()
        #expect(
            try loop.run {
                streams.all[0].send("x")
                return streams.closed == 1
            })
    }
}
