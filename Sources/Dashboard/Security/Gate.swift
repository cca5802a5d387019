import HTTPServer

/// Who may ask for what: the rules that come before every answer.
///
/// A dashboard on the loopback is in reach of every page that its owner's browser opens. So the `Host` must
/// be a known name (against DNS rebinding), and a request that changes something must come from our own
/// page or from no page (against cross-site request forgery); see OWASP's cheat sheets on both.
struct Gate {
    /// `localhost` and its addresses, those that the configuration names, and the listener's own.
    private let hosts: Set<String>
    private let token: Secret?

    init(hosts: [String], address: String, token: Secret?) {
        let names = ["localhost", "127.0.0.1", "::1", address] + hosts
        self.hosts = Set(names.map { $0.contains(":") ? "[\($0.lowercased())]" : $0.lowercased() })
        self.token = token
    }

    /// Whether a token is wanted.
    var isLocked: Bool { token != nil }

    /// - Throws: ``Problem`` when the `Host` field does not name this server.
    func admitHost(_ request: HTTPServerRequest) throws(Problem) {
        // A target may name a host, too: then both have to be known.
        for host in [request.value(of: "Host"), request.host] {
            guard let host, hosts.contains(Self.name(in: host)) else { throw Self.unknownHost }
        }
    }

    /// What the server refuses by itself, in the gate's words where it has some.
    static func problem(_ refusal: HTTPServerRefusal) -> Problem {
        switch refusal {
        case .bodyTooLarge: tooLarge
        case HTTPServerRefusal(.missingHost): unknownHost
        default: Problem(refusal, allowed: Route.allMethods)
        }
    }

    private static let unknownHost = Problem(
        403, "unknown_host",
        "the Host field does not name this server; add the name to admin.hosts in the configuration")
    private static let tooLarge = Problem(413, "body_too_large", "the body is over 64 KiB")
    /// Bytes in a request's content: no plan of a test and no form comes near.
    static let contentLimit = 64 * 1024

    /// The name in a `Host` field, without its port, in lower case.
    private static func name(in host: String) -> String {
        let host = host.lowercased()
        guard let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") else { return host }
        return host[host.index(after: colon)...].allSatisfy(\.isNumber) ? String(host[..<colon]) : host
    }

    /// Whether a request shows the token: as a bearer (RFC 6750 section 2.1), or by the cookie of a login.
    func isKnown(_ request: HTTPServerRequest, _ logins: Logins) -> Bool {
        guard let token else { return true }
        if let shown = request.bearer { return token.matches(shown) }
        return isLoggedIn(request, logins)
    }

    /// Whether a request shows a token that is not the right one: a guess, and no mere lack.
    func isWrong(_ request: HTTPServerRequest) -> Bool {
        guard let token, let shown = request.bearer else { return false }
        return !token.matches(shown)
    }

    /// Whether a request is known by the cookie of a login alone. What a proxy before us or a browser sends in
    /// `Authorization` by another scheme is not for us.
    func isLoggedIn(_ request: HTTPServerRequest, _ logins: Logins) -> Bool {
        guard isLocked, request.bearer == nil else { return false }
        return request.cookies(named: logins.cookie).contains(where: logins.contains)
    }

    /// Whether this is the token.
    func isToken(_ text: String) -> Bool { token?.matches(text[...]) ?? false }

    /// - Throws: ``Problem`` when a request that changes something comes from another site.
    func admitChange(_ request: HTTPServerRequest) throws(Problem) {
        let foreign = Problem(
            403, "cross_origin", "changes are taken from this server's own pages and from programs alone")
        let sites = request.values(of: "Sec-Fetch-Site")
        guard sites.allSatisfy({ $0 == "same-origin" || $0 == "none" }) else { throw foreign }
        let origins = request.values(of: "Origin")
        guard origins.count < 2, let host = request.value(of: "Host") else { throw foreign }
        guard let origin = origins.first?.lowercased() else { return }
        // A proxy before us may speak TLS.
        let own = host.lowercased()
        guard origin == "http://\(own)" || origin == "https://\(own)" else { throw foreign }
    }

    /// - Throws: ``Problem`` when the content will not be what it must be, or is announced as too large.
    func admitContent(_ request: HTTPServerRequest, ofType type: String) throws(Problem) {
        guard request.contentLength ?? 0 <= Self.contentLimit else { throw Self.tooLarge }
        let value = request.value(of: "Content-Type") ?? ""
        let mediaType = value.prefix { $0 != ";" }.split(separator: " ", omittingEmptySubsequences: true)
        guard mediaType.count == 1, mediaType[0].lowercased() == type else {
            throw Problem(415, "wrong_content_type", "Content-Type must be \(type)")
        }
    }
}

extension HTTPServerRequest {
    /// The token that it shows, which may be empty; nil when it shows none. Two are none of ours, either.
    fileprivate var bearer: Substring? {
        let fields = values(of: "Authorization").map { $0.split(separator: " ", maxSplits: 1) }
        guard let field = fields.first(where: { $0.first?.lowercased() == "bearer" }) else { return nil }
        return fields.count == 1 && field.count == 2 ? field[1].drop { $0 == " " } : ""
    }

    /// The values of a cookie (RFC 6265 section 5.4).
    func cookies(named name: String) -> [String] {
        values(of: "Cookie").flatMap { $0.split(separator: ";") }.compactMap { pair in
            let pair = pair.drop { $0 == " " }
            guard pair.hasPrefix("\(name)=") else { return nil }
            return String(pair.dropFirst(name.count + 1))
        }
    }
}
