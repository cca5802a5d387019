import Balancing
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
        var told: [ServerID] = []
        scene.service.onTrafficFailure = { told.append($0) }
        let (client, upstream) = try scene.relayedClient(to: server)
        client.send("x")
        try scene.until { upstream.received == "x" }
        #expect(scene.counters.retries == 1)
        #expect(told == [ServerID(0)])
        #expect(scene.server(0).failures == 1)
        #expect(scene.server(0).health.lastFailure == "connection refused")
        #expect(scene.server(0).inFlight == 0)
        #expect(scene.server(1).inFlight == 1)
        client.close()
        upstream.close()
        try scene.expectOver(\.finished)
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

    @Test func inTCPModeAClientThatNobodyServesIsClosed() throws {
        let scene = try Scene(RefusingServer().address)
        let client = try scene.admittedClient()
        try scene.until { client.isEnded }
        #expect(client.received == "")
        try scene.expectOver(\.refused)
    }

    @Test func inHTTPModeAClientThatNobodyServesIsToldWhy() throws {
        let scene = try Scene(RefusingServer().address, mode: .http)
        let client = try scene.admittedClient()
        client.send("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello")
        try scene.until { client.isEnded }
        #expect(client.received.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(client.received.hasSuffix("\r\n\r\n503 Service Unavailable: connection refused\n"))
        #expect(scene.table.count == 1, "the client may still read")
        client.close()
        try scene.expectOver(\.refused)
    }

    @Test func inHTTPModeATimeoutIsAnswered504() throws {
        let silent = try SilentServer()
        let scene = try Scene(silent.address, mode: .http, connectTimeout: .milliseconds(50))
        let client = try scene.admittedClient()
        try scene.until { client.isEnded }
        #expect(client.received.hasSuffix("504 Gateway Timeout: connecting timed out after 50ms\n"))
        client.close()
        try scene.expectOver(\.refused)
    }

    @Test func whereNoServerIsUpTheRefusalSaysSo() throws {
        let scene = try Scene(server.address, mode: .http)
        scene.pool.setAdministrativeState(.disabled, of: ServerID(0))
        let client = try scene.admittedClient()
        try scene.until { client.isEnded }
        #expect(client.received.hasSuffix("503 Service Unavailable: none of 1 servers is up and enabled\n"))
        client.close()
        try scene.expectOver(\.refused)
        #expect(scene.counters.retries == 0)
    }

    @Test func whatARefusedClientSendsIsReadAndForgotten() throws {
        let scene = try Scene(RefusingServer().address, mode: .http)
        let client = try scene.admittedClient()
        let text = String(repeating: "x", count: 1 << 20)
        var sent = 0
        try scene.until {
            sent += client.sendWhatFits(text)
            return sent >= 8 << 20
        }
        #expect(client.failure == nil)
        #expect(client.received.hasPrefix("HTTP/1.1 503 "))
        client.close()
        try scene.expectOver(\.refused)
    }

    @Test func aRefusedClientThatNeverLeavesIsClosedAfterAWhile() throws {
        let scene = try Scene(RefusingServer().address, mode: .http)
        let client = try scene.admittedClient()
        try scene.until { client.isEnded }
        try scene.expectOver(\.refused)
    }
}
