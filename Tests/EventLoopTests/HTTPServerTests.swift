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
        arguments: ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT", "POST", "QUERY"])
    func doesNotSmuggle(_ method: String) throws {
        let hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
        let peer = try connect(
            "\(method) /a HTTP/1.1\r\nHost: x\r\nContent-Length: \(hidden.utf8.count)\r\n\r\n\(hidden)")
        #expect(try loop.run { peer.received.contains("HTTP/1.1 ") })
        loop.runTurns(20)
        #expect(peer.received.components(separatedBy: "HTTP/1.1 200 OK").count <= 2)
    }

    @Test("hands on a method that it does not know, without its name", arguments: ["QUERY", "get"])
    func handsOnOtherMethods(_ method: String) throws {
        let peer = try connect("\(method) /a HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try loop.run { peer.received.contains("\r\n\r\n /a ") })
        #expect(peer.received.hasPrefix("HTTP/1.1 200 OK\r\n"))
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
        arguments: ["\u{16}\u{3}\u{1}hello\r\n\r\n", "GET\r\n\r\n"])
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

    @Test("lets go whoever has asked for nothing for the longest time when it has as many clients as it may")
    func makesRoom() throws {
        var limits = HTTPServer.Limits()
        limits.connections = 3
        let server = try Self.echo(on: loop, limits: limits)
        let silent = try Peer(connectingTo: server.address)
        #expect(try loop.run { server.connectionCount == 1 })
        let others = try (0..<3).map { _ in try Peer(connectingTo: server.address) }
        others[2].send("GET /last HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try loop.run { silent.isEnded && others[2].received.contains("GET /last") })
        #expect(server.connectionCount <= 3)
    }

    @Test("lets go a client that has had its answer before one that has not asked yet")
    func makesRoomAmongTheAnswered() throws {
        var limits = HTTPServer.Limits()
        limits.connections = 4
        let server = try Self.echo(on: loop, limits: limits)
        let fresh = try Peer(connectingTo: server.address)
        #expect(try loop.run { server.connectionCount == 1 })
        let answered = try Peer(connectingTo: server.address)
        answered.send("GET /first HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try loop.run { answered.received.contains("GET /first") })
        let more = try (0..<2).map { _ in try Peer(connectingTo: server.address) }
        #expect(try loop.run { answered.isEnded })
        fresh.send("GET /second HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try loop.run { fresh.received.contains("GET /second") })
        withExtendedLifetime(more) {}
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

    @Test("refuses a body in chunks that is over the limit, and one that is far over it")
    func refusesLargeChunks() throws {
        for size in [64 * 1024 + 1, 2 << 20] {
            let peer = try connect("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "1000\r\n\(String(repeating: "x", count: 4096))\r\n"
            for _ in 0..<(size + 4095) / 4096 {
                peer.sendWhatFits(chunk)
                loop.runOneTurn()
            }
            peer.sendWhatFits("0\r\n\r\n")
            #expect(try loop.run { peer.received.hasPrefix("HTTP/1.1 413 ") || peer.isOver })
            #expect(!peer.received.contains(" 200 "))
        }
        #expect(try loop.run { server.connectionCount <= 1 })
    }

    @Test("hands on a body in chunks as a whole")
    func joinsChunks() throws {
        let peer = try connect(
            "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n"
        )
        #expect(try loop.run { peer.received.hasSuffix("POST /a body") })
    }

    @Test("asks for a body that waits to be asked for")
    func continues() throws {
        let peer = try connect(
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        #expect(try loop.run { peer.received.hasPrefix("HTTP/1.1 100 ") })
        peer.send("body")
        #expect(try loop.run { peer.received.hasSuffix("POST /a body") })
    }

    @Test("refuses at once a body far over the limit that waits to be asked for")
    func refusesToContinue() throws {
        let peer = try connect(
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n")
        #expect(try loop.run { peer.received.hasPrefix("HTTP/1.1 4") })
    }

    @Test("answers requests that came together one after another")
    func answersPipelines() throws {
        let peer = try connect(
            "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n"
                + "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try loop.run { peer.received.contains("GET /3") })
        #expect(peer.received.components(separatedBy: "HTTP/1.1 200 OK").count == 4)
    }

    @Test("closes after the answer to an HTTP/1.0 client")
    func closesOldClients() throws {
        let peer = try connect("GET /old HTTP/1.0\r\n\r\n")
        #expect(try loop.run { peer.isEnded })
        #expect(peer.received.hasSuffix("GET /old "))
    }

    // MARK: A crowd

    /// Answers a request for `/long` with a thousand pieces, and remembers what it was asked.
    private final class Crowded {
        var asked: [String] = []
        let work: SideWork
        var server: HTTPServer?

        init(on loop: EventLoop) throws {
            work = try SideWork(on: loop)
            server = try HTTPServer(
                listeningOn: Endpoint("127.0.0.1:0").resolve(), on: loop, work: work
            ) { [unowned self] request in
                asked.append("\(request.method) \(request.target)")
                guard request.target == "/long" else { return HTTPServerResponse(status: 204) }
                let pieces = (0..<1000).lazy.map { _ in Array("0123456789".utf8) }
                return HTTPServerResponse(
                    status: 200, body: .content(HTTPServerContent(AnyIterator(pieces.makeIterator()))))
            }
        }

        /// The line does not move until this is over.
        func hold() -> () -> Void {
            var isHeld = true
            work.begin {
                let end = ContinuousClock.now + .milliseconds(20)
                while isHeld, ContinuousClock.now < end {}
                return SideWork.Step(hasMore: isHeld)
            }
            return { isHeld = false }
        }
    }

    @Test("lets a change go before those who read, and those who read between changes")
    func letsChangesGoFirst() throws {
        let crowded = try Crowded(on: loop)
        let address = try #require(crowded.server?.address)
        let release = crowded.hold()
        let readers = try (0..<20).map { _ in try Peer(connectingTo: address) }
        for reader in readers { reader.send("GET /read HTTP/1.1\r\nHost: x\r\n\r\n") }
        #expect(try loop.run { crowded.server?.connectionCount == 20 })
        loop.runTurns(5)
        let before = crowded.asked.count
        let writers = try (0..<3).map { _ in try Peer(connectingTo: address) }
        for writer in writers { writer.send("DELETE /change HTTP/1.1\r\nHost: x\r\n\r\n") }
        #expect(try loop.run { crowded.server?.connectionCount == 23 })
        release()
        #expect(try loop.run { crowded.asked.count == 23 })
        let places = crowded.asked.indices.filter { crowded.asked[$0].hasPrefix("DELETE") }
        // One answer may be made between two looks at the sockets.
        #expect(try #require(places.last) <= before + 8)
        #expect(crowded.asked.last == "GET /read")
    }

    @Test("makes no answer for a client that has left")
    func dropsThoseWhoLeft() throws {
        let crowded = try Crowded(on: loop)
        let address = try #require(crowded.server?.address)
        let release = crowded.hold()
        let readers = try (0..<20).map { _ in try Peer(connectingTo: address) }
        for reader in readers { reader.send("GET /read HTTP/1.1\r\nHost: x\r\n\r\n") }
        #expect(try loop.run { crowded.server?.connectionCount == 20 })
        for reader in readers { reader.close() }
        #expect(try loop.run { crowded.server?.connectionCount == 0 })
        let before = crowded.asked.count
        let last = try Peer(connectingTo: address)
        last.send("GET /last HTTP/1.1\r\nHost: x\r\n\r\n")
        release()
        #expect(try loop.run { crowded.asked.contains("GET /last") })
        #expect(crowded.asked.count <= before + 1)
    }

    @Test("makes a long answer in pieces, and sends it as a whole with its length")
    func answersInPieces() throws {
        let crowded = try Crowded(on: loop)
        let address = try #require(crowded.server?.address)
        let peer = try Peer(connectingTo: address)
        peer.send("GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try loop.run { peer.received.count > 10_000 })
        #expect(peer.received.contains("Content-Length: 10000\r\n"))
        peer.send("HEAD /long HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try loop.run { peer.received.hasSuffix("\r\n\r\n") })
        #expect(peer.received.components(separatedBy: "Content-Length: 10000\r\n").count == 3)
    }
}
