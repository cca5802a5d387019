import TestSupport
import Testing
import Time

@testable import EventLoop
@testable import Proxy

/// Each way in which a session ends, with what is counted then.
@Suite struct SessionEndingTests {
    let server: ScriptedServer

    init() throws {
        server = try ScriptedServer()
    }

    @Test func aConversationIsRelayedBothWaysAndFinishes() throws {
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        #expect(scene.server(0).inFlight == 1)
        client.send("ping")
        try scene.until { upstream.received == "ping" }
        upstream.send("pong!")
        try scene.until { client.received == "pong!" }
        client.close()
        try scene.until { upstream.isEnded }
        upstream.close()
        try scene.expectOver(\.finished)
        #expect(scene.counters.bytesToServers == 4)
        #expect(scene.counters.bytesToClients == 5)
        #expect(scene.server(0).served == 1)
    }

    @Test func theServerAnswersAfterTheClientHasSentAll() throws {
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        client.send("question")
        client.finishSending()
        try scene.until { upstream.isEnded }
        #expect(upstream.received == "question")
        scene.loop.runTurns(3)
        #expect(!client.isEnded)
        upstream.send("answer")
        upstream.close()
        try scene.until { client.isEnded }
        #expect(client.received == "answer")
        try scene.expectOver(\.finished)
    }

    @Test func theClientSendsOnAfterTheServerHasSentAll() throws {
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        upstream.send("all I know")
        upstream.finishSending()
        try scene.until { client.isEnded }
        #expect(client.received == "all I know")
        client.send("thanks")
        client.close()
        try scene.until { upstream.isEnded }
        #expect(upstream.received == "thanks")
        try scene.expectOver(\.finished)
    }

    @Test func aClientThatSaysNothingAndGoesFinishes() throws {
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        client.close()
        try scene.until { upstream.isEnded }
        upstream.close()
        try scene.expectOver(\.finished)
    }

    @Test func aServerThatResetsEndsTheClientsStream() throws {
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        upstream.send("half of ")
        try scene.until { client.received == "half of " }
        upstream.reset()
        try scene.until { client.isOver }
        try scene.expectOver(\.serverAborted)
    }

    @Test func aSilentSessionIsClosedAtTheIdleTimeout() throws {
        let scene = try Scene(server.address, idleTimeout: .milliseconds(100))
        let (client, upstream) = try scene.relayedClient(to: server)
        try scene.until { client.isEnded && upstream.isEnded }
        try scene.expectOver(\.idle)
    }

    @Test func aHalfClosedSessionIsClosedAtTheIdleTimeout() throws {
        let scene = try Scene(server.address, idleTimeout: .milliseconds(100))
        let (client, upstream) = try scene.relayedClient(to: server)
        client.finishSending()
        try scene.until { client.isEnded && upstream.isEnded }
        try scene.expectOver(\.idle)
    }

    @Test func aSessionInWhichBytesMoveIsNotIdle() throws {
        let scene = try Scene(server.address, idleTimeout: .milliseconds(400))
        let (client, upstream) = try scene.relayedClient(to: server)
        // Time is the test's own: a slow machine must not make it idle.
        var now = scene.loop.now
        scene.loop.clock = { now }
        for count in 1...20 {
            client.send(".")
            try scene.until { upstream.receivedCount == count }
            now = now + .milliseconds(200)
            scene.loop.deadlines.advance(on: scene.loop)
        }
        #expect(scene.table.count == 1)
        client.close()
        upstream.close()
        try scene.expectOver(\.finished)
    }

    @Test func aSessionThatIsOverDoesNotEndAgain() throws {
        let silent = try SilentServer()
        let scene = try Scene(silent.address, connectTimeout: .milliseconds(50))
        let client = try scene.admittedClient()
        let session = try #require(scene.table.handlers.first)
        try scene.until { client.isEnded }
        session.cut()
        session.deadlinePassed()
        session.resumed()
        #expect(scene.counters.refused == 1)
        #expect(scene.counters.open == 0)
        #expect(scene.table.count == 0)
    }

    @Test func cuttingEndsASessionInAnyState() throws {
        let silent = try SilentServer()
        let connecting = try Scene(silent.address)
        _ = try connecting.admittedClient()
        let relaying = try Scene(server.address)
        _ = try relaying.relayedClient(to: server)
        for scene in [connecting, relaying] {
            #expect(scene.table.count == 1)
            scene.table.cutAll()
            #expect(scene.table.count == 0)
        }
        try connecting.expectOver(\.cut)
        try relaying.expectOver(\.cut)
    }

    @Test func allSessionsAreCutAtOnceAndTheEndIsTold() throws {
        let scene = try Scene(server.address, sessions: 3)
        var endings = 0
        scene.table.onEmpty = { endings += 1 }
        let clients = try (0..<3).map { _ in try scene.relayedClient(to: server).client }
        scene.table.cutAll()
        #expect(endings == 1)
        try scene.until { clients.allSatisfy { $0.failure != nil } }
        try scene.expectOver(\.cut, \.cut, \.cut)
    }

    // MARK: Clients that reset

    @Test func aClientMayResetBeforeItIsAccepted() throws {
        let scene = try Scene(server.address)
        try scene.client().reset()
        try scene.until { scene.counters.accepted == 1 || server.count == 0 }
        scene.loop.runTurns(5)
        server.last?.close()
        try scene.until { scene.table.count == 0 }
        #expect(scene.server(0).inFlight == 0)
    }

    @Test func aClientMayResetWhileTheServerIsBeingConnectedTo() throws {
        let scene = try Scene(server.address)
        let client = try scene.admittedClient()
        client.reset()
        try scene.expectOver(\.clientAborted)
    }

    @Test func aClientMayResetBeforeItsRequest() throws {
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        client.reset()
        try scene.expectOver(\.clientAborted)
        try scene.until { upstream.isEnded }
    }

    @Test func aClientMayResetAfterItsRequest() throws {
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        client.send("request")
        try scene.until { upstream.received == "request" }
        client.reset()
        try scene.expectOver(\.clientAborted)
    }

    @Test func aClientMayResetWhileItReadsNothing() throws {
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        scene.stuff(from: upstream)
        #expect(scene.table.count == 1)
        client.reset()
        try scene.expectOver(\.clientAborted)
    }

    @Test func aClientMayResetInOneMomentWithItsLastBytes() throws {
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        client.send("last words")
        client.reset()
        try scene.expectOver(\.clientAborted)
        #expect(upstream.received == "last words")
    }

    @Test func aServerMayResetInOneMomentWithItsLastBytes() throws {
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        upstream.send("last words")
        upstream.reset()
        try scene.expectOver(\.serverAborted)
        #expect(client.received == "last words")
        #expect(client.isOver)
    }

    @Test func aClientMayResetWhileTheServerReadsNothing() throws {
        let scene = try Scene(server.address)
        let (client, _) = try scene.relayedClient(to: server)
        scene.stuff(from: client)
        client.reset()
        try scene.expectOver(\.clientAborted)
    }

    @Test func anAnswerBeforeTheWholeRequestIsPassedOn() throws {
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        // The client's bytes are reported first, and find a server that is gone.
        client.send("request")
        upstream.send("too large")
        upstream.reset()
        try scene.until { client.isOver }
        #expect(client.received == "too large")
        try scene.expectOver(\.serverAborted)
    }
}
