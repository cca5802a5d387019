import EventLoop
import Glibc
import Sockets
import TestSupport
import Testing

@testable import Proxy

@Suite struct ListenerTests {
    let server: ScriptedServer

    init() throws {
        server = try ScriptedServer()
    }

    @Test func clientsBeyondTheLimitWaitUntilOneLeaves() throws {
        let scene = try Scene(server.address, sessions: 2)
        let first = try scene.relayedClient(to: server)
        let second = try scene.relayedClient(to: server)
        let waiting = try scene.client()
        waiting.send("still here")
        scene.loop.runTurns(5)
        #expect(scene.counters.accepted == 2)
        #expect(scene.table.isFull)
        first.client.reset()
        try scene.until { server.count == 3 && server.last?.received == "still here" }
        #expect(scene.counters.peak == 2)
        second.client.reset()
        waiting.reset()
        try scene.expectOver(\.clientAborted, \.clientAborted, \.clientAborted)
    }

    @Test func aFullTableDoesNotSpin() throws {
        let scene = try Scene(server.address, sessions: 1)
        let first = try scene.relayedClient(to: server)
        let waiting = try scene.client()
        scene.loop.runTurns(3)
        let used = try threadTime { try scene.loop.run(for: .milliseconds(200)) }
        #expect(used < .milliseconds(100))
        first.client.reset()
        waiting.reset()
        try scene.until { scene.counters.accepted == 2 }
        try scene.until { scene.table.count == 0 }
    }

    @Test func manyClientsAreAcceptedAllTheSame() throws {
        let count = Listener.batch * 2 + 1
        let scene = try Scene(server.address, sessions: count)
        let clients = try (0..<count).map { _ in try scene.client() }
        try scene.until { scene.counters.accepted == count && server.count == count }
        for client in clients { client.reset() }
        try scene.until { scene.table.count == 0 }
        #expect(scene.counters.clientAborted == count)
        #expect(scene.counters.peak == count)
    }

    @Test func aListenerThatIsGoneIsNotToldOfRoom() throws {
        let scene = try Scene(server.address, sessions: 1)
        let (client, _) = try scene.relayedClient(to: server)
        weak let listener = scene.listener
        scene.listener = nil
        #expect(listener == nil)
        client.reset()
        try scene.expectOver(\.clientAborted)
    }

    @Test func aListenerThatIsGoneTakesNoClients() throws {
        let scene = try Scene(server.address)
        scene.listener = nil
        let late = try scene.client()
        try scene.until { late.failure?.isRefusal == true }
        #expect(scene.counters.accepted == 0)
    }

    @Test func whereTheAddressIsTakenTheErrorSaysSo() throws {
        let scene = try Scene(server.address)
        #expect {
            try Listener(on: server.address, into: scene.table, loop: scene.loop)
        } throws: { ($0 as? SystemError)?.isAddressInUse == true }
    }

    // MARK: Without descriptors

    @Test func withoutDescriptorsAcceptingRestsAndGoesOnByItself() throws {
        try OwnDescriptors.run {
            let server = try ScriptedServer()
            let scene = try Scene(server.address)
            var shortages: [SystemError] = []
            scene.listener?.onShortage = { shortages.append($0) }
            let client = try scene.client()
            let taken = OwnDescriptors.takeAll()
            try scene.until { !shortages.isEmpty }
            let used = try threadTime { try scene.loop.run(for: .milliseconds(350)) }
            #expect(used < .milliseconds(100), "it spins")
            #expect(shortages.first?.isOutOfDescriptors == true)
            #expect(shortages.count == 1, "a shortage is told once")
            for number in taken { close(number) }
            try scene.until { server.count == 1 }
            client.reset()
            try scene.expectOver(\.clientAborted)
        }
    }

    @Test func aSessionThatEndsGivesItsDescriptorsToTheNextClientAtOnce() throws {
        try OwnDescriptors.run {
            let server = try ScriptedServer()
            let scene = try Scene(server.address)
            let first = try scene.relayedClient(to: server)
            let next = try scene.client()
            let taken = OwnDescriptors.takeAll()
            try scene.until { scene.listener?.isPaused == true }
            first.client.reset()
            // Far less than the rest takes.
            scene.loop.runTurns(5)
            #expect(scene.counters.accepted == 2)
            for number in taken { close(number) }
            next.reset()
            try scene.until { scene.table.count == 0 }
        }
    }
}
