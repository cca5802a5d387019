import HTTPWire
import TestSupport
import Testing

@testable import Proxy

/// Interim answers (1xx): each arrives whole or not at all, and nobody has to wait for a row of them.
@Suite struct InterimAnswerTests {
    let server: ScriptedServer

    init() throws {
        server = try ScriptedServer()
    }

    private static let lines = "HTTP/1.1 103 Early Hints\r\nLink: " + String(repeating: "x", count: 15_000)
    private static let hint = lines + "\r\n\r\n"
    private static let small = "HTTP/1.1 103 Early Hints\r\n\r\n"

    /// Sends large ones until nobody takes more; answers how many, and what is left to send of the last.
    private func stuff(_ scene: Scene, from upstream: Peer) -> (count: Int, rest: Substring.UTF8View) {
        var (count, rest, quietTurns) = (0, Self.hint[...].utf8, 0)
        while quietTurns < 20 {
            let sent = upstream.sendWhatFits(rest)
            rest = rest.dropFirst(sent)
            quietTurns = sent > 0 ? 0 : quietTurns + 1
            if rest.isEmpty {
                count += 1
                rest = Self.hint[...].utf8
            }
            scene.loop.runOneTurn()
        }
        return (count, rest)
    }

    /// Runs until the client has all of so many heads, and nothing behind them.
    private func expectHints(_ count: Int, at client: Peer, in scene: Scene) throws {
        let expected = String(repeating: Self.hint, count: count)
        try scene.until { client.receivedCount >= expected.utf8.count }
        #expect(client.received == expected, "a head is torn")
    }

    @Test func whatAClientHasNoRoomForWaitsAndArrivesWhole() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        let (count, rest) = stuff(scene, from: upstream)
        // The server says nothing more: what was torn does not wait for the final answer.
        let isTorn = rest.count < Self.hint.utf8.count
        try scene.until { client.receivedCount >= count * Self.hint.utf8.count }
        if isTorn { upstream.send(String(Substring(rest))) }
        try expectHints(isTorn ? count + 1 : count, at: client, in: scene)
        upstream.send(Message.ok)
        try scene.until { client.received.hasSuffix("\r\n\r\n" + Message.ok) }
        client.close()
        try scene.expectQuiet("none")
    }

    @Test func behindATornHeadThereIsNo502() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        let (count, _) = stuff(scene, from: upstream)
        upstream.close()
        try scene.until { client.received.contains(" 502 ") || client.isOver }
        let heads = client.received.components(separatedBy: "\r\n\r\n").dropLast()
        #expect(heads.dropLast().allSatisfy { $0 == Self.lines }, "something is written into a head")
        #expect(heads.last?.hasPrefix("HTTP/1.1 502 ") == true)
        #expect(heads.count - 1 <= count)
        client.close()
        try scene.expectQuiet("server_closed")
    }

    @Test func aClientThatDoesNotTakeThemIsTheOneToBlame() throws {
        // Long enough for the heads to come to a stop first.
        let scene = try Scene(server.address, http: .patient { $0.responseHead = .seconds(3) })
        let (client, upstream) = try scene.asking(server)
        _ = stuff(scene, from: upstream)
        try scene.until { !scene.reasons.isEmpty }
        #expect(scene.reasons == ["client_stalled"])
        #expect(scene.server(0).failures == 0)
        #expect(!client.received.contains(" 50"))
        client.close()
        try scene.expectQuiet("client_stalled")
    }

    @Test func aClientThatLeavesInTheMidstOfOneIsNoticed() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        _ = stuff(scene, from: upstream)
        client.reset()
        try scene.until { scene.table.count == 0 }
        try scene.expectQuiet("client_closed")
    }

    @Test(arguments: [Message.get, Message.halfPost])
    func aRowOfThemLeavesOthersTheirTurn(request: String) throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server, request)
        upstream.send(String(repeating: Self.small, count: 200))
        let deadline = ContinuousClock.now + Duration(patience)
        var (count, most) = (0, 0)
        while count < 200, ContinuousClock.now < deadline {
            scene.loop.runOneTurn()
            let new = client.receivedCount / Self.small.utf8.count
            most = max(most, new - count)
            count = new
        }
        #expect(count == 200)
        // A turn may go on with what was too much for the last, and hear news.
        #expect(most <= 2 * 8)
        upstream.close()
        try scene.until { client.isOver || client.received.contains(" 502 ") }
        client.close()
        try scene.expectQuiet("server_closed")
    }

    @Test func asManyAsAreAllowedArePassedOn() throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server)
        upstream.send(String(repeating: Self.small, count: HeadLimits.interimHeads) + Message.ok)
        try scene.until { client.received.hasSuffix(Message.ok) }
        client.close()
        try scene.expectQuiet("none")
    }

    @Test(arguments: [Message.get, "GET / HTTP/1.0\r\nHost: a\r\n\r\n"])
    func oneMoreIsABadAnswer(request: String) throws {
        let scene = try Scene(server.address, http: .patient())
        let (client, upstream) = try scene.asking(server, request)
        upstream.send(String(repeating: Self.small, count: HeadLimits.interimHeads + 1) + Message.ok)
        try scene.until { client.received.contains(" 502 ") }
        #expect(client.received.contains("bad_response"))
        // The limit is ours.
        #expect(scene.server(0).failures == 0)
        try scene.until { upstream.isOver }
        client.close()
        try scene.expectQuiet("bad_response")
    }
}
