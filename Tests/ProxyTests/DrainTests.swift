import Balancing
import Sockets
import TestSupport
import Testing
import Time

@testable import Proxy

/// Servers that are let run empty.
@Suite struct DrainTests {
    let server: ScriptedServer
    private let id = ServerID(0)

    init() throws {
        server = try ScriptedServer()
    }

    private func state(_ scene: Scene) -> AdministrativeState { scene.server(0).administrativeState }

    @Test func aDrainEndsWithWhatIsInFlight() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        scene.service.drain(id, for: patience)
        scene.loop.runTurns(5)
        #expect(state(scene) == .draining && !scene.server(0).isEligible)
        let drain = try #require(scene.service.drain(of: id))
        #expect(drain.timeout == patience)
        #expect(drain.remaining(at: scene.loop.now) <= patience)
        #expect(drain.remaining(at: scene.loop.now) > .zero)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        try scene.until { state(scene) == .disabled }
        #expect(scene.service.drain(of: id) == nil)
        #expect(scene.idleUpstreams.isEmpty)
        try scene.until { upstream.isEnded }
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func aServerWithNothingInFlightIsDisabledAtOnce() throws {
        let scene = try Scene(server.address, http: .patient())
        scene.service.drain(id, for: patience)
        try scene.until { state(scene) == .disabled }
        #expect(scene.service.drain(of: id) == nil)
    }

    @Test func whatIsInFlightAtTheDeadlineGoesToAnotherServer() throws {
        let other = try ScriptedServer()
        let scene = try Scene(server.address, other.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        scene.service.drain(id, for: .milliseconds(50))
        try scene.until { state(scene) == .disabled }
        try scene.until { upstream.isOver && other.last?.hasHead == true }
        try scene.send(Message.ok, from: #require(other.last), until: client, endsWith: "ok")
        #expect(scene.records.first?.attempts == 2)
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func whatCanGoToNoOtherIsAnswered() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        scene.service.drain(id, for: .milliseconds(50))
        try scene.until { client.received.hasPrefix("HTTP/1.1 503 ") && upstream.isOver }
        #expect(client.received.contains("drain_deadline"))
        #expect(scene.records.first?.outcome == .aborted)
        client.close()
        try scene.expectQuiet("drain_deadline")
    }

    @Test func anAnswerThatHasBegunIsCutAtTheDeadline() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
        try scene.until { client.received.hasSuffix("ab") }
        scene.service.drain(id, for: .milliseconds(50))
        try scene.until { client.isOver && upstream.isOver }
        #expect(scene.records.first?.outcome == .aborted)
        try scene.expectQuiet("drain_deadline")
    }

    @Test func sessionsAtTheDeadlineAreCut() throws {
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        scene.service.drain(id, for: .milliseconds(50))
        try scene.until { client.isOver && upstream.isOver }
        #expect(state(scene) == .disabled)
        try scene.expectOver(\.cut)
    }

    @Test func aServerThatIsEnabledMeanwhileStaysEnabled() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        scene.service.drain(id, for: .milliseconds(30))
        scene.service.enable(id)
        #expect(scene.service.drain(of: id) == nil)
        try scene.loop.run(for: .milliseconds(80))
        #expect(state(scene) == .enabled && scene.server(0).inFlight == 1)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func aServerThatIsDisabledMeanwhileKeepsWhatIsInFlight() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        scene.service.drain(id, for: .milliseconds(30))
        scene.service.disable(id)
        #expect(scene.service.drain(of: id) == nil)
        try scene.loop.run(for: .milliseconds(80))
        #expect(scene.server(0).inFlight == 1)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func aDrainThatBeginsAnewHasItsWholeTime() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        scene.service.drain(id, for: .milliseconds(30))
        scene.service.drain(id, for: patience)
        try scene.loop.run(for: .milliseconds(80))
        #expect(state(scene) == .draining)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        try scene.until { state(scene) == .disabled }
        client.close()
        try scene.expectQuiet("none")
    }

    @Test(arguments: [true, false])
    func keptConnectionsAreClosed(draining: Bool) throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        #expect(scene.idleUpstreams.count == 1)
        if draining { scene.service.drain(id, for: patience) } else { scene.service.disable(id) }
        #expect(scene.idleUpstreams.isEmpty)
        try scene.until { upstream.isEnded }
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func enablingADeadServerDoesNotMakeItEligible() throws {
        let scene = try Scene(server.address, fall: 1)
        scene.pool.saw(.checkFailed(reason: "connection refused"), of: id, at: scene.loop.now)
        scene.service.disable(id)
        scene.service.enable(id)
        #expect(scene.server(0).verdict == .checking && scene.pool.eligibleCount == 0)
    }

    @Test func aRetryAtTheSameServerDoesNotEndItsDrain() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        try scene.send(Message.ok, from: upstream, until: client, endsWith: "ok")
        client.send(Message.get)
        try scene.until { upstream.received.components(separatedBy: "GET / ").count == 3 }
        scene.service.drain(id, for: patience)
        upstream.close()
        try scene.until { server.count == 2 && server.last?.hasHead == true }
        #expect(state(scene) == .draining)
        try scene.send(
            Message.ok, from: #require(server.last), until: client,
            endsWith: "okHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        try scene.until { state(scene) == .disabled }
        client.close()
        try scene.expectQuiet("none", "none")
    }
}
