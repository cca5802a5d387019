import HTTPWire
import Time

/// The rules for a plan's parts; each gives the part back that keeps them.
struct PlanCheck {
    let limits: LoadLimits

    /// Fields that a test does not send as they are given, and why.
    private static let reserved = [
        "host": "it follows from the target", "content-length": "it follows from the body",
        "transfer-encoding": "a body is sent with its length",
        "expect": "no answer is waited for before the body", "upgrade": "connections stay HTTP/1.1",
        "te": "trailers are not looked at",
    ]

    func host(_ host: String) throws(LoadPlanError) -> String {
        guard !host.isEmpty, host.utf8.count <= 300, host.utf8.allSatisfy(Self.isVisible) else {
            throw LoadPlanError(
                subject: .host, problem: "must be a name or an address, with a port or without")
        }
        return host
    }

    func method(_ name: String) throws(LoadPlanError) -> HTTPMethod {
        let known = HTTPMethod.allCases.filter { $0 != .other }
        guard let method = known.first(where: { $0.text == name }) else {
            let names = known.map(\.text).joined(separator: ", ")
            throw LoadPlanError(subject: .method, problem: "must be one of \(names)")
        }
        return method
    }

    func path(_ path: String) throws(LoadPlanError) -> String {
        guard path.hasPrefix("/") else {
            throw LoadPlanError(subject: .path, problem: "must begin with \"/\"")
        }
        guard path.utf8.count <= LoadLimits.longestPath else {
            throw LoadPlanError(
                subject: .path, problem: "must be at most \(LoadLimits.longestPath) characters long")
        }
        guard path.utf8.allSatisfy({ Self.isVisible($0) && $0 != UInt8(ascii: "#") }) else {
            throw LoadPlanError(
                subject: .path,
                problem: "must be printable ASCII without spaces and \"#\"; anything else is written %XX")
        }
        return path
    }

    func headers(_ headers: [LoadPlan.Header], keepAlive: Bool) throws(LoadPlanError) -> [LoadPlan.Header] {
        guard headers.count <= LoadLimits.headers else {
            throw LoadPlanError(subject: .headers, problem: "must be at most \(LoadLimits.headers)")
        }
        for header in headers {
            if let problem = Self.problem(header, keepAlive) {
                throw LoadPlanError(subject: .headers, problem: problem)
            }
        }
        return headers
    }

    /// Why a field cannot be sent as it is; nil when it can.
    private static func problem(_ header: LoadPlan.Header, _ keepAlive: Bool) -> String? {
        let (name, value) = (header.name, header.value)
        guard !name.isEmpty, name.utf8.allSatisfy(isToken) else {
            return "have a name that is none: \"\(name)\""
        }
        guard name.utf8.count <= LoadLimits.longestHeaderName else {
            return "have a name of more than \(LoadLimits.longestHeaderName) bytes"
        }
        if let reason = reserved[name.lowercased()] { return "cannot have \(name): \(reason)" }
        if name.lowercased() == "connection", let problem = connectionProblem(value, keepAlive) {
            return problem
        }
        guard value.unicodeScalars.count <= LoadLimits.longestHeaderValue else {
            return "have a value of \(name) of more than \(LoadLimits.longestHeaderValue) characters"
        }
        guard value.utf8.allSatisfy(isText) else { return "have a value of \(name) with control bytes" }
        return nil
    }

    private static func connectionProblem(_ value: String, _ keepAlive: Bool) -> String? {
        switch value.lowercased() {
        case "close": "cannot have Connection: it follows from keep_alive"
        case "keep-alive":
            keepAlive ? nil : "cannot have Connection: keep-alive where each request has its own"
        default: "cannot have Connection with anything but keep-alive: connections stay HTTP/1.1"
        }
    }

    func body(_ body: [UInt8]?) throws(LoadPlanError) -> [UInt8]? {
        guard let body else { return nil }
        guard body.count <= LoadLimits.longestBody else {
            throw LoadPlanError(
                subject: .body, problem: "must be at most \(LoadLimits.longestBody >> 20) MiB")
        }
        return body
    }

    func amount(_ amount: LoadPlan.Amount) throws(LoadPlanError) -> LoadPlan.Amount {
        switch amount {
        case .requests(let count):
            guard limits.requests.contains(count) else {
                throw LoadPlanError(
                    subject: .requests,
                    problem: "must be from \(limits.requests.lowerBound) to \(limits.requests.upperBound)")
            }
        case .duration(let span):
            guard limits.duration.contains(span) else {
                throw LoadPlanError(subject: .duration, problem: Self.range(limits.duration))
            }
        case .unlimited: break
        }
        return amount
    }

    func concurrency(_ count: Int) throws(LoadPlanError) -> Int {
        let range = LoadLimits.concurrency
        guard range.contains(count) else {
            throw LoadPlanError(
                subject: .concurrency, problem: "must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return count
    }

    func rate(_ rate: Double?) throws(LoadPlanError) -> Double? {
        guard let rate else { return nil }
        // A number that is none is in no range.
        guard limits.rate.contains(rate) else {
            let (low, high) = (limits.rate.lowerBound, limits.rate.upperBound)
            let text = low == low.rounded() ? "\(Int(low))" : "\(low)"
            throw LoadPlanError(subject: .rate, problem: "must be from \(text) to \(Int(high)) a second")
        }
        return rate
    }

    func timeout(_ span: TimeSpan) throws(LoadPlanError) -> TimeSpan {
        guard limits.timeout.contains(span) else {
            throw LoadPlanError(subject: .timeout, problem: Self.range(limits.timeout))
        }
        return span
    }

    private static func range(_ spans: ClosedRange<TimeSpan>) -> String {
        "must be from \(spans.lowerBound.text) to \(spans.upperBound.text)"
    }

    private static func isVisible(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7f }

    private static func isText(_ byte: UInt8) -> Bool { byte >= 0x20 ? byte != 0x7f : byte == 0x09 }

    /// RFC 9110 section 5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        isVisible(byte) && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
    }
}
