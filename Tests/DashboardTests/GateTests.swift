import HTTPServer
import Testing

@testable import Dashboard

@Suite("The gate")
struct GateTests {
    private static let token = "correct horse battery"

    private let open = Gate(hosts: ["Balancer.example", "fd00::7"], address: "192.0.2.1", token: nil)
    private let locked = Gate(hosts: [], address: "127.0.0.1", token: Secret(token))

    private func request(_ fields: [(name: String, value: String)]) throws -> HTTPServerRequest {
        try #require(.sample(fields: fields))
    }

    private func hostRefusal(_ host: String, by gate: Gate) throws -> Problem? {
        let request = try request([("Host", host)])
        return refusal { () throws(Problem) in try gate.admitHost(request) }
    }

    // MARK: Host

    @Test(
        "takes its own names in any case, with any port and without",
        arguments: [
            "localhost", "LocalHost", "localhost:8090", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8090",
            "192.0.2.1", "192.0.2.1:65535", "balancer.example", "BALANCER.EXAMPLE:8090", "[fd00::7]",
            "[FD00::7]:1",
        ])
    func takesItsNames(_ host: String) throws {
        #expect(try hostRefusal(host, by: open) == nil)
    }

    @Test(
        "refuses every other host",
        arguments: [
            "", "evil.test", "127.0.0.1.evil.test", "evil.test:8090", "localhost.", "localhost.evil.test",
            "localhost:evil.test", "localhost:80:90", "localhost:80@evil.test", "evil.test@localhost", "::1",
            "[::1", "[::1]evil.test", "[::1].evil.test:80", "[localhost]", "127.0.0.2", "127.1", "2130706433",
            "0x7f.0.0.1", "localhost/", "localhost,evil.test", "fd00::7",
            "192.0.2.1.",
        ])
    func refusesOtherHosts(_ host: String) {
        // Most of them are no hosts at all, and refused when the head is read.
        guard let request = HTTPServerRequest.sample(fields: [("Host", host)]) else { return }
        let problem = refusal { () throws(Problem) in try open.admitHost(request) }
        #expect(problem?.status == 403)
        #expect(problem?.code == "unknown_host")
    }

    @Test("refuses a request without a host, which HTTP/1.0 allows")
    func wantsHost() throws {
        let request = try #require(HTTPServerRequest.sample(fields: [], version: "1.0"))
        #expect(refusal { () throws(Problem) in try open.admitHost(request) }?.code == "unknown_host")
    }

    @Test("knows its host by the listener's address alone")
    func knowsItsAddress() throws {
        let gate = Gate(hosts: [], address: "::1", token: nil)
        #expect(try hostRefusal("[::1]:80", by: gate) == nil)
        #expect(try hostRefusal("192.0.2.1", by: gate) != nil)
    }

    // MARK: Token

    @Test("lets everybody in without a token")
    func isOpen() throws {
        #expect(!open.isLocked)
        #expect(try open.isKnown(request([]), Logins()))
        #expect(!open.isToken(""))
    }

    @Test(
        "takes the token as a bearer, however the scheme is spelled",
        arguments: ["Bearer", "bearer", "BEARER", "Bearer "])
    func takesBearers(_ scheme: String) throws {
        #expect(locked.isLocked)
        #expect(try locked.isKnown(request([("Authorization", "\(scheme) \(Self.token)")]), Logins()))
    }

    @Test(
        "refuses what is not the token",
        arguments: [
            "", "Bearer", "Bearer ", "Bearer correct", "Bearer correct horse batterx",
            "Bearer correct horse battery!", "Bearer Correct horse battery",
            "Basic correct horse battery", "correct horse battery", "Bearer: correct horse battery",
            "Bearer\tcorrect horse battery", "Bearer \"correct horse battery\"",
        ])
    func refusesWrongBearers(_ field: String) throws {
        #expect(try !locked.isKnown(request([("Authorization", field)]), Logins()))
    }

    @Test("refuses who shows nothing, and who shows the token twice")
    func refusesDoubledBearers() throws {
        let field = (name: "Authorization", value: "Bearer \(Self.token)")
        #expect(try !locked.isKnown(request([]), Logins()))
        #expect(try !locked.isKnown(request([field, field]), Logins()))
    }

    @Test("knows a login by its cookie, among others and in a second field")
    func knowsCookies() throws {
        var logins = Logins()
        let name = logins.add()
        let own = "\(Logins.cookiePrefix)=\(name)"
        for fields in [
            [("Cookie", own)], [("Cookie", "a=b; \(own); c=d")], [("cookie", "a=b"), ("Cookie", own)],
            [("Cookie", "\(Logins.cookiePrefix)=old; \(own)")],
        ] {
            #expect(try locked.isKnown(request(fields), logins))
        }
    }

