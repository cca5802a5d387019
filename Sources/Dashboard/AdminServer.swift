import EventLoop
import HTTPServer
import Sockets
import Time

/// The dashboard: its page, its API and its events, on the balancer's loop.
public final class AdminServer {
    private let settings: AdminSettings
    let loop: EventLoop
    let balancer: any AdministeredBalancer
    private let gate: Gate
    var logins = Logins()
    var answers = LongAnswers()
    private var wrongTokens = WrongTokens()
    private var wrongTokensTimer: Timer?
    private let work: SideWork
    /// Called now and then while wrong tokens are shown: how many there were since the last time, and the address that
    /// the last one came from.
    public var onWrongTokens: ((_ count: Int, _ peer: String) -> Void)?
    private let assets = PageAssets()
    /// Tells one run of the program from another.
    private let instance = String(UInt64.random(in: .min ... .max), radix: 16)
    /// The newest exchange of each service that a tick for all has told.
    var lastTold: [String: UInt64] = [:]
    private(set) var streams: EventStreams?
    private var server: HTTPServer?
    private var monitoring: HTTPServer?

    /// Listens, and answers from the loop's next turn on.
    ///
    /// - Throws: ``SystemError`` when the address cannot be listened on.
    public init(
        _ settings: AdminSettings, for balancer: any AdministeredBalancer, on loop: EventLoop
    ) throws {
        self.settings = settings
        self.balancer = balancer
        self.loop = loop
        work = try SideWork(on: loop)
        gate = Gate(
            hosts: settings.hosts, address: settings.address.host,
            token: settings.token)
        streams = try EventStreams(on: loop, connections: settings.connections, work: work) {
            [unowned self] in
            tick(isForAll: $0)
        }
        server = try listen(on: settings.address, refuse: Gate.problem) {
            [unowned self] request throws(Problem) in
            try admit(request)
        }
        wrongTokensTimer = try Timer(on: loop) { [unowned self] in tellWrongTokens() }
        logins.listen(on: server?.address.port)
    }

    /// Opens the second listener, which has `/metrics`, `/healthz` and `/readyz` for everybody.
    ///
    /// - Throws: ``SystemError`` when its address cannot be listened on.
    public func startMonitoring(on address: SocketAddress) throws {
        let refuse = { Problem($0, allowed: Route.health.methods) }
        monitoring = try listen(on: address, refuse: refuse) { [unowned self] request throws(Problem) in
            try admitMonitoring(request)
        }
    }

    private func listen(
        on address: SocketAddress, refuse: @escaping (HTTPServerRefusal) -> Problem,
        admit: @escaping (HTTPServerRequest) throws(Problem) -> HTTPServerReply
    ) throws -> HTTPServer {
        var limits = HTTPServer.Limits()
        limits.connections = settings.connections
        return try HTTPServer(
            .listen(on: address), on: loop, limits: limits, work: work, commonFields: Answer.securityFields,
            refuse: { [unowned self] in finished(Answer.problem(refuse($0))) },
            handle: { [unowned self] request in
                reply(to: request) { () throws(Problem) in try admit(request) }
            })
    }

    deinit {
        // Streams tell of their end those who watch them: these must still be there.
        stop()
    }

    /// Where it listens.
    public var address: SocketAddress? { server?.address }

    /// Where the second listener is, if there is one.
    public var monitoringAddress: SocketAddress? { monitoring?.address }

    /// The connections of each listener, and the most that it takes.
    public var connectionUse: [(listener: String, open: Int, limit: Int)] {
        [("dashboard", server), ("monitoring", monitoring)].compactMap { name, server in
            server.map { (name, $0.connectionCount, settings.connections) }
        }
    }

    /// The streams of events, and the most that there may be.
    public var streamUse: (open: Int, limit: Int)? { streams.map { ($0.count, $0.limit) } }

    /// Tells everybody who watches of a change.
    public func tell(_ change: Change) {
        answers.forget()
        streams?.tell(change)
    }

    /// Shows everybody who watches soon how things stand now.
    public func refresh() {
        answers.forget()
        streams?.tickSoon()
    }

    /// Ends all streams and listeners.
    public func stop() {
        streams?.endAll()
        server = nil
        monitoring = nil
    }

    // MARK: Answers

    private func finished(_ response: HTTPServerResponse) -> HTTPServerResponse {
        Answer.finished(response, at: balancer.now)
    }

