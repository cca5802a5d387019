/// What a path stands for.
enum Route: Hashable {
    /// A file of the page.
    case file(String)
    case login
    case logout
    case status
    case services
    case service(String)
    case servers(of: String)
    case server(String, of: String)
    case strategy(of: String)
    case exchanges(of: String)
    /// By its id as it stands in the path.
    case exchange(String, of: String)
    case history(of: String)
    case reset
    case tests
    /// By its id as it stands in the path.
    case test(String)
    case changes
    case events
    case openAPI
    case health
    case readiness
    case metrics

    /// What a path's segments stand for; nil for nothing.
    init?(_ segments: [String]) {
        // No file and no name is called so, whatever the spelling was.
        guard !segments.contains("."), !segments.contains("..") else { return nil }
        switch segments.first {
        case "": self = .file("index.html")
        case "assets": self = .file(segments.dropFirst().joined(separator: "/"))
        case "login": self = .login
        case "logout": self = .logout
        case "healthz": self = .health
        case "readyz": self = .readiness
        case "metrics": self = .metrics
        case "api":
            guard segments.dropFirst().first == "v1", let route = Route(api: Array(segments.dropFirst(2)))
            else { return nil }
            self = route
            return
        default: return nil
        }
        if segments.first != "assets", segments.count != 1 { return nil }
    }

    private init?(api segments: [String]) {
        switch segments.count {
        case 1: self.init(single: segments[0])
        case 2 where segments == ["metrics", "reset"]: self = .reset
        case 2 where segments[0] == "tests": self = .test(segments[1])
        case 2 where segments[0] == "services": self = .service(segments[1])
        case 3 where segments[0] == "services": self.init(part: segments[2], of: segments[1])
        case 4 where segments[0] == "services" && segments[2] == "servers":
            self = .server(segments[3], of: segments[1])
        case 4 where segments[0] == "services" && segments[2] == "exchanges":
            self = .exchange(segments[3], of: segments[1])
        default: return nil
        }
    }

    private init?(single segment: String) {
        switch segment {
        case "status": self = .status
        case "services": self = .services
        case "tests": self = .tests
        case "changes": self = .changes
        case "events": self = .events
        case "openapi.json": self = .openAPI
        default: return nil
        }
    }

    private init?(part: String, of service: String) {
        switch part {
        case "servers": self = .servers(of: service)
        case "strategy": self = .strategy(of: service)
        case "exchanges": self = .exchanges(of: service)
        case "history": self = .history(of: service)
        default: return nil
        }
    }

    /// The methods that it takes; HEAD goes with GET.
    var methods: [String] {
        switch self {
        case .file, .status, .services, .service, .servers, .exchanges, .exchange, .history, .changes,
            .events, .openAPI, .health, .readiness, .metrics:
            ["GET", "HEAD"]
        case .server: ["GET", "HEAD", "PATCH"]
        case .strategy: ["GET", "HEAD", "PUT"]
        case .tests: ["GET", "HEAD", "POST"]
        case .test: ["GET", "HEAD", "DELETE"]
        case .login: ["GET", "HEAD", "POST"]
        case .logout, .reset: ["POST"]
        }
    }

    /// The members that its query may have when it is read; a change takes none. Nil where it may
    /// have any: people follow links to the page that others have added to, and monitors add what tells their requests
    /// apart.
    var parameters: [String]? {
        switch self {
        case .file: nil
        case _ where isMonitoring: nil
        case .exchanges: ["after", "limit"]
        case .events: ["last_event_id"]
        case .login: ["failed"]
        default: []
        }
    }

    /// All that some route takes.
    static let allMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

    /// Whether it may be had without the token: what the login form itself needs.
    var isPublic: Bool {
        switch self {
        case .login, .file("css/login.css"), .file("icon.svg"): true
        default: false
        }
    }

    /// Whether it is for programs that watch the balancer, which may have a listener of their own.
    var isMonitoring: Bool {
        switch self {
        case .health, .readiness, .metrics: true
        default: false
        }
    }

    /// Whether a person's browser asks for it, which is better led to the login form than told 401.
    var isPage: Bool { self == .file("index.html") }
}
