import EventLoop

/// Why a request is refused, as RFC 9457 has it (`application/problem+json`).
struct Problem: Error, Encodable, Equatable {
    let type = "about:blank"
    let title: String
    let status: Int
    /// A stable word for programs.
    let code: String
    /// For a person: what is wrong, and what would be right.
    let detail: String
    /// Further header fields.
    var fields: [(name: String, value: String)] = []

    private enum CodingKeys: CodingKey { case type, title, status, code, detail }

    init(_ status: Int, _ code: String, _ detail: String) {
        title = Self.titles[status] ?? "Error"
        self.status = status
        self.code = code
        self.detail = detail
    }

    /// The reason phrases (RFC 9110 section 15), which `about:blank` asks for.
    private static let titles = [
        400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 409: "Conflict", 413: "Content Too Large", 415: "Unsupported Media Type",
        500: "Internal Server Error", 503: "Service Unavailable",
    ]

    static func == (left: Problem, right: Problem) -> Bool {
        left.status == right.status && left.code == right.code && left.detail == right.detail
    }

    /// There is none of a name; those that there are, are told.
    static func unknown(
        _ what: String, _ name: String, in place: String = "", among names: [String]
    ) -> Problem {
        let others = names.isEmpty ? "there is none" : "there are: \(names.joined(separator: ", "))"
        return Problem(404, "unknown_\(what)", "there is no \(what) \"\(name)\"\(place); \(others)")
    }

    static func wrongMethod(_ allowed: [String]) -> Problem {
        let list = allowed.joined(separator: ", ")
        var problem = Problem(405, "wrong_method", "this takes \(list)")
        problem.fields = [("Allow", list)]
        return problem
    }
}