    @Test("knows a login beside an Authorization of another scheme, not beside a wrong bearer")
    func knowsCookiesBesideOthers() throws {
        var logins = Logins()
        let cookie = (name: "Cookie", value: "\(Logins.cookiePrefix)=\(logins.add())")
        for field in ["Basic dXNlcjpwYXNz", "Negotiate", "", "Bearerx y"] {
            #expect(try locked.isKnown(request([cookie, ("Authorization", field)]), logins), "\(field)")
        }
        for field in ["Bearer wrong", "bearer", "Bearer "] {
            #expect(try !locked.isKnown(request([cookie, ("Authorization", field)]), logins), "\(field)")
        }
        let right = (name: "Authorization", value: "Bearer \(Self.token)")
        #expect(try locked.isKnown(request([right, ("Authorization", "Basic x")]), Logins()) == false)
    }

    @Test("tells who is known by a cookie from who shows the token")
    func tellsLogins() throws {
        var logins = Logins()
        let cookie = (name: "Cookie", value: "\(Logins.cookiePrefix)=\(logins.add())")
        #expect(try locked.isLoggedIn(request([cookie]), logins))
        #expect(try !locked.isLoggedIn(request([cookie, ("Authorization", "Bearer \(Self.token)")]), logins))
        #expect(try !locked.isLoggedIn(request([]), logins))
        #expect(try !open.isLoggedIn(request([cookie]), logins))
    }

    @Test("refuses a cookie that is no login")
    func refusesOtherCookies() throws {
        var logins = Logins()
        let name = logins.add()
        let own = Logins.cookiePrefix
        for cookie in [
            "", own, "\(own)=", "\(own)=\(Self.token)",
            "\(own)=\(name)0", "\(own)=\(name.dropLast())",
            "x\(own)=\(name)",
            "\(own)x=\(name)", name,
        ] {
            #expect(try !locked.isKnown(request([("Cookie", cookie)]), logins), "\(cookie)")
        }
    }

    @Test("tells the token from other texts")
    func tellsTheToken() {
        #expect(locked.isToken(Self.token))
        for text in ["", "correct", Self.token + " ", Self.token.uppercased()] {
            #expect(!locked.isToken(text))
        }
    }

    // MARK: Changes

    private func change(_ fields: (name: String, value: String)...) throws -> Problem? {
        let request = try request([(name: "Host", value: "localhost:8090")] + fields)
        return refusal { () throws(Problem) in try open.admitChange(request) }
    }

    @Test("takes a change from a program, and from its own page with or without TLS before it")
    func takesOwnChanges() throws {
        #expect(try change() == nil)
        #expect(try change(("Origin", "http://localhost:8090")) == nil)
        #expect(try change(("Origin", "https://LOCALHOST:8090"), ("Sec-Fetch-Site", "same-origin")) == nil)
        #expect(try change(("Sec-Fetch-Site", "none")) == nil)
    }

    @Test(
        "refuses a change from another origin",
        arguments: [
            "", "null", "http://evil.test", "http://localhost", "http://localhost:80",
            "http://localhost:80900",
            "http://localhost:8090/", "http://127.0.0.1:8090", "localhost:8090", "ftp://localhost:8090",
            "http://evil.test http://localhost:8090", "http://localhost:8090.evil.test",
        ])
    func refusesOtherOrigins(_ origin: String) throws {
        let problem = try change(("Origin", origin))
        #expect(problem?.status == 403)
        #expect(problem?.code == "cross_origin")
    }

    @Test("refuses two origins, though both are its own")
    func refusesTwoOrigins() throws {
        let own = (name: "Origin", value: "http://localhost:8090")
        #expect(try change(own, own)?.code == "cross_origin")
    }

    @Test(
        "refuses a change that the browser says another site began",
        arguments: ["cross-site", "same-site", "", "same-origin, cross-site", "Same-Origin"])
    func refusesOtherSites(_ site: String) throws {
        #expect(try change(("Sec-Fetch-Site", site))?.code == "cross_origin")
        #expect(
            try change(("Origin", "http://localhost:8090"), ("Sec-Fetch-Site", site))?.code == "cross_origin")
        #expect(
            try change(("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", site))?.code == "cross_origin")
    }

    // MARK: Content

    private func content(_ type: String?, length: Int = 2) throws -> Problem? {
        let fields =
            [(name: "Content-Length", value: "\(length)")] + (type.map { [("Content-Type", $0)] } ?? [])
        let request = try #require(HTTPServerRequest.sample("POST", "/", fields: fields))
        return refusal { () throws(Problem) in
            try open.admitContent(request, ofType: "application/json")
        }
    }

    @Test(
        "takes the right content type, in any case and with parameters",
        arguments: [
            "application/json", "Application/JSON", "application/json; charset=utf-8",
            "application/json;charset=utf-8", " application/json ",
        ])
    func takesContent(_ type: String) throws {
        #expect(try content(type) == nil)
    }

    @Test(
        "refuses other content types, and none",
        arguments: [
            nil, "", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application",
            "text/plain; application/json", "application/problem+json",
        ])
    func refusesContent(_ type: String?) throws {
        #expect(try content(type)?.status == 415)
    }

    @Test("says of a large body that it is large before it looks at its type")
    func refusesLargeBodies() throws {
        #expect(try content(nil, length: 65_537)?.status == 413)
    }
}
