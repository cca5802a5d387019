import HTTPServer
import HTTPWire

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
        // The reason phrase (RFC 9110 section 15), which `about:blank` asks for.
        title = ReasonPhrase.text(status)
        self.status = status
        self.code = code
        self.detail = detail
    }

    static func == (left: Problem, right: Problem) -> Bool {
        left.status == right.status && left.code == right.code && left.detail == right.detail
    }

    /// What the server refuses by itself, by a word that the proxy has too.
    init(_ refusal: HTTPServerRefusal, allowed: [String]) {
        self.init(refusal.status, refusal.word, refusal.sentence)
        // CONNECT and TRACE are refused before there is a route.
        if status == 405 { fields = [("Allow", allowed.joined(separator: ", "))] }
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
