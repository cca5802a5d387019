import TestSupport
import Testing

@testable import Dashboard

@Suite("The admin server")
struct AdminServerTests {
    private let scene: AdminScene

    init() throws {
        scene = try AdminScene()
    }

    // MARK: What stands

    @Test("tells how everything stands, with every member")
    func tellsStatus() throws {
        let answer = try scene.ask("GET", "/api/v1/status")
        #expect(answer.status == 200)
        #expect(answer["Content-Type"] == "application/json")
        let status = try answer.json
        #expect(status["version"] as? String == "1.2.3")
        #expect(status["uptime_seconds"] as? Double == 12.5)
        #expect(status["state"] as? String == "running")
        #expect(status["authentication"] as? String == "none")
        #expect(status["event_streams"] as? Int == 0)
        #expect(answer.body.contains(#""test":null"#))
        #expect((status["services"] as? [[String: Any]])?.first?["servers_total"] as? Int == 2)
    }

    @Test(
        "answers what it has, with 200",
        arguments: [
            "/", "/assets/css/base.css", "/healthz", "/readyz", "/metrics", "/api/v1/services",
            "/api/v1/services/demo", "/api/v1/services/demo/servers",
            "/api/v1/services/demo/servers/Server-1",
            "/api/v1/services/demo/strategy", "/api/v1/services/demo/exchanges",
            "/api/v1/services/demo/history",
            "/api/v1/tests", "/api/v1/changes", "/api/v1/openapi.json",
        ])
    func answers(_ path: String) throws {
        let answer = try scene.ask("GET", path)
        #expect(answer.status == 200)
        #expect(!answer.body.isEmpty)
        let head = try scene.ask("HEAD", path)
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
        for name in ["Content-Length", "Content-Type", "ETag", "Cache-Control"] {
            #expect(head[name] == answer[name])
        }
    }

