import Dashboard
import EventLoop
import Sockets
import TestSupport
import Testing

/// A dashboard on the loopback before a balancer that a test steers, and clients that ask it.
final class AdminScene {
    static let token = "correct-horse"

    let loop: EventLoop
    let balancer = FakeBalancer()
    private(set) var admin: AdminServer?
    let address: SocketAddress

    init(token: String? = nil, connections: Int = 256) throws {
        loop = try EventLoop()
        let settings = AdminSettings(
            address: try Endpoint("127.0.0.1:0").resolve(), token: token.map { Secret($0) },
            hosts: ["balancer.example"],
            connections: connections, version: "1.2.3")
        let admin = try AdminServer(settings, for: balancer, on: loop)
        address = try #require(admin.address)
        self.admin = admin
    }

    /// Forgets the dashboard as it is.
    func release() {
        admin = nil
    }

    /// Connects and sends a request.
    func send(
        _ method: String, _ target: String, _ fields: [String] = [], host: String? = "localhost",
        body: String? = nil, to address: SocketAddress? = nil
    ) throws -> Peer {
        let peer = try Peer(connectingTo: address ?? self.address)
        let length = body.map { ["Content-Length: \($0.utf8.count)"] } ?? []
        let lines = ["\(method) \(target) HTTP/1.1"] + (host.map { ["Host: \($0)"] } ?? []) + fields + length
        peer.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
        return peer
    }

    /// Sends a request and waits for its answer.
    func ask(
        _ method: String, _ target: String, _ fields: [String] = [], host: String? = "localhost",
        body: String? = nil, to address: SocketAddress? = nil
    ) throws -> ReceivedAnswer {
        let peer = try send(method, target, fields, host: host, body: body, to: address)
        var answer: ReceivedAnswer?
        _ = try loop.run {
            let isOver = peer.isOver
            answer = ReceivedAnswer(peer.received, toHead: method == "HEAD", isOver: isOver)
            return answer != nil || isOver
        }
        return try #require(answer, "no answer: \(peer.received)")
    }

    /// Asks with JSON as content.
    func ask(
        _ method: String, _ target: String, json: String, _ fields: [String] = []
    ) throws -> ReceivedAnswer {
        try ask(method, target, ["Content-Type: application/json"] + fields, body: json)
    }

    /// Begins to watch the events.
    func watch(_ query: String = "", _ fields: [String] = []) throws -> Watcher {
        Watcher(try send("GET", "/api/v1/events" + query, fields))
    }
}
