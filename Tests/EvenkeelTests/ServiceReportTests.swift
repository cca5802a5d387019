import Balancing
import Configuration
import Dashboard
import TestSupport
import Testing

@testable import evenkeel

@Suite("A service's report")
struct ServiceReportTests {
    @Test("of a service that has not begun")
    func begins() throws {
        let scene = try DeskScene()
        let status = try scene.status
        #expect(status.name == "demo")
        #expect(status.mode == "http")
        #expect(status.address == scene.running.address)
        #expect(status.url == "http://\(status.address ?? "")/")
        #expect(status.state == "starting")
        #expect(status.strategies.map(\.name) == StrategyName.allCases.map(\.rawValue))
        #expect([status.serversTotal, status.serversUp, status.serversEligible] == [2, 2, 2])
        #expect(status.connections.limit == 100)
        #expect(status.requests.total == 0)
        #expect(status.requests.successRatio == nil)
        #expect(Set(status.requests.byStatus.keys) == ["1xx", "2xx", "3xx", "4xx", "5xx", "none"])
        #expect(status.latencyMs == nil)
        #expect(status.servers.map(\.name) == ["Server-1", "Server-2"])
        #expect(status.servers[0].address == "\(scene.servers[0].address)")
        #expect(!status.servers[0].health.checked)
        #expect(status.servers[0].requests.share == nil)
        #expect(status.servers[0].standing.title == "turns owed")
        #expect(scene.desk.reasonsNotReady == ["demo: the first checks are not over"])
        #expect(scene.desk.newestExchange(of: "demo") == 0)
    }

    @Test("counts what its servers answered, and who did")
    func counts() throws {
        let scene = try DeskScene()
        try scene.running.start()
        #expect(scene.desk.reasonsNotReady.isEmpty)
        for number in 1...3 { try scene.ask("/\(number)") }
        let status = try scene.status
        #expect(status.state == "accepting")
        #expect(status.requests.total == 3)
        #expect(status.requests.succeeded == 3)
        #expect(status.requests.successRatio == 1)
        #expect(status.requests.byStatus["2xx"] == 3)
        #expect(status.connections.accepted == 3)
        #expect(status.latencyMs?.count == 3)
        #expect(status.servers.map(\.requests.total) == [2, 1])
        #expect(status.servers.map(\.requests.share) == [0.6667, 0.3333])
    }

    @Test("remembers each exchange with why its server was picked")
    func remembers() throws {
        let scene = try DeskScene()
        try scene.running.start()
        for number in 1...3 { try scene.ask("/\(number)") }
        let exchanges = [3, 2].compactMap { scene.desk.exchange($0, of: "demo") }
        #expect(exchanges.map(\.id) == [3, 2])
        #expect(exchanges.map(\.target) == ["/3", "/2"])
        #expect(scene.desk.newestExchange(of: "demo") == 3)
        let first = try #require(scene.desk.exchange(1, of: "demo"))
        #expect(first.kind == "exchange")
        #expect(first.method == "GET")
        #expect(first.status == 200)
        #expect(first.server == "Server-1")
        #expect(first.client == "127.0.0.1")
        #expect(first.outcome == "succeeded")
        #expect(first.beganAt <= scene.desk.now)
        #expect(first.beganAt >= scene.desk.startedAt - 1)
        #expect(first.picks.count == 1)
        #expect(first.picks[0].server == "Server-1")
        #expect(first.picks[0].candidates.map(\.verdict) == ["picked", "eligible"])
        #expect(scene.desk.exchange(4, of: "demo") == nil)
    }

    @Test("has no URL in mode tcp")
    func hasNoURL() throws {
        let scene = try DeskScene(.tcp)
        #expect(try scene.status.url == nil)
        #expect(try scene.status.mode == "tcp")
        #expect(scene.desk.testTargets.isEmpty)
    }

    @Test("is nil for a service that there is not")
    func isNilForOthers() throws {
        let scene = try DeskScene()
        #expect(scene.desk.status(of: "x") == nil)
        #expect(scene.desk.exchange(1, of: "x") == nil)
        #expect(scene.desk.servers(of: "x").isEmpty)
        #expect(scene.desk.server("Server-1", of: "x") == nil)
        #expect(scene.desk.history(of: "x") == nil)
        #expect(scene.desk.newestExchange(of: "x") == 0)
    }
}
