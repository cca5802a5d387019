/// What a load test from the dashboard may be; it loads this process too, so all of it is bounded.
enum TestLimits {
    /// Requests at once: with the balancer's own two descriptors for each, the most that a limit of 20,000
    /// open files allows.
    static let concurrency = 1...9000
    /// In all.
    static let requests = 1...1_000_000
    /// In seconds.
    static let duration = 1.0...600
    /// Requests a second.
    static let rate = 1.0...100_000
    /// For one request, in seconds.
    static let timeout = 0.1...60
    /// Bytes in a path.
    static let path = 2048
    /// Further header fields.
    static let headers = 32
    /// Bytes in a header field's value.
    static let headerValue = 1024

    /// Where nothing is said.
    static let usualConcurrency = 10
    /// Where nothing is said, in seconds.
    static let usualTimeout = 30.0
}

/// The methods that the balancer forwards.
private enum TestMethod: String, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
    case options = "OPTIONS"
    case patch = "PATCH"
}

extension TestPlan {
    /// Reads a plan; only the balancer's own listeners can be its target.
    ///
    /// - Throws: ``Problem`` with the member that is wrong and what would be right.
    init(_ body: JSONBody, targets: [(service: String, url: String)]) throws(Problem) {
        var body = body
        let target = try Self.target(try body.string("service"), among: targets)
        let path = try Self.checkedPath(try body.string("path") ?? "/")
        let concurrency = try body.integer("concurrency", in: TestLimits.concurrency)
        let timeout = try body.number("timeout_seconds", in: TestLimits.timeout)
        self.init(
            service: target.service, url: target.url.dropLast() + path,
            method: (try body.choice("method", as: TestMethod.self) ?? .get).rawValue, path: path,
            headers: try Self.checkedHeaders(try body.strings("headers") ?? [:]),
            requests: try body.integer("requests", in: TestLimits.requests),
            durationSeconds: try body.number("duration_seconds", in: TestLimits.duration),
            concurrency: concurrency ?? TestLimits.usualConcurrency,
            rate: try body.number("rate", in: TestLimits.rate),
            keepAlive: try body.bool("keep_alive") ?? true,
            timeoutSeconds: timeout ?? TestLimits.usualTimeout)
        try body.finish()
        guard (requests == nil) != (durationSeconds == nil) else {
            throw Problem(400, "bad_value", "give either \"requests\" or \"duration_seconds\"")
        }
    }

    private static func target(
        _ name: String?, among targets: [(service: String, url: String)]
    ) throws(Problem) -> (service: String, url: String) {
        guard let name else {
            guard targets.count == 1 else {
                throw Problem(
                    400, "bad_value",
                    "give \"service\"; a test can have: \(targets.map(\.service).joined(separator: ", "))")
            }
            return targets[0]
        }
        guard let target = targets.first(where: { $0.service == name }) else {
            throw Problem(
                400, "bad_value",
                "\"service\" must be one that speaks HTTP on a TCP port: "
                    + targets.map(\.service).joined(separator: ", "))
        }
        return target
    }

    private static func checkedPath(_ path: String) throws(Problem) -> String {
        guard path.hasPrefix("/"), path.utf8.count <= TestLimits.path,
            path.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") })
        else {
            throw Problem(
                400, "bad_value",
                "\"path\" must start with \"/\" and be at most \(TestLimits.path) printable ASCII characters, "
                    + "without blanks and \"#\"")
        }
        return path
    }

    private static func checkedHeaders(_ headers: [String: String]) throws(Problem) -> [String: String] {
        guard headers.count <= TestLimits.headers else {
            throw Problem(400, "bad_value", "\"headers\" may have \(TestLimits.headers) members")
        }
        for (name, value) in headers {
            guard !name.isEmpty, name.utf8.count <= 128, name.utf8.allSatisfy(\.isTokenByte),
                value.utf8.count <= TestLimits.headerValue,
                value.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 9 })
            else {
                throw Problem(
                    400, "bad_value",
                    "\"headers\" must be field names with values of printable ASCII characters")
            }
            // These would break the test's own framing and connection handling.
            let ours = [
                "host", "connection", "content-length", "transfer-encoding", "upgrade", "expect", "te",
            ]
            guard !ours.contains(name.lowercased()) else {
                throw Problem(400, "bad_value", "the header \"\(name)\" is set by the test itself")
            }
        }
        return headers
    }
}

extension UInt8 {
    /// What a field's name may have (RFC 9110 section 5.6.2).
    fileprivate var isTokenByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }
}