    /// What a request leads to, or why it is refused.
    private func reply(
        to request: HTTPServerRequest, _ answer: () throws(Problem) -> HTTPServerReply
    ) -> HTTPServerReply {
        do throws(Problem) {
            return try answer()
        } catch {
            let answer = finished(Answer.problem(error))
            guard error.status == 401, gate.isWrong(request) else { return .now(answer) }
            return .after(noteWrongToken(of: request)) { answer }
        }
    }

    /// Reads a request's content before it is answered.
    private func read(
        for request: HTTPServerRequest, _ answer: @escaping ([UInt8]) throws(Problem) -> HTTPServerReply
    ) -> HTTPServerReply {
        .read(atMost: Gate.contentLimit) { [unowned self] content in
            reply(to: request) { () throws(Problem) in try answer(content) }
        }
    }

    private func admitMonitoring(_ request: HTTPServerRequest) throws(Problem) -> HTTPServerReply {
        let target = try Target(request.path)
        guard let route = Route(target.segments), route.isMonitoring else { throw Self.noSuchPath }
        guard route.methods.contains(request.method) else { throw .wrongMethod(route.methods) }
        return .now(finished(try get(route, target, request)))
    }

    private static let noSuchPath = Problem(
        404, "unknown_path", "there is nothing here; the API is described by /api/v1/openapi.json")

    /// Lets through what may pass, in the order in which the least is told to whoever may not. All of that is known when
    /// the head has come, so that nothing is read of a content which is not wanted.
    private func admit(_ request: HTTPServerRequest) throws(Problem) -> HTTPServerReply {
        try gate.admitHost(request)
        logins.advance(to: loop.now)
        let target = try Target(request.path)
        let route = Route(target.segments)
        guard gate.isKnown(request, logins) || route?.isPublic == true else {
            if route?.isPage == true { return .now(finished(Answer.redirect(to: "/login"))) }
            var problem = Problem(
                401, "no_token", "show the token: Authorization: Bearer TOKEN, or log in at /login")
            problem.fields = [("WWW-Authenticate", "Bearer")]
            throw problem
        }
        guard let route else { throw Self.noSuchPath }
        guard route.methods.contains(request.method) else { throw .wrongMethod(route.methods) }
        let changes = request.method != "GET" && request.method != "HEAD"
        if changes { try gate.admitChange(request) }
        if let known = route.parameters { try target.refuseMembers(but: changes ? [] : known) }
        guard changes else {
            return .now(finished(try get(route, target, request)))
        }
        switch route {
        case .login:
            try gate.admitContent(request, ofType: "application/x-www-form-urlencoded")
            return read(for: request) { [unowned self] content throws(Problem) in
                try logIn(with: content, request)
            }
        case .logout: return .now(finished(logOut(request)))
        case _ where request.method == "DELETE": return .now(finished(try changed(route, [])))
        default:
            try gate.admitContent(request, ofType: "application/json")
            return read(for: request) { [unowned self] content throws(Problem) in
                .now(finished(try changed(route, content)))
            }
        }
    }

    private func changed(_ route: Route, _ content: [UInt8]) throws(Problem) -> HTTPServerResponse {
        defer { answers.forget() }
        return try change(route, content)
    }

    private func get(
        _ route: Route, _ target: Target, _ request: HTTPServerRequest
    ) throws(Problem) -> HTTPServerResponse {
        switch route {
        case .file(let path):
            guard let answer = assets.answer(path, to: request) else { throw Self.noSuchPath }
            return answer
        case .openAPI:
            guard let answer = assets.answer("openapi.json", to: request) else { throw Self.noSuchPath }
            return answer
        case .login:
            let file = target.query.contains { $0.name == "failed" } ? "login-failed.html" : "login.html"
            guard gate.isLocked, let answer = assets.answer(file, to: request) else {
                return Answer.redirect(to: "/")
            }
            return answer
        case .events: return try openStream(target, request)
        case .status: return Answer.json(overview(for: request))
        default: return try getState(route, target)
        }
    }

    // MARK: Login

    private func logIn(with content: [UInt8], _ request: HTTPServerRequest) throws(Problem) -> HTTPServerReply
    {
        let shown = try Self.token(inForm: content)
        // Nobody guesses where there is nothing to guess.
        guard gate.isLocked else { return .now(finished(Answer.redirect(to: "/"))) }
        guard gate.isToken(shown) else {
            let answer = finished(Answer.redirect(to: "/login?failed"))
            return .after(noteWrongToken(of: request)) { answer }
        }
        let name = logins.add()
        // It may have taken the place of the oldest.
        streams?.endForbidden()
        let fields = [("Set-Cookie", cookie(name, lasting: Logins.lifetime))]
        return .now(finished(Answer.redirect(to: "/", fields: fields)))
    }

