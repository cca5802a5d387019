import TestSupport
import Testing

@testable import Proxy

/// What a server does before the loop comes round to the connection it took. The kernel then reports it
/// together with the connection, in one event.
@Suite struct ServerFirstTests {
    let server: ScriptedServer
    let scene: Scene
    let client: Peer
    let upstream: Peer

    /// The server has accepted, and the loop has not seen it yet.
    init() throws {
        server = try ScriptedServer()
        scene = try Scene(server.address)
        client = try scene.client()
        var turns = 0
        while scene.counters.accepted == 0, turns < 1000 {
            scene.loop.runOneTurn()
            turns += 1
        }
        // The handshake over the loopback ends within connect(2).
        upstream = try #require(server.last)
        #expect(scene.server(0).served == 0)
    }

    @Test func aGreetingThatComesWithTheConnectionIsPassedOn() throws {
        upstream.send("220 ready")
        try scene.until { client.received == "220 ready" }
        client.close()
        upstream.close()
        try scene.expectOver(\.finished)
    }

    @Test func aServerThatLeavesAtOnceIsNoticed() throws {
        upstream.close()
        try scene.until { client.isEnded }
        client.close()
        try scene.expectOver(\.finished)
    }

    @Test func aServerThatGreetsAndLeavesAtOnceIsNoticed() throws {
        upstream.send("421 busy")
        upstream.close()
        try scene.until { client.isEnded }
        #expect(client.received == "421 busy")
        client.close()
        try scene.expectOver(\.finished)
    }

    @Test func aServerThatResetsAtOnceIsNoticed() throws {
        upstream.reset()
        try scene.until { client.isOver }
        try scene.until { scene.table.count == 0 }
        #expect(scene.server(0).inFlight == 0)
    }
}
