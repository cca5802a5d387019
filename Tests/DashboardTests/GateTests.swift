import EventLoop
import Testing

@testable import Dashboard

@Suite("The gate")
struct GateTests {
    private static let token = "correct horse battery"

    private let open = Gate(hosts: ["Balancer.example", "fd00::7"], address: "192.0.2.1", token: nil)
    private let locked = Gate(hosts: [], address: "127.0.0.1", token: Secret(token))

    private func request(_ fields: [(name: String, value: String)]) -> HTTPServerRequest {
        HTTPServerRequest(method: "GET", target: "/", fields: fields)
    }

    // MARK: Host

    @Test(
        "takes its own names in any case, with any port and without",
        arguments: [
            "localhost", "LocalHost", "localhost:8090", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8090",
            "192.0.2.1", "192.0.2.1:65535", "balancer.example", "BALANCER.EXAMPLE:8090", "[fd00::7]",
            "[FD00::7]:1",
        ])
    func takesItsNames(_ host: String) {
        #expect(refusal { () throws(Problem) in try open.admitHost(request([("Host", host)])) } == nil)
    }

    @Test(
        "refuses every other host",
        arguments: [
            "", "evil.test", "127.0.0.1.evil.test", "evil.test:8090", "localhost.", "localhost.evil.test",
            "localhost:evil.test", "localhost:80:90", "localhost:80@evil.test", "evil.test@localhost", "::1",
            "[::1", "[::1]evil.test", "[::1].evil.test:80", "[localhost]", "127.0.0.2", "127.1", "2130706433",
            "0x7f.0.0.1", " localhost", "localhost ", "localhost/", "localhost,evil.test", "fd00::7",
            "192.0.2.1.",
        ])
    func refusesOtherHosts(_ host: String) {
        let problem = refusal { () throws(Problem) in try open.admitHost(request([("Host", host)])) }
        #expect(problem?.status == 403)
        #expect(problem?.code == "unknown_host")
    }