    /// - Throws: ``Problem`` for what is no form, or has not just one token.
    private static func token(inForm body: [UInt8]) throws(Problem) -> String {
        guard let text = String(validating: body, as: UTF8.self),
            let members = PercentText.members(of: text[...], plusIsSpace: true)
        else {
            throw Problem(400, "bad_form", "the body has an escape or a byte that no form has")
        }
        let tokens = members.filter { $0.name == "token" }
        guard tokens.count == 1 else {
            throw Problem(
                400, "bad_value",
                tokens.isEmpty ? "\"token\" is missing" : "\"token\" is there more than once")
        }
        return tokens[0].value
    }

    /// The answer is how long the request's answer is held back.
    private func noteWrongToken(of request: HTTPServerRequest) -> TimeSpan {
        if wrongTokens.note(from: request.peer?.host ?? "") { tellWrongTokens() }
        return WrongTokens.delay
    }

    private func tellWrongTokens() {
        guard let (count, peer) = wrongTokens.takeUntold() else { return }
        onWrongTokens?(count, peer)
        wrongTokensTimer?.schedule(after: WrongTokens.interval)
    }

    private func logOut(_ request: HTTPServerRequest) -> HTTPServerResponse {
        logins.removeAll(shownBy: request)
        streams?.endForbidden()
        return Answer.redirect(to: "/login", fields: [("Set-Cookie", cookie("", lasting: .zero))])
    }

    private func cookie(_ value: String, lasting span: TimeSpan) -> String {
        let age = Int(span.inSeconds)
        return "\(logins.cookie)=\(value); HttpOnly; SameSite=Strict; Path=/; Max-Age=\(age)"
    }

    // MARK: Events

    private func openStream(
        _ target: Target, _ request: HTTPServerRequest
    ) throws(Problem) -> HTTPServerResponse {
        guard let streams, streams.count < streams.limit else {
            throw Problem(503, "too_many_streams", "\(streams?.limit ?? 0) clients watch the events already")
        }
        let asked = try target.integer("last_event_id", in: Target.ids)
        // A header that is no number of ours says as little as none.
        let last = request.value(of: "Last-Event-ID").flatMap(UInt64.init) ?? asked.map(UInt64.init)
        return HTTPServerResponse(
            status: 200, fields: [("Content-Type", "text/event-stream"), ("X-Accel-Buffering", "no")],
            body: .stream { stream in
                streams.open(stream, after: last) { [unowned self] in gate.isKnown(request, logins) }
            })
    }

    /// How everything stands but for the services.
    var tick: Tick {
        Tick(
            now: balancer.now, second: loop.now.nanoseconds / 1_000_000_000 - 1, instance: instance,
            version: settings.version, uptimeSeconds: uptime, state: state, test: balancer.tests.first,
            eventStreams: streams?.count ?? 0)
    }

    private var state: String { balancer.isStopping ? "stopping" : "running" }

    private var uptime: Double { ((balancer.now - balancer.startedAt) * 1000).rounded() / 1000 }

    private func overview(for request: HTTPServerRequest) -> Overview {
        Overview(
            version: settings.version, instance: instance, startedAt: balancer.startedAt,
            uptimeSeconds: uptime, state: state, now: balancer.now,
            services: balancer.serviceNames.compactMap { balancer.status(of: $0)?.summary },
            test: balancer.tests.first, eventStreams: streams?.count ?? 0,
            authentication: gate.isLocked ? "token" : "none", loggedIn: gate.isLoggedIn(request, logins))
    }
}

/// The answer of `/api/v1/status`.
private struct Overview: Encodable {
    let version: String
    let instance: String
    let startedAt: Double
    let uptimeSeconds: Double
    let state: String
    let now: Double
    let services: [ServiceSummary]
    @Nullable var test: TestStatus?
    let eventStreams: Int
    let authentication: String
    /// Whether the one who asks is known by a cookie, and so may log out.
    let loggedIn: Bool

    private enum CodingKeys: String, CodingKey {
        case authentication
        case eventStreams = "event_streams"
        case instance
        case loggedIn = "logged_in"
        case now, services
        case startedAt = "started_at"
        case state, test
        case uptimeSeconds = "uptime_seconds"
        case version
    }
}
