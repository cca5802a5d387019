import Testing

@testable import Dashboard

@Suite("Reading a test's plan")
struct TestPlanReadingTests {
    private typealias Targets = [(service: String, url: String)]

    private static let demo: Targets = [("demo", "http://127.0.0.1:8080/")]
    private static let two: Targets = demo + [("shop", "http://[::1]:8081/")]

    private func plan(_ members: String, for targets: Targets = demo) throws -> TestPlan {
        try TestPlan(JSONBody(Array("{\(members)}".utf8)), targets: targets)
    }

    private func problem(_ members: String, for targets: Targets = demo) -> Problem? {
        refusal { () throws(Problem) in
            _ = try TestPlan(JSONBody(Array("{\(members)}".utf8)), targets: targets)
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
        "takes each number up to its limits",
        arguments: [
            "\"requests\":1", "\"requests\":1000000", "\"duration_seconds\":1", "\"duration_seconds\":600",
            "\"requests\":1,\"concurrency\":1", "\"requests\":1,\"concurrency\":9000",
            "\"requests\":1,\"rate\":1", "\"requests\":1,\"rate\":100000",
            "\"requests\":1,\"timeout_seconds\":0.1", "\"requests\":1,\"timeout_seconds\":60",
        ])
    func takesLimits(_ members: String) {
        #expect(problem(members) == nil)
    }

    @Test(
        "refuses each number beyond its limits, and says what they are",
        arguments: [
            ("\"requests\":0", "\"requests\" must be a whole number from 1 to 1000000"),
            ("\"requests\":1000001", "\"requests\" must be a whole number from 1 to 1000000"),
            ("\"requests\":1.5", "\"requests\" must be a whole number from 1 to 1000000"),
            ("\"requests\":true", "\"requests\" must be a whole number from 1 to 1000000"),
            ("\"duration_seconds\":0.9", "\"duration_seconds\" must be a number from 1.0 to 600.0"),
            ("\"duration_seconds\":601", "\"duration_seconds\" must be a number from 1.0 to 600.0"),
            ("\"concurrency\":0", "\"concurrency\" must be a whole number from 1 to 9000"),
            ("\"concurrency\":9001", "\"concurrency\" must be a whole number from 1 to 9000"),
            ("\"concurrency\":1e99", "\"concurrency\" must be a whole number from 1 to 9000"),
            ("\"rate\":0.5", "\"rate\" must be a number from 1.0 to 100000.0"),
            ("\"rate\":100001", "\"rate\" must be a number from 1.0 to 100000.0"),
            ("\"timeout_seconds\":0.09", "\"timeout_seconds\" must be a number from 0.1 to 60.0"),
            ("\"timeout_seconds\":60.1", "\"timeout_seconds\" must be a number from 0.1 to 60.0"),
            ("\"keep_alive\":1", "\"keep_alive\" must be true or false"),
            ("\"service\":1", "\"service\" must be a text"),
            ("\"path\":1", "\"path\" must be a text"),
            ("\"headers\":[]", "\"headers\" must be an object of texts"),
            (
                "\"method\":\"TRACE\"",
                "\"method\" must be one of: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH"
            ),
            (
                "\"method\":\"get\"",
                "\"method\" must be one of: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH"
            ),
        ])
    func refusesBeyondLimits(_ members: String, _ expected: String) {
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

    @Test("refuses a test where there is no service for it")
    func refusesWithoutTargets() {
        #expect(problem("\"requests\":1", for: [])?.status == 400)
        #expect(problem("\"requests\":1,\"service\":\"demo\"", for: [])?.status == 400)
    }

    @Test("takes a path of up to 2048 printable characters")
    func takesPaths() throws {
        let path = "/" + String(repeating: "a", count: 2047)
        #expect(try plan("\"requests\":1,\"path\":\"\(path)\"").path == path)
        #expect(try plan("\"requests\":1,\"path\":\"/~!?%20&=\"").path == "/~!?%20&=")
    }

    @Test(
        "refuses other paths",
        arguments: [
            "", "a", "http://evil.test/", "/a b", "/a#b", "/ü", "/a\\r\\nX: y", "/a\\u0000", "/a\\u007f",
            "/" + String(repeating: "a", count: 2048),
        ])
    func refusesPaths(_ path: String) {
        #expect(
            detail("\"requests\":1,\"path\":\"\(path)\"")
                == "\"path\" must start with \"/\" and be at most 2048 printable ASCII characters, "
                + "without blanks and \"#\"")
    }

    private func headers(_ count: Int) -> String {
        let members = (0..<count).map { "\"X-\($0)\":\"a\"" }.joined(separator: ",")
        return "\"requests\":1,\"headers\":{\(members)}"
    }

    @Test("takes up to 32 header fields")
    func boundsHeaders() throws {
        #expect(try plan(headers(32)).headers.count == 32)
        #expect(detail(headers(33)) == "\"headers\" may have 32 members")
    }

    @Test(
        "refuses what is no header field",
        arguments: [
            "\"\":\"a\"", "\"a b\":\"a\"", "\"a:\":\"a\"", "\"ü\":\"a\"", "\"a\\n\":\"a\"", "\"a\":\"ü\"",
            "\"a\":\"b\\r\\nc: d\"", "\"a\":\"\\u0000\"", "\"a\":\"\\u007f\"",
            "\"\(String(repeating: "a", count: 129))\":\"a\"",
            "\"a\":\"\(String(repeating: "b", count: 1025))\"",
        ])
    func refusesHeaders(_ member: String) {
        #expect(
            detail("\"requests\":1,\"headers\":{\(member)}")
                == "\"headers\" must be field names with values of printable ASCII characters")
    }

    @Test(
        "refuses the header fields of the test's own",
        arguments: [
            "Host", "host", "Connection", "Content-Length", "Transfer-Encoding", "Upgrade", "Expect", "TE",
        ])
    func refusesOwnHeaders(_ name: String) {
        #expect(
            detail("\"requests\":1,\"headers\":{\"\(name)\":\"a\"}")
                == "the header \"\(name)\" is set by the test itself")
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
