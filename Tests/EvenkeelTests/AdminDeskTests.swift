import Balancing
import TestSupport
import Testing

@testable import Dashboard
@testable import evenkeel

@Suite("The admin desk")
struct AdminDeskTests {
    private let scene: DeskScene
    private var desk: AdminDesk { scene.desk }

    init() throws {
        scene = try DeskScene()
        try scene.running.start()
    }

    private func change(
        _ state: AdministrativeState? = nil, weight: Int? = nil, of server: String = "Server-1"
    ) -> Bool {
        desk.change(
            ServerChange(administrativeState: state, weight: weight, drainTimeout: .seconds(30)), of: server,
            in: "demo")
    }

    @Test("changes a server, and tells of it once")
    func changesServers() throws {
        #expect(change(.disabled, weight: 3))
        #expect(scene.takeTold() == ["Server-1 has weight 3, had 1", "Server-1 was stopped"])
        #expect(change(.disabled, weight: 3))
        #expect(scene.takeTold() == [])
        #expect(change(.enabled))
        #expect(scene.takeTold() == ["Server-1 was started"])
        #expect(try scene.status.servers[0].weight == 3)
    }

    @Test("drains a server, which is disabled once nothing is in flight")
    func drains() throws {
        #expect(change(.draining))
        #expect(try scene.loop.run { try scene.status.servers[0].administrativeState == "disabled" })
        #expect(
            scene.takeTold() == [
                "Server-1 drains: it gets nothing new", "Server-1 is stopped: its drain is over",
            ])
        #expect(try scene.status.servers[0].drain == nil)
    }

    @Test("says how grave it is that a server leaves: the last one is what clients notice")
    func weighsLosses() {
        _ = change(.disabled)
        scene.running.pool.tell()
        _ = change(.disabled, of: "Server-2")
        scene.running.pool.tell()
        #expect(scene.told.map(\.severity) == [.warning, .error])
        #expect(scene.told.map(\.kind) == [.administrativeState, .administrativeState])
        #expect(scene.told.map(\.server) == ["Server-1", "Server-2"])
        #expect(desk.reasonsNotReady == ["demo: no server is eligible"])
        _ = change(.enabled)
        scene.running.pool.tell()
        #expect(scene.told.last?.severity == .info)
    }

    @Test("knows no other server and no other service")
    func knowsNoOthers() {
        #expect(!change(.disabled, of: "Server-3"))
        #expect(
            !desk.change(
                ServerChange(administrativeState: .disabled, drainTimeout: .zero), of: "Server-1", in: "x"))
        desk.setStrategy(.leastConnections, of: "x")
        #expect(scene.told.isEmpty)
    }

    @Test("sets a strategy, and tells of it when it is another")
    func setsStrategies() throws {
        desk.setStrategy(.roundRobin, of: "demo")
        #expect(scene.told.isEmpty)
        desk.setStrategy(.leastConnections, of: "demo")
        #expect(scene.takeTold() == ["the strategy is Least Connections now"])
        #expect(try scene.status.strategy == "least_connections")
        #expect(try scene.status.servers[0].standing.title == "in flight per weight")
    }

    @Test("resets the metrics of one service or of all, and keeps the exchanges")
    func resets() throws {
        try scene.ask("/")
        for service in ["demo", nil] {
            let at = desk.resetMetrics(of: service)
            #expect(try scene.status.countingSince == at)
            #expect(scene.told.last?.service == service)
            #expect(scene.told.last?.kind == .reset)
        }
        #expect(try scene.status.requests.total == 0)
        #expect(desk.newestExchange(of: "demo") == 1)
    }

    @Test("is not ready and starts no test once it stops")
    func stops() {
        #expect(!desk.isStopping)
        desk.stop()
        #expect(desk.isStopping)
        #expect(desk.reasonsNotReady == ["the balancer is stopping"])
    }
}
