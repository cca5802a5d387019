import Balancing
import Glibc
import Sockets
import TestSupport
import Testing

@testable import Proxy

/// Servers that cannot be reached, and what the client gets then.
@Suite struct RetryTests {
    let server: ScriptedServer

    init() throws {
        server = try ScriptedServer()
    }

    @Test func anotherServerIsTriedAndTheFirstIsBlamed() throws {
        let refusing = try RefusingServer()
        let scene = try Scene(refusing.address, server.address)
        var told: [HealthState] = []
        scene.pool.onChange = { _, change in
            if case .health(let flip) = change { told.append(flip.to) }
        }
        let (client, upstream) = try scene.relayedClient(to: server)
        client.send("x")
        try scene.until { upstream.received == "x" }
        #expect(scene.counters.retries == 1)
        #expect(told == [.down])
        #expect(scene.server(0).failures == 1)
        #expect(scene.server(0).health.lastFailure == "connection refused")
        #expect(scene.server(0).inFlight == 0)
        #expect(scene.server(1).inFlight == 1)
        client.close()
        upstream.close()
        try scene.expectOver(\.finished)
    }

    @Test(arguments: [false, true])
    func aServerIsTriedAtEachOfItsAddressesBeforeItIsBlamed(isHTTP: Bool) throws {
        let refusing = try (0..<2).map { _ in try RefusingServer() }
        let scene = try Scene(
            refusing[0].address, retries: 0, http: isHTTP ? .patient() : nil,
            firstAlsoAt: [refusing[1].address, server.address])
        let client = try scene.admittedClient()
        if isHTTP { client.send(Message.get) }
        try scene.until { server.count == 1 && scene.server(0).inFlight == 1 }
        #expect(scene.server(0).failures == 0)
        #expect(scene.server(0).health.state == .up)
        var tries = AddressTries()
        let chosen = tries.next(of: scene.service.address(of: ServerID(0)))
        #expect(chosen.description == server.address.description)
    }

    @Test func aRefusalMovesNobodyElseAndATimeoutDoes() throws {
        let address = PeerAddress([server.address, try RefusingServer().address])
        var row = AddressTries()
        _ = row.next(of: address)
        let hasAnother = row.hasAnother(of: address, after: SystemError(code: ECONNREFUSED))
        #expect(hasAnother)
        var other = AddressTries()
        let first = other.next(of: address)
        #expect(first.description == server.address.description)
        // What one of them said of the server counts, and not that the last lacks a way here.
        let lack = SystemError(code: EADDRNOTAVAIL)
        let hasThird = row.hasAnother(of: address, after: lack)
        #expect(!hasThird && row.verdict(lack).isRefusal)
        other.timedOut(of: address)
        let next = other.next(of: address)
        #expect(next.description != server.address.description)
    }

    @Test(arguments: [false, true])
    func aServerThatRefusesAtAllItsAddressesIsBlamedOnce(isHTTP: Bool) throws {
        let refusing = try (0..<3).map { _ in try RefusingServer() }
        let scene = try Scene(
            refusing[0].address, http: isHTTP ? .patient() : nil,
            firstAlsoAt: [refusing[1].address, refusing[2].address])
        let client = try scene.admittedClient()
        if isHTTP { client.send(Message.get) }
        try scene.until { isHTTP ? scene.reasons == ["connect_failed"] : client.isEnded }
        #expect(scene.server(0).failures == 1)
        #expect(scene.server(0).inFlight == 0)
    }

    @Test func aServerThatDoesNotAnswerTheConnectionIsLeftAtTheTimeout() throws {
        let silent = try SilentServer()
        let scene = try Scene(silent.address, server.address, connectTimeout: .milliseconds(50))
        let (client, upstream) = try scene.relayedClient(to: server)
        #expect(scene.server(0).health.lastFailure == "connecting timed out after 50ms")
        #expect(scene.counters.retries == 1)
        client.close()
        upstream.close()
        try scene.expectOver(\.finished)
    }

    @Test func retriesAreLimited() throws {
        let refusing = try (0..<3).map { _ in try RefusingServer() }
        let scene = try Scene(
            refusing[0].address, refusing[1].address, refusing[2].address, server.address, retries: 1)
        let client = try scene.admittedClient()
        try scene.until { client.isOver }
        try scene.expectOver(\.refused)
        #expect(scene.counters.retries == 1)
        #expect(server.count == 0)
    }

    @Test func aClientThatNobodyServesIsClosed() throws {
        let scene = try Scene(RefusingServer().address)
        let client = try scene.admittedClient()
        try scene.until { client.isEnded }
        #expect(client.received == "")
        try scene.expectOver(\.refused)
    }

    @Test func whereNoServerIsUpNoneIsTried() throws {
        let scene = try Scene(server.address)
        scene.pool.setAdministrativeState(.disabled, of: ServerID(0), at: scene.loop.now)
        let client = try scene.admittedClient()
        try scene.until { client.isEnded }
        try scene.expectOver(\.refused)
        #expect(scene.counters.retries == 0)
        #expect(server.count == 0)
    }

    @Test func onlyWhatIsTheServersFaultIsBlamedOnIt() {
        #expect(!ProxyError.connecting(SystemError(code: ECONNREFUSED)).saysNothingOfServer)
        #expect(ProxyError.connecting(SystemError(code: EMFILE)).saysNothingOfServer)
        #expect(!ProxyError.timedOut(after: .milliseconds(1500)).saysNothingOfServer)
        #expect(ProxyError.timedOut(after: .milliseconds(1500)).reason == "connecting timed out after 1500ms")
    }
}
