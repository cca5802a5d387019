import EventLoop
import HTTPServer
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
        try .forTests(on: loop, limits: limits) { request in
            .read(atMost: 64 * 1024) { content in
                let text = "\(request.method) \(request.target) \(String(decoding: content, as: UTF8.self))"
                return .now(
                    HTTPServerResponse(
                        status: 200, fields: [("X-Own", request.value(of: "x-asked") ?? "none")],
                        body: .bytes(Array(text.utf8))))
            }
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

    @Test("hands on a method that it does not know", arguments: ["QUERY", "get"])
    func handsOnOtherMethods(_ method: String) throws {
        let peer = try connect("\(method) /a HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try loop.run { peer.received.contains("\r\n\r\n\(method) /a ") })
        #expect(peer.received.hasPrefix("HTTP/1.1 200 OK\r\n"))
    }

    @Test("refuses a body that is over the limit")
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

    @Test("cuts a client whose request does not come to an end, and tells one that has begun")
    func cutsSlowRequests() throws {
        var limits = HTTPServer.Limits()
        limits.request = .milliseconds(10)
        let server = try Self.echo(on: loop, limits: limits)
        let silent = try Peer(connectingTo: server.address)
        let slow = try Peer(connectingTo: server.address)
        slow.send("GET / HT")
        let halting = try Peer(connectingTo: server.address)
        halting.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")
        #expect(try loop.run { silent.isEnded && slow.isEnded && halting.isEnded })
        #expect(silent.received.isEmpty)
        for (peer, word) in [(slow, "request_head_timeout"), (halting, "request_body_timeout")] {
            #expect(peer.received.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
            #expect(peer.received.hasSuffix(word))
            #expect(peer.received.contains("X-Common: yes\r\n"))
            peer.close()
        }
        #expect(try loop.run { server.connectionCount == 0 })
    }

    @Test("refuses by the word of the rule that is broken, with the fields of all answers, and closes")
    func refusesByWord() throws {
        for (request, status, word) in [
            ("GET / HTTP/1.1\r\n\r\n", 400, "missing_host"),
            ("GET / HTTP/1.1\nHost: x\n\n", 400, "bare_line_feed"),
            ("TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", 405, "trace_refused"),
            ("GET / HTTP/1.1\r\nHost: x\r\nExpect: y\r\n\r\n", 417, "unsupported_expectation"),
            (
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501,
                "unsupported_transfer_coding"
            ),
            ("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505, "unsupported_version"),
        ] {
            // What nobody reads follows, so that a hasty close would be a reset.
            let peer = try connect(request + String(repeating: "y", count: 30_000))
            #expect(try loop.run { peer.isOver })
            #expect(peer.failure == nil)
            #expect(
                peer.received.hasPrefix("HTTP/1.1 \(status) ") && peer.received.hasSuffix("\r\n\r\n\(word)"))
            #expect(
                peer.received.contains("X-Common: yes\r\n") && peer.received.contains("Connection: close\r\n")
            )
        }
    }

    @Test(
        "reads nothing of a content when the application has answered at the head, and says so before it comes"
    )
    func answersAtTheHead() throws {
        let server = try HTTPServer.forTests(on: loop) { _ in .now(HTTPServerResponse(status: 401)) }
        let peer = try Peer(connectingTo: server.address)
        peer.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\nExpect: 100-continue\r\n\r\n")
        #expect(try loop.run { peer.isEnded })
        #expect(peer.received.hasPrefix("HTTP/1.1 401 Unauthorized\r\n"))
        #expect(peer.received.contains("Connection: close\r\n"))
        // The content comes all the same: no reset destroys the answer, and it is no request.
        peer.sendWhatFits("GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n")
        loop.runTurns(20)
        #expect(peer.failure == nil)
        #expect(peer.received.components(separatedBy: "HTTP/1.1 ").count == 2)
    }

    @Test("answers a client that has ended its stream behind a whole request")
    func answersTheHalfClosed() throws {
        let crowded = try Crowded(on: loop, halfClosed: .seconds(1))
        let peer = try Peer(connectingTo: #require(crowded.server?.address))
        peer.send("GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
        peer.finishSending()
        #expect(try loop.run { peer.isEnded })
        #expect(peer.received.contains("Content-Length: 10000\r\n") && peer.received.count > 10_000)
    }

    @Test("lets nobody go whose answer it makes, however many wait")
    func keepsThoseInLine() throws {
        let crowded = try Crowded(on: loop, connections: 3)
        let address = try #require(crowded.server?.address)
        let release = crowded.hold()
        let readers = try (0..<6).map { _ in try Peer(connectingTo: address) }
        for reader in readers { reader.send("GET /read HTTP/1.1\r\nHost: x\r\n\r\n") }
        #expect(try loop.run { crowded.server?.connectionCount == 3 })
        release()
        #expect(try loop.run { readers.allSatisfy { $0.received.hasPrefix("HTTP/1.1 204 ") } })
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
        let more = try (0..<3).map { _ in try Peer(connectingTo: server.address) }
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

        init(on loop: EventLoop, halfClosed: TimeSpan = .zero, connections: Int = 256) throws {
            var limits = HTTPServer.Limits()
            limits.halfClosed = halfClosed
            limits.connections = connections
            work = try SideWork(on: loop)
            server = try .forTests(on: loop, limits: limits, work: work) { [unowned self] request in
                asked.append("\(request.method) \(request.target)")
                guard request.target == "/long" else { return .now(HTTPServerResponse(status: 204)) }
                let pieces = (0..<1000).lazy.map { _ in Array("0123456789".utf8) }
                return .now(
                    HTTPServerResponse(
                        status: 200, body: .content(HTTPServerContent(AnyIterator(pieces.makeIterator())))))
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
