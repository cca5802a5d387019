import Sockets
import TestSupport
import Testing

@testable import Dashboard

@Suite("An admin server with a token")
struct AdminLoginTests {
    private let scene: AdminScene
    private let bearer = "Authorization: Bearer \(AdminScene.token)"
    private let form = "Content-Type: application/x-www-form-urlencoded"

    init() throws {
        scene = try AdminScene(token: AdminScene.token)
    }

    @Test(
        "tells nobody without it anything",
        arguments: [
            ("GET", "/api/v1/status"), ("GET", "/api/v1/events"), ("GET", "/metrics"), ("GET", "/healthz"),
            ("GET", "/readyz"), ("GET", "/x"), ("POST", "/api/v1/metrics/reset"),
            ("GET", "/assets/css/base.css"),
            ("PUT", "/api/v1/status"), ("POST", "/logout"), ("GET", "/assets/x"),
        ])
    func isClosed(_ method: String, _ path: String) throws {
        let answer = try scene.ask(method, path)
        #expect(answer.status == 401)
        #expect(answer["WWW-Authenticate"] == "Bearer")
        #expect(answer["X-Frame-Options"] == "DENY")
        #expect(answer.code == "no_token")
        #expect(try scene.ask(method, path, ["Authorization: Bearer wrong"]).status == 401)
    }

    @Test("looks at the host before the token, and at the token before the path")
    func looksInOrder() throws {
        #expect(try scene.ask("GET", "/x", host: "evil.test").status == 403)
        #expect(try scene.ask("GET", "/x", [bearer], host: "evil.test").status == 403)
        #expect(try scene.ask("GET", "/x").status == 401)
        #expect(try scene.ask("GET", "/x", [bearer]).status == 404)
        #expect(try scene.ask("PUT", "/api/v1/status", [bearer]).status == 405)
    }

    @Test("lets in who shows it")
    func letsIn() throws {
        let answer = try scene.ask("GET", "/api/v1/status", [bearer])
        #expect(answer.status == 200)
        #expect(try answer.json["authentication"] as? String == "token")
    }

    @Test("leads a browser to the login form, which needs no token")
    func leadsToForm() throws {
        let page = try scene.ask("GET", "/")
        #expect(page.status == 303)
        #expect(page["Location"] == "/login")
        let login = try scene.ask("GET", "/login")
        #expect(login.status == 200)
        #expect(login.body.contains("<form"))
        #expect(try scene.ask("GET", "/login?failed").body != login.body)
        #expect(try scene.ask("GET", "/assets/css/login.css").status == 200)
    }

    @Test(
        "takes a form with one token, and says what another one lacks",
        arguments: [
            ("", "bad_value"), ("other=1", "bad_value"), ("token=a&token=b", "bad_value"),
            ("token=%zz", "bad_form"), ("token=%ff", "bad_form"), ("a=%00&token=b", "bad_form"),
        ])
    func refusesForms(_ body: String, _ code: String) throws {
        let answer = try scene.ask("POST", "/login", [form], body: body)
        #expect(answer.status == 400)
        #expect(answer.code == code)
    }

    @Test("lets a browser in that logs in, until it logs out")
    func logsInAndOut() throws {
        let answer = try scene.ask("POST", "/login", [form], body: "token=\(AdminScene.token)")
        #expect(answer.status == 303)
        #expect(answer["Location"] == "/")
        let cookie = try #require(answer["Set-Cookie"])
        #expect(cookie.hasSuffix("; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200"))
        #expect(!cookie.contains(AdminScene.token))
        let shown = "Cookie: " + cookie.prefix { $0 != ";" }
        #expect(try scene.ask("GET", "/", [shown]).status == 200)
        #expect(try scene.ask("GET", "/api/v1/status", [shown]).status == 200)
        let out = try scene.ask("POST", "/logout", [shown])
        #expect(out.status == 303)
        #expect(out["Location"] == "/login")
        #expect(out["Set-Cookie"]?.contains("Max-Age=0") == true)
        #expect(try scene.ask("GET", "/", [shown]).status == 303)
        #expect(try scene.ask("GET", "/api/v1/status", [shown]).status == 401)
    }

