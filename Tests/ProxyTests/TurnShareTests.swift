import Balancing
import TestSupport
import Testing

@testable import Proxy

/// What one client, or a crowd of them, may take of a turn before others have theirs. The shares of relays, bodies and
/// interim answers are tested where those are.
@Suite struct TurnShareTests {
    @Test func pipelinedRequestsAreServedOneATurn() throws {
        let scene = try Scene(ScriptedServer().address, http: .patient())
        scene.pool.setAdministrativeState(.disabled, of: ServerID(0), at: scene.loop.now)
        let client = try scene.admittedClient()
        let count = 50
        client.send(String(repeating: Message.get, count: count))
        var (before, most) = (0, 0)
        for _ in 0..<1000 where scene.reasons.count < count {
            scene.loop.runOneTurn()
            most = max(most, scene.reasons.count - before)
            before = scene.reasons.count
        }
        #expect(scene.reasons.count == count)
        // One that waited for its turn, and one that news of the client began.
        #expect(most <= 2)
        client.close()
        try scene.expectQuiet(Array(repeating: "no_server_eligible", count: count))
    }

    @Test(arguments: [nil, HTTPLimits.patient()])
    func aCrowdThatConnectsAtOnceIsAcceptedInBatches(http: HTTPLimits?) throws {
        let scene = try Scene(ScriptedServer().address, sessions: 1000, http: http)
        let crowd = try (0..<3 * Listener.batch).map { _ in try scene.client() }
        var (before, most) = (0 as UInt64, 0 as UInt64)
        for _ in 0..<1000 where scene.counters.accepted < crowd.count {
            scene.loop.runOneTurn()
            most = max(most, scene.counters.accepted - before)
            before = scene.counters.accepted
        }
        #expect(scene.counters.accepted == crowd.count)
        #expect(most <= Listener.batch)
        scene.table.cutAll()
    }

    @Test func whatARefusedClientGoesOnSendingIsForgottenInShares() throws {
        let scene = try Scene(ScriptedServer().address, http: .patient())
        let client = try scene.admittedClient()
        client.send("BAD\r\n\r\n")
        try scene.until { client.isEnded }
        let text = String(repeating: "x", count: 1 << 20)
        while client.sendWhatFits(text) > 0 {}
        // What one turn leaves behind, the next ones take.
        let share = Relay.roundsPerTurn * HTTPBuffers.bulkCapacity
        scene.loop.runOneTurn()
        let room = client.sendWhatFits(String(repeating: "x", count: 8 * share))
        #expect(room < 4 * share, "more was read than a turn's share")
        try scene.until { client.sendWhatFits(text) > 0 }
        client.close()
        try scene.expectQuiet("invalid_method")
    }
}
