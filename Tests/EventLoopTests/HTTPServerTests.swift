import EventLoop
import Foundation
import Sockets
import TestSupport
import Testing
import Time

@Suite("The HTTP server")
struct HTTPServerTests {
    let loop: EventLoop
    let server: HTTPServer

    init() throws {
        loop = try EventLoop()
        server = try Self.echo(on: loop)
    }

    /// Answers with what it was asked.
    private static func echo(
        on loop: EventLoop, limits: HTTPServer.Limits = HTTPServer.Limits()
    ) throws -> HTTPServer {
        try HTTPServer(listeningOn: Endpoint("127.0.0.1:0").resolve(), on: loop, limits: limits) { request in
            guard !request.isBodyTooLarge else { return HTTPServerResponse(status: 413) }
            let text = "\(request.method) \(request.target) \(String(decoding: request.body, as: UTF8.self))"
            return HTTPServerResponse(
                status: 200, fields: [("X-Own", request.value(of: "x-asked") ?? "none")],
                body: .bytes(Array(text.utf8)))
        }
    }

    private func connect(_ request: String = "") throws -> Peer {
        let peer = try Peer(connectingTo: server.address)
        if !request.isEmpty { peer.send(request) }
        return peer
    }

    @Test("answers a request with its method, target, fields and body")
    func answers() throws {
        let peer = try connect(
            "POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Asked: yes\r\nContent-Length: 4\r\n\r\nbody")
        #expect(try loop.run { peer.received.contains("POST /a?b=c body") })
        #expect(peer.received.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(peer.received.contains("X-Own: yes\r\n"))
    }

    @Test("answers HEAD with the length and nothing else, and goes on with the connection")
    func answersHead() throws {
        let peer = try connect("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try loop.run { peer.received.hasSuffix("\r\n\r\n") })
        #expect(peer.received.contains("Content-Length: 7\r\n"))
        peer.send("GET /next HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try loop.run { peer.received.contains("GET /next") })
    }

    @Test(
        "takes no body for the next request",
        arguments: ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT", "POST"])
    func doesNotSmuggle(_ method: String) throws {
        let hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
        let peer = try connect(
            "\(method) /a HTTP/1.1\r\nHost: x\r\nContent-Length: \(hidden.utf8.count)\r\n\r\n\(hidden)")
        #expect(try loop.run { peer.received.contains("HTTP/1.1 ") })
        loop.runTurns(20)
        #expect(peer.received.components(separatedBy: "HTTP/1.1 200 OK").count <= 2)
    }

    @Test("hands on that a body was over the limit")
    func refusesLargeBodies() throws {
        let size = 64 * 1024 + 1
        let peer = try connect("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")
        peer.sendWhatFits(String(repeating: "x", count: size))
        #expect(try loop.run { peer.received.hasPrefix("HTTP/1.1 413 ") })
    }

    @Test("refuses a body far over the limit without reading it")
    func refusesHugeBodies() throws {
        let peer = try connect("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
        #expect(try loop.run { peer.received.hasPrefix("HTTP/1.1 413 ") })
    }

    @Test(
        "refuses what is not HTTP",
        arguments: ["\u{16}\u{3}\u{1}hello\r\n\r\n", "GET\r\n\r\n", "FLY / HTTP/1.1\r\nHost: x\r\n\r\n"])
    func refusesGarbage(_ garbage: String) throws {
        let peer = try connect(garbage)
        #expect(try loop.run { peer.isEnded || peer.failure != nil || peer.received.contains("HTTP/1.1 ") })
        #expect(!peer.received.contains(" 200 "))
    }

    @Test("cuts a client whose request does not come to an end")
    func cutsSlowRequests() throws {
        var limits = HTTPServer.Limits()
        limits.request = .milliseconds(10)
        let server = try Self.echo(on: loop, limits: limits)
        let silent = try Peer(connectingTo: server.address)
        let slow = try Peer(connectingTo: server.address)
        slow.send("GET / HT")
        #expect(try loop.run { silent.isEnded && slow.isEnded })
        #expect(try loop.run { server.connectionCount == 0 })
    }

    @Test("lets clients wait while it has as many as it may, and takes them when there is room")
    func boundsConnections() throws {
        var limits = HTTPServer.Limits()
        limits.connections = 2
        let server = try Self.echo(on: loop, limits: limits)
        let first = try Peer(connectingTo: server.address)
        let second = try Peer(connectingTo: server.address)
        #expect(try loop.run { server.connectionCount == 2 })
        let third = try Peer(connectingTo: server.address)
        third.send("GET /third HTTP/1.1\r\nHost: x\r\n\r\n")
        loop.runTurns(20)
        #expect(third.received.isEmpty)
        first.close()
        second.close()
        #expect(try loop.run { third.received.contains("GET /third") })
    }

    @Test("forgets a client that leaves before it has asked")
    func forgetsSilentClients() throws {
        let peer = try connect()
        #expect(try loop.run { server.connectionCount == 1 })
        peer.close()
        #expect(try loop.run { server.connectionCount == 0 })
    }

    @Test("frees itself with clients in every state")
    func freesItself() throws {
        var server: HTTPServer? = try Self.echo(on: loop)
        let address = try #require(server?.address)
        let silent = try Peer(connectingTo: address)
        let idle = try Peer(connectingTo: address)
        idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try loop.run { idle.received.contains("GET /") && server?.connectionCount == 2 })
        server = nil
        #expect(try loop.run { silent.isEnded && idle.isEnded })
    }
}

@Suite("A stream of the HTTP server")
struct HTTPServerStreamTests {
    /// What the server handed out.
    private final class Streams {
        var all: [HTTPServerStream] = []
        var closed = 0
    }

    private let loop: EventLoop
    private let streams = Streams()
    private var server: HTTPServer

    init() throws {
        loop = try EventLoop()
        server = try HTTPServer(listeningOn: Endpoint("127.0.0.1:0").resolve(), on: loop) { [streams] _ in
            HTTPServerResponse(
                status: 200,
                body: .stream { stream in
                    stream.onClose = { streams.closed += 1 }
                    streams.all.append(stream)
                })
        }
    }

    private func open() throws -> Peer {
        let peer = try Peer(connectingTo: server.address)
        let count = streams.all.count
        peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
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
        server = try HTTPServer(listeningOn: Endpoint("127.0.0.1:0").resolve(), on: loop) { _ in
            HTTPServerResponse(status: 404)
        }
        #expect(streams.closed == 1)
        #expect(try loop.run { peer.isEnded || peer.failure != nil })
    }
}