    @Test("ends the event streams of a login that logs out, and of no other")
    func endsStreams() throws {
        func logIn() throws -> String {
            let answer = try scene.ask("POST", "/login", [form], body: "token=\(AdminScene.token)")
            return "Cookie: " + (try #require(answer["Set-Cookie"])).prefix { $0 != ";" }
        }
        let (leaving, staying) = (try logIn(), try logIn())
        let watchers = try [leaving, staying, bearer].map { try scene.watch("", [$0]) }
        #expect(try scene.loop.run { watchers.allSatisfy { !$0.ticks.isEmpty } })
        #expect(try scene.ask("GET", "/api/v1/status", [leaving]).json["logged_in"] as? Bool == true)
        #expect(try scene.ask("GET", "/api/v1/status", [bearer]).json["logged_in"] as? Bool == false)
        #expect(try scene.ask("POST", "/logout", [leaving]).status == 303)
        #expect(scene.admin?.streams?.count == 2)
        #expect(try scene.loop.run { watchers[0].peer.received.hasSuffix("\r\n0\r\n\r\n") })
        let before = watchers[0].events.count
        scene.admin?.refresh()
        #expect(try scene.loop.run { watchers.dropFirst().allSatisfy { $0.ticks.count == 2 } })
        #expect(watchers[0].events.count == before)
    }

    @Test(
        "lets nobody log in with another token",
        arguments: [
            "", "token=", "token=wrong", "other=correct-horse", "token=correct-horse&token=x", "token=%00",
        ])
    func refusesLogins(_ body: String) throws {
        let answer = try scene.ask("POST", "/login", [form], body: body)
        #expect(answer["Set-Cookie"] == nil)
        #expect(answer.status == 400 || answer["Location"] == "/login?failed")
    }

    @Test("takes a login from its own form alone")
    func refusesForeignLogins() throws {
        let body = "token=\(AdminScene.token)"
        #expect(
            try scene.ask("POST", "/login", [form, "Origin: http://evil.test"], body: body).status == 403)
        #expect(
            try scene.ask("POST", "/login", ["Content-Type: application/json"], body: body).status == 415)
        #expect(
            try scene.ask("POST", "/login", [form], body: String(repeating: "x", count: 65537)).status == 413)
        #expect(
            try scene.ask("POST", "/login", [form, "Origin: http://localhost"], body: body).status == 303)
    }

    @Test("reads a token with blanks and signs as forms write them")
    func readsForms() throws {
        let scene = try AdminScene(token: "a b+c%&=")
        let answer = try scene.ask("POST", "/login", [form], body: "x=y&token=a+b%2Bc%25%26%3D")
        #expect(answer["Set-Cookie"] != nil)
    }

    @Test("has a second listener with three paths for everybody")
    func hasMonitoring() throws {
        try scene.admin?.startMonitoring(on: Endpoint("127.0.0.1:0").resolve())
        let address = try #require(scene.admin?.monitoringAddress)
        for path in ["/healthz", "/readyz", "/metrics"] {
            let answer = try scene.ask("GET", path, host: "balancer-7.monitored.test", to: address)
            #expect(answer.status == 200)
            #expect(answer["X-Content-Type-Options"] == "nosniff")
            #expect(try scene.ask("HEAD", path, to: address).status == 200)
            #expect(try scene.ask("POST", path, to: address).status == 405)
            #expect(try scene.ask("TRACE", path, to: address)["Allow"] == "GET, HEAD")
            #expect(try scene.ask("GET", path, host: nil, to: address).code == "missing_host")
        }
        for path in [
            "/", "/login", "/assets/css/login.css", "/api/v1/status", "/api/v1/events",
            "/api/v1/metrics/reset",
            "/x",
        ] {
            for method in ["GET", "POST"] {
                #expect(try scene.ask(method, path, [bearer], to: address).status == 404)
            }
        }
    }
}
