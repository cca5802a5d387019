import Sockets
import TestSupport
import Testing

@testable import Proxy

/// A slow reader stops its writer, and lets it go on when it reads again.
@Suite struct BackPressureTests {
    enum Way: CaseIterable {
        case toServer
        case toClient
    }

    @Test(arguments: Way.allCases)
    func aWriterStopsUntilItsReaderReads(way: Way) throws {
        let server = try ScriptedServer()
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        let (sender, reader) = way == .toServer ? (client, upstream) : (upstream, client)
        let sent = scene.stuff(from: sender)
        #expect(reader.receivedCount < sent)
        try scene.until { reader.receivedCount == sent }
        client.close()
        upstream.close()
        try scene.expectOver(\.finished)
    }

    @Test func whatIsTooMuchForOneTurnGoesOnInTheNext() throws {
        let server = try ScriptedServer()
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        scene.service.buffers.scratch = Buffer(capacity: 1024)
        let perTurn = 1024 * Relay.roundsPerTurn
        client.send(String(repeating: "x", count: perTurn * 5))
        scene.loop.runTurns(4)
        #expect(upstream.receivedCount < perTurn * 5)
        scene.loop.runTurns(8)
        #expect(upstream.receivedCount == perTurn * 5)
        client.reset()
        try scene.expectOver(\.clientAborted)
    }

    @Test func theOtherWayGoesOnMeanwhile() throws {
        let server = try ScriptedServer()
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        scene.stuff(from: upstream)
        client.send("stop")
        try scene.until { upstream.received == "stop" }
        client.reset()
        try scene.expectOver(\.clientAborted)
    }

    @Test func bytesArriveAsTheyWereSentBothWaysAtOnce() throws {
        let server = try ScriptedServer()
        let scene = try Scene(server.address)
        let (client, upstream) = try scene.relayedClient(to: server)
        let request = (0..<400_000).map { "\($0);" }.joined()
        let response = (0..<400_000).map { "\($0 &* 7);" }.joined()
        var (unsentRequest, unsentResponse) = (request.utf8[...], response.utf8[...])
        try scene.until {
            unsentRequest = unsentRequest.dropFirst(client.sendWhatFits(unsentRequest.prefix(100_000)))
            unsentResponse = unsentResponse.dropFirst(upstream.sendWhatFits(unsentResponse.prefix(70_000)))
            return upstream.receivedCount == request.utf8.count && client.receivedCount == response.utf8.count
        }
        #expect(upstream.received == request)
        #expect(client.received == response)
        client.close()
        upstream.close()
        try scene.expectOver(\.finished)
        #expect(scene.counters.bytesToServers == request.utf8.count)
        #expect(scene.counters.bytesToClients == response.utf8.count)
    }
}
