import Configuration
import EventLoop
import Foundation
import TestSupport
import Testing

@testable import Dashboard
@testable import evenkeel

@Suite("The test desk")
struct TestDeskTests {
    private let scene: DeskScene
    private var desk: AdminDesk { scene.desk }

    init() throws {
        scene = try DeskScene()
        try scene.running.start()
    }

    private func plan(requests: Int, service: String = "demo") -> TestPlan {
        TestPlan(
            service: service, url: "http://127.0.0.1/", method: "GET", path: "/", headers: [:],
            requests: requests, durationSeconds: nil, concurrency: 1, rate: nil, keepAlive: true,
            timeoutSeconds: 10)
    }

    private func refusal(of plan: TestPlan) -> TestRefusal? {
        do throws(TestRefusal) {
            _ = try desk.startTest(plan)
            return nil
        } catch {
            return error
        }
    }

    @Test("runs a test to its end, and compares it with what the balancer counted")
    func runs() throws {
        let started = try desk.startTest(plan(requests: 6))
        #expect(started.id == 1)
        #expect(started.state == .running)
        #expect(scene.takeTold() == ["load test 1 began: 6 requests, 1 at a time, to http://127.0.0.1/"])
        let test = try scene.runTest(1)
        #expect(test.state == .finished)
        #expect(test.progress == 1)
        let result = try #require(test.result)
        #expect([result.sent, result.answered, result.succeeded, result.failed] == [6, 6, 6, 0])
        #expect(result.byStatus == ["1xx": 0, "2xx": 6, "3xx": 0, "4xx": 0, "5xx": 0])
        #expect(result.errors.isEmpty)
        #expect(result.latencyMs?.count == 6)
        #expect(result.balancer?.counted == 6)
        #expect(result.balancer?.matches == true)
        #expect(scene.takeTold().first?.hasPrefix("load test 1 ended: 6 of 6 succeeded, ") == true)
    }

    @Test("runs one test at a time")
    func runsOne() throws {
        _ = try desk.startTest(plan(requests: 1000))
        guard case .running(id: 1)? = refusal(of: plan(requests: 1)) else {
            Issue.record("a second test began")
            return
        }
        // Not cancelled before its result is there.
        #expect(desk.cancelTest(1)?.state == .running)
        guard case .running(id: 1)? = refusal(of: plan(requests: 1)) else {
            Issue.record("a second test began before the first had ended")
            return
        }
        let test = try scene.runTest(1)
        #expect(test.state == .cancelled)
        // Only one side has counted what was cut.
        #expect(test.result?.balancer == nil)
        #expect(desk.cancelTest(1)?.state == .cancelled)
        #expect(desk.cancelTest(2) == nil)
        #expect(refusal(of: plan(requests: 1)) == nil)
        #expect(try scene.runTest(2).state == .finished)
    }

    @Test("compares with the balancer's count of the test's requests, not with those of others")
    func countsItsOwn() throws {
        _ = try desk.startTest(plan(requests: 20))
        for _ in 0..<3 { try scene.ask("/other") }
        #expect(try scene.runTest(1).result?.balancer?.counted == 20)
        #expect(scene.running.service.recent.total == 23)
        var own = plan(requests: 2)
        own.headers = ["X-REQUEST-ID": "mine"]
        _ = try desk.startTest(own)
        let result = try #require(try scene.runTest(2).result)
        #expect(result.sent == 2)
        #expect(result.balancer == nil)
    }

    @Test("remembers the last ten, newest first")
    func remembersTen() throws {
        for id in 1...11 {
            #expect(refusal(of: plan(requests: 1)) == nil)
            _ = try scene.runTest(id)
        }
        #expect(desk.tests.map(\.id) == (2...11).reversed())
    }

    @Test("starts no test of a service that there is not, or that takes nobody")
    func refusesOthers() throws {
        guard case .impossible? = refusal(of: plan(requests: 1, service: "x")) else {
            Issue.record("a test of no service began")
            return
        }
        scene.running.stopAccepting {}
        guard case .impossible? = refusal(of: plan(requests: 1)) else {
            Issue.record("a test of a stopped service began")
            return
        }
        #expect(desk.tests.isEmpty)
    }

    private static let wrongPlans: [(member: String, spoil: @Sendable (inout TestPlan) -> Void)] = [
        ("requests", { $0.requests = 0 }), ("requests", { $0.requests = 1_000_001 }),
        ("duration_seconds", { ($0.requests, $0.durationSeconds) = (nil, 0.9) }),
        ("duration_seconds", { ($0.requests, $0.durationSeconds) = (nil, 601) }),
        ("concurrency", { $0.concurrency = 0 }), ("concurrency", { $0.concurrency = 9001 }),
        ("rate", { $0.rate = 0.5 }), ("rate", { $0.rate = 1e99 }),
        ("timeout_seconds", { $0.timeoutSeconds = 0.09 }), ("timeout_seconds", { $0.timeoutSeconds = 1e9 }),
        ("method", { $0.method = "FLY" }), ("path", { $0.path = "/a\r\nX: y" }),
        ("path", { $0.path = "http://other.test/" }), ("headers", { $0.headers = ["Host": "a"] }),
        ("headers", { $0.headers = ["Connection": "upgrade"] }),
        ("headers", { $0.headers = ["a": "b\r\nc: d"] }),
    ]

    @Test(
        "refuses a plan beyond its limits, with the member's name in the API", arguments: wrongPlans.indices)
    func refusesWrongPlans(_ number: Int) {
        let (member, spoil) = Self.wrongPlans[number]
        var plan = plan(requests: 1)
        spoil(&plan)
        guard case .wrong(let named, let problem)? = refusal(of: plan) else {
            Issue.record("a plan with a wrong \(member) was taken")
            return
        }
        #expect(named == member)
        #expect(!problem.isEmpty)
        #expect(desk.tests.isEmpty)
    }

    @Test("starts no test once the balancer stops, and ends the one that runs")
    func stops() throws {
        _ = try desk.startTest(plan(requests: 100_000))
        desk.stop()
        #expect(try scene.runTest(1).state == .cancelled)
        guard case .impossible(let reason)? = refusal(of: plan(requests: 1)) else {
            Issue.record("a test began")
            return
        }
        #expect(reason == "the balancer is stopping")
    }
}
