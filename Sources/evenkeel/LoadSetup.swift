import LoadTesting
import Platform
import Sockets
import Time

/// A load test as the command line asks for it: the plan, and what to do with the result.
struct LoadSetup {
    /// Requests where neither -n nor -z says it, as in hey.
    static let usualRequests = 200
    /// Requests of the look at who answers, as in the demo's script.
    static let lookRequests = 20
    /// Two a second: slow enough to read along.
    static let continuousRate = 2.0
    /// As in wrk.
    static let usualThreads = 2
    static let usualConcurrency = 10
    static let usualTimeout = TimeSpan.seconds(30)
    /// How long an address of several may take a connection before the next is tried: half of what browsers wait at most
    /// (RFC 8305 section 5 has 2 s).
    static let addressPatience = Duration.seconds(1)

    /// How the result is printed.
    enum Form {
        case text, json, csv
    }

    let url: String
    let plan: LoadPlan
    let threads: Int
    let form: Form
    let conditions: [LoadCondition]
    /// Whether each answer is printed by itself.
    let printsAnswers: Bool

    init(_ options: LoadOptions) throws {
        let url = try LoadURL(options.url ?? LoadURL.usual)
        let isLook = [options.requests, options.duration, options.concurrency, options.rate].allSatisfy {
            $0 == nil
        }
        self.url = url.description
        guard !(options.json && options.csv) else { throw LoadMistake("--json and --csv exclude each other") }
        form = options.json ? .json : options.csv ? .csv : .text
        printsAnswers = form == .text && (isLook || options.continuous)
        conditions = try options.failIf.map { try LoadCondition($0) }
        threads =
            try options.threads.map { try LoadNumber.count($0, "-t", in: LoadLimits.threads) }
            ?? Self.usualThreads
        do {
            plan = try Self.plan(options, url, isLook: isLook)
        } catch let error as LoadPlanError {
            throw LoadMistake(Self.inOptions(error))
        }
    }

    /// Of several addresses the first that takes a connection: `localhost` of a program is often one of two alone. The
    /// first of all where none does, so that the test tells why.
    private static func target(of endpoint: Endpoint) throws -> SocketAddress {
        let addresses = try NameLookups.addresses(of: endpoint)
        guard addresses.count > 1 else { return addresses[0] }
        return addresses.first { Socket.isTaken(at: $0, within: addressPatience) } ?? addresses[0]
    }

    private static func plan(_ options: LoadOptions, _ url: LoadURL, isLook: Bool) throws -> LoadPlan {
        let fields = try LoadFields(options.header)
        guard options.data.count <= 1 else {
            throw LoadMistake(
                "-d is given \(options.data.count == 2 ? "twice" : "\(options.data.count) times")")
        }
        let body = try options.data.first.map(body)
        let concurrency = try options.concurrency.map {
            try LoadNumber.count($0, "-c", in: LoadLimits.concurrency)
        }
        let rate = try options.rate.map { try LoadNumber.rate($0, "-q") }
        let timeout = try options.timeout.map { try LoadNumber.span($0, "--timeout") }
        let amount = try amount(options, isLook: isLook)
        return try LoadPlan(
            target: target(of: url.endpoint), host: fields.host ?? url.host,
            method: options.method?.uppercased() ?? (body == nil ? "GET" : "POST"), path: url.path,
            headers: fields.others, body: body, amount: amount,
            concurrency: concurrency ?? (isLook ? 1 : usualConcurrency),
            ratePerSecond: rate ?? (options.continuous && isLook ? continuousRate : nil),
            keepAlive: !options.disableKeepalive && !fields.closes, timeout: timeout ?? usualTimeout,
            limits: .command)
    }

    /// The text itself, or with `@` before it the file, the pipe or (`@-`) the standard input of that name, as curl has
    /// it. Its bytes are sent as they are.
    private static func body(_ data: String) throws(LoadMistake) -> [UInt8] {
        guard data.hasPrefix("@") else {
            guard !data.contains("\u{FFFD}") else {
                throw LoadMistake("-d is not UTF-8: other bytes are taken from a file, -d @FILE")
            }
            return Array(data.utf8)
        }
        let path = String(data.dropFirst())
        let name = path == "-" ? "standard input" : "the file \"\(path)\""
        do throws(InputFile.Failure) {
            return try InputFile.bytes(of: path, upTo: LoadLimits.longestBody)
        } catch {
            switch error {
            case .unreadable(let reason): throw LoadMistake("-d: \(name) cannot be read: \(reason)")
            case .tooLarge:
                throw LoadMistake("-d: \(name) has more than \(LoadLimits.longestBody >> 20) MiB")
            }
        }
    }

    private static func amount(_ options: LoadOptions, isLook: Bool) throws -> LoadPlan.Amount {
        let given = [options.requests != nil, options.duration != nil, options.continuous].filter { $0 }
        guard given.count <= 1 else {
            throw LoadMistake("only one of -n, -z and --continuous can say when to end")
        }
        if let text = options.requests {
            return .requests(try LoadNumber.count(text, "-n", in: LoadLimits.command.requests))
        }
        if let text = options.duration { return .duration(try LoadNumber.span(text, "-z")) }
        if options.continuous { return .unlimited }
        return .requests(isLook ? lookRequests : usualRequests)
    }

    /// The plan's complaint in the words of the command line.
    private static func inOptions(_ error: LoadPlanError) -> String {
        switch error.subject {
        case .host: "the host \(error.problem)"
        case .method: "-m \(error.problem)"
        case .path: "the path \(error.problem)"
        case .headers: "the fields of -H \(error.problem)"
        case .body: "the body of -d \(error.problem)"
        case .requests: "-n \(error.problem)"
        case .duration: "-z \(error.problem)"
        case .concurrency: "-c \(error.problem)"
        case .rate: "-q \(error.problem)"
        case .timeout: "--timeout \(error.problem)"
        }
    }
}