    @Test(
        "answers what it has not with 404, and tells what there is",
        arguments: [
            ("/x", "unknown_path"), ("/assets/x", "unknown_path"),
            ("/assets/..%2findex.html", "unknown_path"),
            ("/api/v1/services/x", "unknown_service"), ("/api/v1/services/x/servers", "unknown_service"),
            ("/api/v1/services/x/exchanges", "unknown_service"),
            ("/api/v1/services/x/history", "unknown_service"),
            ("/api/v1/services/x/exchanges/1", "unknown_service"),
            ("/api/v1/services/demo/exchanges/1", "unknown_exchange"),
            ("/api/v1/services/demo/servers/x", "unknown_server"), ("/api/v1/tests/1", "unknown_test"),
        ])
    func answersUnknown(_ path: String, _ code: String) throws {
        let answer = try scene.ask("GET", path)
        #expect(answer.status == 404)
        #expect(answer["Content-Type"] == "application/problem+json")
        #expect(answer.code == code)
        if code == "unknown_server" {
            #expect(
                try answer.json["detail"] as? String
                    == "there is no server \"x\" in service \"demo\"; there are: Server-1, Server-2")
        }
    }

    @Test("gives the exchanges after a number, newest first, up to a limit")
    func givesExchanges() throws {
        scene.balancer.addExchanges(60)
        func ids(_ query: String) throws -> [Int]? {
            let answer = try scene.ask("GET", "/api/v1/services/demo/exchanges\(query)")
            return (try answer.json["exchanges"] as? [[String: Any]])?.compactMap { $0["id"] as? Int }
        }
        #expect(try ids("") == (11...60).reversed())
        #expect(try ids("?limit=2") == [60, 59])
        #expect(try ids("?after=57&limit=200") == [60, 59, 58])
        #expect(try ids("?after=60") == [])
        #expect(try scene.ask("GET", "/api/v1/services/demo/exchanges/7").json["target"] as? String == "/7")
    }

    @Test(
        "refuses a query that is wrong",
        arguments: ["limit=0", "limit=201", "limit=x", "after=-1", "limit=1&limit=2", "after=%00"])
    func refusesQueries(_ query: String) throws {
        #expect(try scene.ask("GET", "/api/v1/services/demo/exchanges?\(query)").status == 400)
    }

    @Test("says that it is not ready with 503 and the reasons")
    func tellsReadiness() throws {
        scene.balancer.reasonsNotReady = ["demo: no server is eligible"]
        let answer = try scene.ask("GET", "/readyz")
        #expect(answer.status == 503)
        #expect(answer["Content-Type"] == "application/json")
        #expect(try answer.json["status"] as? String == "not_ready")
        #expect(try answer.json["reasons"] as? [String] == ["demo: no server is eligible"])
        #expect(try scene.ask("GET", "/healthz").status == 200)
    }

    @Test("gives the changes of a service with its history, and all of them by themselves")
    func givesChanges() throws {
        for (service, text) in [("demo", "a"), ("shop", "b"), (nil, "c")] {
            scene.admin?.tell(Change(at: 1, service: service, kind: .reset, text: text))
        }
        func texts(_ path: String) throws -> [String]? {
            (try scene.ask("GET", path).json["changes"] as? [[String: Any]])?.compactMap {
                $0["text"] as? String
            }
        }
        #expect(try texts("/api/v1/changes") == ["c", "b", "a"])
        #expect(try texts("/api/v1/services/demo/history") == ["c", "a"])
    }

    // MARK: Methods and files

    @Test(
        "refuses other methods, and tells which it takes",
        arguments: [
            ("POST", "/", "GET, HEAD"), ("PUT", "/api/v1/status", "GET, HEAD"),
            ("GET", "/api/v1/metrics/reset", "POST"), ("HEAD", "/logout", "POST"),
            ("DELETE", "/api/v1/services/demo/servers/Server-1", "GET, HEAD, PATCH"),
            ("POST", "/api/v1/services/demo/strategy", "GET, HEAD, PUT"),
            ("OPTIONS", "/api/v1/tests", "GET, HEAD, POST"), ("FROB", "/api/v1/events", "GET, HEAD"),
            ("TRACE", "/api/v1/events", "GET, HEAD, POST, PUT, PATCH, DELETE"),
            ("PATCH", "/api/v1/tests/1", "GET, HEAD, DELETE"),
        ])
    func refusesMethods(_ method: String, _ path: String, _ allowed: String) throws {
        let answer = try scene.ask(method, path)
        #expect(answer.status == 405)
        #expect(answer["Allow"] == allowed)
        #expect(answer["Access-Control-Allow-Origin"] == nil)
    }

    @Test("tells a browser that has a file already so")
    func knowsFiles() throws {
        let first = try scene.ask("GET", "/")
        let tag = try #require(first["ETag"])
        #expect(first["Content-Type"] == "text/html; charset=utf-8")
        #expect(first["Cache-Control"] == "no-cache")
        for method in ["GET", "HEAD"] {
            let second = try scene.ask(method, "/", ["If-None-Match: \(tag)"])
            #expect(second.status == 304)
            #expect(second.body.isEmpty)
            #expect(second["ETag"] == tag)
        }
        #expect(try scene.ask("GET", "/", ["If-None-Match: \"other\""]).status == 200)
    }

    // MARK: Security

    private let securityFields = [
        "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
        "Content-Security-Policy":
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
    ]

    @Test(
        "protects every answer",
        arguments: [
            ("GET", "/", 200), ("GET", "/healthz", 200), ("GET", "/x", 404), ("POST", "/", 405),
            ("GET", "/%00", 400), ("GET", "/login", 303), ("PATCH", "/api/v1/services/demo/servers/x", 415),
            ("HEAD", "/api/v1/events", 200),
        ])
    func isProtected(_ method: String, _ path: String, _ status: Int) throws {
        let answer = try scene.ask(method, path)
        #expect(answer.status == status)
        for (name, value) in securityFields { #expect(answer[name] == value) }
        #expect(answer["Cache-Control"] == (path == "/" && status == 200 ? "no-cache" : "no-store"))
        #expect(answer.fields.keys.allSatisfy { !$0.hasPrefix("access-control") })
    }

    @Test(
        "looks at the host before everything else",
        arguments: [
            ("GET", "/"), ("GET", "/x"), ("GET", "/healthz"), ("GET", "/%00"), ("POST", "/"),
            ("PUT", "/api/v1/x"),
        ])
    func looksAtHostFirst(_ method: String, _ path: String) throws {
        for host in ["evil.test", nil] {
            let answer = try scene.ask(method, path, host: host)
            #expect(answer.status == 403)
            #expect(answer.code == "unknown_host")
            for (name, value) in securityFields { #expect(answer[name] == value) }
        }
        #expect(try scene.ask("GET", "/healthz", host: "Balancer.Example:1").status == 200)
    }

    @Test("looks at path, method, origin, size, type and content in this order")
    func looksInOrder() throws {
        let large = String(repeating: "x", count: 64 * 1024 + 1)
        let foreign = "Origin: http://evil.test"
        let path = "/api/v1/services/demo/strategy"
        #expect(try scene.ask("PUT", "/x", [foreign], body: large).status == 404)
        #expect(try scene.ask("PATCH", path, [foreign], body: large).status == 405)
        #expect(try scene.ask("PUT", path, [foreign], body: large).code == "cross_origin")
        #expect(try scene.ask("PUT", path, body: large).status == 413)
        #expect(try scene.ask("PUT", path, ["Content-Type: text/plain"], body: "{").status == 415)
        #expect(try scene.ask("PUT", path, json: "{").code == "bad_json")
        #expect(try scene.ask("PUT", path, json: "{}").code == "bad_value")
    }

    @Test(
        "takes no change from another site",
        arguments: [
            ("POST", "/api/v1/metrics/reset"), ("POST", "/logout"), ("DELETE", "/api/v1/tests/1"),
            ("POST", "/login"), ("POST", "/api/v1/tests"),
        ])
    func refusesForeignChanges(_ method: String, _ path: String) throws {
        for field in ["Origin: http://evil.test", "Origin: null", "Sec-Fetch-Site: cross-site"] {
            #expect(try scene.ask(method, path, json: "{}", [field]).code == "cross_origin")
        }
        #expect(scene.balancer.resets.isEmpty)
    }
}
