import HTTPServer
import Testing

@testable import Dashboard

@Suite("A route")
struct RouteTests {
    private static let reading = ["GET", "HEAD"]

    private func route(_ path: String) throws -> Route? { Route(try Target(path).segments) }

    @Test(
        "is known by its path, with the methods that it takes",
        arguments: [
            ("/", .file("index.html"), reading),
            ("/assets/css/login.css", .file("css/login.css"), reading),
            ("/login", .login, reading + ["POST"]),
            ("/logout", .logout, ["POST"]),
            ("/healthz", .health, reading),
            ("/readyz", .readiness, reading),
            ("/metrics", .metrics, reading),
            ("/api/v1/status", .status, reading),
            ("/api/v1/services", .services, reading),
            ("/api/v1/services/demo", .service("demo"), reading),
            ("/api/v1/services/demo/servers", .servers(of: "demo"), reading),
            ("/api/v1/services/demo/servers/a", .server("a", of: "demo"), reading + ["PATCH"]),
            ("/api/v1/services/demo/strategy", .strategy(of: "demo"), reading + ["PUT"]),
            ("/api/v1/services/demo/exchanges", .exchanges(of: "demo"), reading),
            ("/api/v1/services/demo/exchanges/12", .exchange("12", of: "demo"), reading),
            ("/api/v1/services/demo/history", .history(of: "demo"), reading),
            ("/api/v1/metrics/reset", .reset, ["POST"]),
            ("/api/v1/tests", .tests, reading + ["POST"]),
            ("/api/v1/tests/1", .test("1"), reading + ["DELETE"]),
            ("/api/v1/changes", .changes, reading),
            ("/api/v1/events", .events, reading),
            ("/api/v1/openapi.json", .openAPI, reading),
        ] as [(String, Route, [String])])
    func isKnown(_ path: String, _ expected: Route, _ methods: [String]) throws {
        #expect(try route(path) == expected)
        #expect(expected.methods == methods)
    }

    @Test("names services and servers by what their escapes stand for")
    func decodesNames() throws {
        #expect(
            try route("/api/v1/services/a%2Fb/servers/10.0.0.1%3A80%20%C3%BC")
                == .server("10.0.0.1:80 ü", of: "a/b"))
    }

    @Test(
        "is none for an unknown path",
        arguments: [
            "//", "/index.html", "/x", "/assets", "/API/v1/status", "/api", "/api/", "/api/v1", "/api/v1/",
            "/api/v2/status", "/api/v1/x", "/api/v1/status/", "/api/v1/status/x", "/api/v1//status",
            "/api/v1/tests/1/x", "/api/v1/metrics", "/api/v1/metrics/x",
            "/api/v1/services/demo/x", "/api/v1/services/demo/servers/a/x",
            "/api/v1/services/demo/strategy/x",
            "/api/v1/services/demo/history/1", "/login/",
            "/login/x",
            "/logout/", "/healthz/", "/readyz/x", "/metrics/", "/Login",
        ])
    func isNoneForUnknownPaths(_ path: String) throws {
        let route = try route(path)
        // "/assets" is no file's name.
        #expect(route == nil || route == .file(""))
    }

    @Test(
        "is none for a path that climbs, in any spelling",
        arguments: [
            "/..", "/../", "/../../etc/passwd", "/./", "/assets/..", "/assets/../index.html", "/assets/./a",
            "/assets/%2e%2e/a", "/assets/%2E./a", "/assets/.%2e/a", "/api/v1/../v1/status",
            "/api/./v1/status",
            "/api/v1/services/../status", "/api/v1/services/..", "/api/v1/services/%2e%2e/servers",
        ])
    func isNoneForClimbingPaths(_ path: String) throws {
        #expect(try route(path) == nil)
    }

    @Test(
        "has no file for a path that climbs within a segment",
        arguments: [
            "/assets/..%2findex.html", "/assets/%2e%2e%2fetc%2fpasswd", "/assets/..%5Cindex.html",
            "/assets//css/login.css", "/assets/css/login.css/", "/assets/CSS/login.css", "/assets/",
            "/assets/%252e%252e/index.html",
        ])
    func hasNoFileForClimbingPaths(_ path: String) throws {
        guard case .file(let file) = try route(path) else { return }
        let request = try #require(HTTPServerRequest.sample("GET", path))
        #expect(PageAssets().answer(file, to: request) == nil)
    }

    @Test("is public where the login form needs it, and nowhere else")
    func isPublic() {
        for route in [Route.login, .file("css/login.css"), .file("icon.svg")] { #expect(route.isPublic) }
        for route in [
            Route.file("index.html"), .file("login.html"), .file("css/base.css"), .logout, .status, .events,
            .openAPI, .health, .readiness, .metrics, .file("css/login.css/x"),
        ] {
            #expect(!route.isPublic)
        }
    }

    @Test("is for monitoring with health, readiness and metrics, and with nothing else")
    func isMonitoring() {
        for route in [Route.health, .readiness, .metrics] { #expect(route.isMonitoring) }
        for route in [Route.status, .reset, .file("index.html"), .login] { #expect(!route.isMonitoring) }
    }
}
