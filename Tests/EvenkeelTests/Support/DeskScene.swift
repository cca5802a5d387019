import Configuration
import Dashboard
import EventLoop
import Foundation
import Logging
import Proxy
import Sockets
import TestSupport
import Testing

@testable import evenkeel

/// A service with servers that a test scripts, and the desk that speaks of it.
final class DeskScene {
    let loop: EventLoop
    let servers: [ScriptedServer]
    let running: RunningService
    let desk: AdminDesk
    /// What was told, oldest first.
    private(set) var told: [Change] = []
    /// How many requests each connection of the servers has had an answer for.
    private var answered: [ObjectIdentifier: Int] = [:]

    /// A service of one mode without checks, so that its servers count as up.
    init(_ mode: ServiceMode = .http, servers count: Int = 2) throws {
        loop = try EventLoop()
        servers = try (0..<count).map { _ in try ScriptedServer() }
        let configuration = ServiceConfiguration(
            name: "demo", listen: .tcp(host: "127.0.0.1", port: 0), mode: mode,
            servers: try servers.enumerated().map { number, server in
                ServerConfiguration(name: "Server-\(number + 1)", address: try Endpoint("\(server.address)"))
            },
            health: HealthConfiguration(kind: .none), limits: LimitConfiguration(connections: 100))
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        running = try RunningService(
            configuration,
            within: DescriptorBudget(for: Configuration(services: [configuration]), limit: 1024),
            sharing: IdleConnections(), on: loop, log: log)
        desk = AdminDesk(for: [running], on: loop, log: log)
        desk.onChange = { [unowned self] in told.append($0) }
    }

    var status: ServiceStatus {
        get throws {
            var status = try #require(desk.status(of: "demo"))
            status.servers = desk.servers(of: "demo").map { $0() }
            return status
        }
    }

    /// The texts that were told since the last time this was asked.
    func takeTold() -> [String] {
        running.pool.tell()
        defer { told = [] }
        return told.map(\.text)
    }

    /// Lets the servers answer what they were asked.
    func answerAll() {
        for server in servers where server.count > 0 {
            for peer in server.connections {
                let asked = peer.received.components(separatedBy: "\r\n\r\n").count - 1
                for _ in answered[ObjectIdentifier(peer), default: 0]..<asked {
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                }
                answered[ObjectIdentifier(peer)] = asked
            }
        }
    }

    /// Sends a request through the service, and waits for its answer.
    func ask(_ target: String) throws {
        let address = try #require(running.listener?.address)
        let client = try Peer(connectingTo: address)
        client.send("GET \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(
            try loop.run {
                answerAll()
                return client.isOver
            })
        #expect(client.received.hasSuffix("ok"))
    }

    /// Runs until a load test has ended; the servers answer meanwhile.
    func runTest(_ id: Int) throws -> TestStatus {
        var test: TestStatus?
        #expect(
            try loop.run {
                answerAll()
                test = desk.tests.first { $0.id == id }
                return test?.result != nil
            })
        return try #require(test)
    }
}
