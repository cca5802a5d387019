import Testing

@testable import Dashboard

@Suite("Reading a test's plan")
struct TestPlanReadingTests {
    private typealias Targets = [(service: String, url: String)]

    private static let demo: Targets = [("demo", "http://127.0.0.1:8080/")]
    private static let two: Targets = demo + [("shop", "http://[::1]:8081/")]

    private func plan(_ members: String, for targets: Targets = demo) throws -> TestPlan {
        try TestPlan(
            JSONBody(Array("{\(members)}".utf8)), targets: targets, services: ["demo", "shop", "database"])
    }

    private func problem(_ members: String, for targets: Targets = demo) -> Problem? {
        refusal { () throws(Problem) in
            _ = try TestPlan(
                JSONBody(Array("{\(members)}".utf8)), targets: targets,
                services: ["demo", "shop", "database"])
        }
    }

    private func detail(_ members: String, for targets: Targets = demo) -> String? {
        problem(members, for: targets)?.detail
    }

    @Test("fills in what is not said")
    func hasDefaults() throws {
        let plan = try plan("\"requests\":50")
        #expect(plan.service == "demo")
        #expect(plan.url == "http://127.0.0.1:8080/")
        #expect(plan.method == "GET")
        #expect(plan.path == "/")
        #expect(plan.headers.isEmpty)
        #expect(plan.requests == 50)
        #expect(plan.durationSeconds == nil)
        #expect(plan.concurrency == 10)
        #expect(plan.rate == nil)
        #expect(plan.keepAlive)
        #expect(plan.timeoutSeconds == 30)
    }

    @Test("takes all that is said")
    func takesAll() throws {
        let plan = try plan(
            """
            "service":"shop","method":"POST","path":"/a?b=c","headers":{"X-A":"b c"},"duration_seconds":2.5,
            "concurrency":3,"rate":10.5,"keep_alive":false,"timeout_seconds":0.5
            """, for: Self.two)
        #expect(plan.service == "shop")
        #expect(plan.url == "http://[::1]:8081/a?b=c")
        #expect(plan.method == "POST")
        #expect(plan.headers == ["X-A": "b c"])
        #expect(plan.requests == nil)
        #expect(plan.durationSeconds == 2.5)
        #expect(plan.concurrency == 3)
        #expect(plan.rate == 10.5)
        #expect(!plan.keepAlive)
        #expect(plan.timeoutSeconds == 0.5)
    }

    @Test(
        "refuses what is of another kind, and says what it must be",
        arguments: [
            ("\"requests\":1.5", "\"requests\" must be a whole number"),
            ("\"requests\":true", "\"requests\" must be a whole number"),
            ("\"concurrency\":1e99", "\"concurrency\" must be a whole number"),
            ("\"duration_seconds\":1e99", "\"duration_seconds\" must be a number from 0 to 1000000000"),
            ("\"timeout_seconds\":-1", "\"timeout_seconds\" must be a number from 0 to 1000000000"),
            ("\"rate\":\"1\"", "\"rate\" must be a number"),
            ("\"keep_alive\":1", "\"keep_alive\" must be true or false"),
            ("\"service\":1", "\"service\" must be a text"),
            ("\"path\":1", "\"path\" must be a text"),
            ("\"method\":1", "\"method\" must be a text"),
            ("\"headers\":[]", "\"headers\" must be an object of texts"),
        ])
    func refusesOtherKinds(_ members: String, _ expected: String) {
        #expect(detail(members) == expected)
    }

    @Test(
        "wants either a number of requests or a duration",
        arguments: [
            "", "\"requests\":null", "\"requests\":1,\"duration_seconds\":1",
            "\"requests\":null,\"duration_seconds\":null",
        ])
    func wantsOneAmount(_ members: String) {
        #expect(detail(members) == "give either \"requests\" or \"duration_seconds\"")
    }

    @Test("takes one amount beside a null")
    func takesNullAmount() throws {
        #expect(try plan("\"requests\":null,\"duration_seconds\":1").durationSeconds == 1)
    }

    @Test("wants the service's name where there are several")
    func wantsService() {
        #expect(
            detail("\"requests\":1", for: Self.two) == "give \"service\"; a test can have: demo, shop")
        #expect(
            detail("\"requests\":1,\"service\":\"database\"", for: Self.two)
                == "\"service\" must be one that speaks HTTP on a TCP port: demo, shop")
    }

    @Test("tells of a service that there is not")
    func knowsServices() {
        #expect(
            problem("\"requests\":1,\"service\":\"x\"")
                == Problem(
                    404, "unknown_service", "there is no service \"x\"; there are: demo, shop, database"))
    }

    @Test("refuses a test where there is no service for it")
    func refusesWithoutTargets() {
        #expect(problem("\"requests\":1", for: [])?.status == 400)
        #expect(problem("\"requests\":1,\"service\":\"demo\"", for: [])?.status == 400)
    }

    @Test("refuses what it does not know, and tells what it does")
    func refusesUnknownMembers() {
        #expect(
            problem("\"requests\":1,\"url\":\"http://evil.test/\"")
                == Problem(
                    400, "unknown_member",
                    "there is no member \"url\" here; there are: concurrency, duration_seconds, headers, "
                        + "keep_alive, method, path, rate, requests, service, timeout_seconds"))
    }
}