    @Test("refuses a request without a host, and one with two")
    func wantsOneHost() {
        for fields in [[], [("Host", "localhost"), ("host", "localhost")]] {
            #expect(
                refusal { () throws(Problem) in try open.admitHost(request(fields)) }?.code == "unknown_host")
        }
    }

    @Test("knows its host by the listener's address alone")
    func knowsItsAddress() {
        let gate = Gate(hosts: [], address: "::1", token: nil)
        #expect(refusal { () throws(Problem) in try gate.admitHost(request([("Host", "[::1]:80")])) } == nil)
        #expect(
            refusal { () throws(Problem) in try gate.admitHost(request([("Host", "192.0.2.1")])) } != nil)
    }

    // MARK: Token

    @Test("lets everybody in without a token")
    func isOpen() {
        #expect(!open.isLocked)
        #expect(open.isKnown(request([]), Logins()))
        #expect(!open.isToken(""))
    }

    @Test(
        "takes the token as a bearer, however the scheme is spelled",
        arguments: ["Bearer", "bearer", "BEARER", "Bearer "])
    func takesBearers(_ scheme: String) {
        #expect(locked.isLocked)
        #expect(locked.isKnown(request([("Authorization", "\(scheme) \(Self.token)")]), Logins()))
    }

    @Test(
        "refuses what is not the token",
        arguments: [
            "", "Bearer", "Bearer ", "Bearer correct", "Bearer correct horse batterx",
            "Bearer correct horse battery!", "Bearer Correct horse battery", "Bearer correct horse battery ",
            "Basic correct horse battery", "correct horse battery", "Bearer: correct horse battery",
            "Bearer\tcorrect horse battery", "Bearer \"correct horse battery\"",
        ])
    func refusesWrongBearers(_ field: String) {
        #expect(!locked.isKnown(request([("Authorization", field)]), Logins()))
    }

    @Test("refuses who shows nothing, and who shows the token twice")
    func refusesDoubledBearers() {
        let field = (name: "Authorization", value: "Bearer \(Self.token)")
        #expect(!locked.isKnown(request([]), Logins()))
        #expect(!locked.isKnown(request([field, field]), Logins()))
    }

    @Test("knows a login by its cookie, among others and in a second field")
    func knowsCookies() {
        var logins = Logins()
        let name = logins.add()
        let own = "\(Logins.cookiePrefix)=\(name)"
        for fields in [
            [("Cookie", own)], [("Cookie", "a=b; \(own); c=d")], [("cookie", "a=b"), ("Cookie", own)],
            [("Cookie", "\(Logins.cookiePrefix)=old; \(own)")],
        ] {
            #expect(locked.isKnown(request(fields), logins))
        }
    }

    @Test("knows a login beside an Authorization of another scheme, not beside a wrong bearer")
    func knowsCookiesBesideOthers() {
        var logins = Logins()
        let cookie = (name: "Cookie", value: "\(Logins.cookiePrefix)=\(logins.add())")
        for field in ["Basic dXNlcjpwYXNz", "Negotiate", "", "Bearerx y"] {
            #expect(locked.isKnown(request([cookie, ("Authorization", field)]), logins), "\(field)")
        }
        for field in ["Bearer wrong", "bearer", "Bearer "] {
            #expect(!locked.isKnown(request([cookie, ("Authorization", field)]), logins), "\(field)")
        }
        let right = (name: "Authorization", value: "Bearer \(Self.token)")
        #expect(locked.isKnown(request([right, ("Authorization", "Basic x")]), Logins()) == false)
    }

    @Test("tells who is known by a cookie from who shows the token")
    func tellsLogins() {
        var logins = Logins()
        let cookie = (name: "Cookie", value: "\(Logins.cookiePrefix)=\(logins.add())")
        #expect(locked.isLoggedIn(request([cookie]), logins))
        #expect(!locked.isLoggedIn(request([cookie, ("Authorization", "Bearer \(Self.token)")]), logins))
        #expect(!locked.isLoggedIn(request([]), logins))
        #expect(!open.isLoggedIn(request([cookie]), logins))
    }

    @Test("refuses a cookie that is no login")
    func refusesOtherCookies() {
        var logins = Logins()
        let name = logins.add()
        let own = Logins.cookiePrefix
        for cookie in [
            "", own, "\(own)=", "\(own)=\(Self.token)",
            "\(own)=\(name)0", "\(own)=\(name.dropLast())",
            "x\(own)=\(name)",
            "\(own)x=\(name)", name,
        ] {
            #expect(!locked.isKnown(request([("Cookie", cookie)]), logins), "\(cookie)")
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

    private func change(_ fields: (name: String, value: String)...) -> Problem? {
        let all = [(name: "Host", value: "localhost:8090")] + fields
        return refusal { () throws(Problem) in try open.admitChange(request(all)) }
    }

    @Test("takes a change from a program, and from its own page with or without TLS before it")
    func takesOwnChanges() {
        #expect(change() == nil)
        #expect(change(("Origin", "http://localhost:8090")) == nil)
        #expect(change(("Origin", "https://LOCALHOST:8090"), ("Sec-Fetch-Site", "same-origin")) == nil)
        #expect(change(("Sec-Fetch-Site", "none")) == nil)
    }

    @Test(
        "refuses a change from another origin",
        arguments: [
            "", "null", "http://evil.test", "http://localhost", "http://localhost:80",
            "http://localhost:80900",
            "http://localhost:8090/", "http://127.0.0.1:8090", "localhost:8090", "ftp://localhost:8090",
            "http://evil.test http://localhost:8090", "http://localhost:8090.evil.test",
        ])
    func refusesOtherOrigins(_ origin: String) {
        let problem = change(("Origin", origin))
        #expect(problem?.status == 403)
        #expect(problem?.code == "cross_origin")
    }

    @Test("refuses two origins, though both are its own")
    func refusesTwoOrigins() {
        let own = (name: "Origin", value: "http://localhost:8090")
        #expect(change(own, own)?.code == "cross_origin")
    }

    @Test(
        "refuses a change that the browser says another site began",
        arguments: ["cross-site", "same-site", "", "same-origin, cross-site", "Same-Origin"])
    func refusesOtherSites(_ site: String) {
        #expect(change(("Sec-Fetch-Site", site))?.code == "cross_origin")
        #expect(
            change(("Origin", "http://localhost:8090"), ("Sec-Fetch-Site", site))?.code == "cross_origin")
        #expect(
            change(("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", site))?.code == "cross_origin")
    }

    // MARK: Content

    private func content(_ type: String?, isTooLarge: Bool = false) -> Problem? {
        let request = HTTPServerRequest(
            method: "POST", target: "/", fields: type.map { [("Content-Type", $0)] } ?? [],
            isBodyTooLarge: isTooLarge)
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
    func takesContent(_ type: String) {
        #expect(content(type) == nil)
    }

    @Test(
        "refuses other content types, and none",
        arguments: [
            nil, "", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application",
            "text/plain; application/json", "application/problem+json",
        ])
    func refusesContent(_ type: String?) {
        #expect(content(type)?.status == 415)
    }

    @Test("says of a large body that it is large before it looks at its type")
    func refusesLargeBodies() {
        #expect(content(nil, isTooLarge: true)?.status == 413)
    }
}
