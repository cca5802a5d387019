import EventLoop
import TestSupport
import Testing
import Time

@testable import Dashboard

@Suite("The events")
struct EventStreamsTests {
    private let scene: AdminScene

    init() throws {
        scene = try AdminScene()
    }

    private var change: Change { Change(at: 1, service: "demo", kind: .weight, text: "changed") }

    private func openWatcher(_ query: String = "", _ fields: [String] = []) throws -> Watcher {
        let watcher = try scene.watch(query, fields)
        #expect(try scene.loop.run { !watcher.ticks.isEmpty })
        return watcher
    }

    @Test("begin with how long to wait before the next try, and with a tick at once")
    func beginAtOnce() throws {
        let watcher = try openWatcher()
        #expect(watcher.peer.received.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(watcher.peer.received.contains("Content-Type: text/event-stream\r\n"))
        #expect(watcher.peer.received.contains("X-Frame-Options: DENY\r\n"))
        #expect(watcher.peer.received.contains("retry: 1000\n\n"))
        let tick = try #require(watcher.ticks.first)
        #expect(tick["event_streams"] as? Int == 1)
        #expect(tick["version"] as? String == "1.2.3")
        #expect(tick["uptime_seconds"] as? Double == 12.5)
        #expect(tick["test"] != nil)
        #expect(watcher.events.first?.id == nil)
    }

    @Test("go on with a tick for each second")
    func tick() throws {
        let watcher = try openWatcher()
        #expect(try scene.loop.run { watcher.ticks.count == 3 })
        let seconds = watcher.ticks.compactMap { $0["second"] as? Int }
        #expect(seconds[2] == seconds[1] + 1)
    }

    @Test("tell a change at once with its number, and soon after how things stand then")
    func tellChanges() throws {
        let watcher = try openWatcher()
        scene.admin?.tell(change)
        #expect(try scene.loop.run { watcher.names == ["tick", "change", "tick"] })
        #expect(watcher.changeIDs == [1])
        #expect(watcher.events[1].data["id"] as? Int == 1)
        #expect(watcher.events[1].data["text"] as? String == "changed")
    }

    @Test("follow many changes at once with one tick")
    func followOnce() throws {
        let watcher = try openWatcher()
        // Right behind a second's tick, so that the next one is far.
        #expect(try scene.loop.run { watcher.ticks.count == 2 })
        for _ in 0..<50 { scene.admin?.tell(change) }
        #expect(try scene.loop.run { watcher.ticks.count == 3 })
        try scene.loop.run(for: .milliseconds(200))
        #expect(watcher.ticks.count == 3)
        #expect(watcher.changeIDs == Array(1...50))
        scene.admin?.refresh()
        #expect(try scene.loop.run { watcher.ticks.count == 4 })
    }

    @Test("replay the changes after the last one that a client saw, oldest first, before the tick")
    func replay() throws {
        for _ in 0..<4 { scene.admin?.tell(change) }
        for watcher in [
            try openWatcher("", ["Last-Event-ID: 2"]), try openWatcher("?last_event_id=2"),
            try openWatcher("?last_event_id=0", ["Last-Event-ID: 2"]),
            try openWatcher("?last_event_id=2", ["Last-Event-ID: none of ours"]),
        ] {
            #expect(watcher.names.prefix(3) == ["change", "change", "tick"])
            #expect(watcher.changeIDs == [3, 4])
        }
        #expect(try openWatcher().changeIDs.isEmpty)
        // An id of an earlier run.
        #expect(try openWatcher("?last_event_id=99").changeIDs == [1, 2, 3, 4])
    }

    @Test("refuse an id in the query that is no number", arguments: ["x", "-1", ""])
    func refuseIDs(_ id: String) throws {
        #expect(try scene.ask("GET", "/api/v1/events?last_event_id=\(id)").status == 400)
    }

    @Test("tell each client the exchanges since the last tick, though others come meanwhile")
    func tellExchanges() throws {
        let first = try openWatcher()
        #expect(try scene.loop.run { first.ticks.count == 2 })
        scene.balancer.addExchanges(3)
        let second = try openWatcher()
        #expect(try scene.loop.run { first.ticks.count == 3 && second.ticks.count == 2 })
        #expect(first.exchanges[2].ids == [3, 2, 1])
        #expect(first.exchanges[2].seen == 3)
        #expect(second.exchanges.flatMap(\.ids).contains(3))
        scene.balancer.addExchanges(40)
        #expect(try scene.loop.run { first.ticks.count == 4 })
        #expect(first.exchanges[3].ids == Array((19...43).reversed()))
        #expect(first.exchanges[3].seen == 40)
    }

    @Test("stop to tick when nobody watches, and begin again")
    func rest() throws {
        let first = try openWatcher()
        first.peer.close()
        #expect(try scene.loop.run { scene.admin?.streams?.count == 0 })
        let second = try openWatcher()
        #expect(second.ticks.first?["event_streams"] as? Int == 1)
        #expect(try scene.loop.run { second.ticks.count == 2 })
    }

    @Test("are for 128 clients; one more is told so")
    func areBounded() throws {
        let watchers = try (0..<EventStreams.most).map { _ in try scene.watch() }
        #expect(try scene.loop.run { scene.admin?.streams?.count == EventStreams.most })
        let answer = try scene.ask("GET", "/api/v1/events")
        #expect(answer.status == 503)
        #expect(answer.code == "too_many_streams")
        watchers[0].peer.close()
        #expect(try scene.loop.run { scene.admin?.streams?.count == EventStreams.most - 1 })
        _ = try openWatcher()
    }

    @Test("leave half of the listener's connections to others")
    func leaveRoom() throws {
        let scene = try AdminScene(connections: 6)
        let watchers = try (0..<3).map { _ in try scene.watch() }
        #expect(try scene.loop.run { scene.admin?.streams?.count == 3 })
        #expect(try scene.ask("GET", "/api/v1/events").code == "too_many_streams")
        #expect(try scene.ask("GET", "/healthz").status == 200)
        withExtendedLifetime(watchers) {}
    }

    @Test("end in order when the server stops")
    func endWithServer() throws {
        let watcher = try openWatcher()
        scene.admin?.tell(change)
        scene.admin?.stop()
        #expect(try scene.loop.run { watcher.peer.isOver })
        scene.admin?.tell(change)
        scene.admin?.refresh()
    }

    @Test("break off when the server is gone without a word")
    func breakWithServer() throws {
        let watcher = try openWatcher()
        scene.release()
        #expect(try scene.loop.run { watcher.peer.isOver })
    }

    @Test("are not told to HEAD")
    func areNotForHead() throws {
        let answer = try scene.ask("HEAD", "/api/v1/events")
        #expect(answer.status == 200)
        #expect(answer["Content-Type"] == "text/event-stream")
        #expect(scene.admin?.streams?.count == 0)
    }
}
