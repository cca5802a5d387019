import FoundationEssentials

/// What a request's target asks of the backend.
enum BackendRoute: Equatable {
    /// Any path but the special ones: the answer of a server at work, after a delay in milliseconds of
    /// the request's own, if it asks for one.
    case work(delay: Int?)
    /// `/favicon.ico` and Safari's `/apple-touch-icon….png`, which browsers ask for by themselves.
    case icon
    /// `/health`: whether the server is up.
    case health
    /// `/control`: the server's state, after the fixed delay was set to so many milliseconds, if any.
    case control(fixedDelay: Int?)
    /// A query that cannot be done, with what would be right.
    case wrong(String)

    /// Reads the path and query of a request's target (the origin form of RFC 9112 section 3.2.1).
    init(target: String) {
        guard let mark = target.firstIndex(of: "?") else {
            self = Self(path: target[...], query: [])
            return
        }
        // The path stays out of it: one that begins with two slashes would be read as a host's name.
        guard let query = URLComponents(string: String(target[mark...]))?.queryItems else {
            self = .wrong("the query cannot be read: it must be name=value&name=value")
            return
        }
        self = Self(path: target[..<mark], query: query)
    }

    private init(path: Substring, query: [URLQueryItem]) {
        do {
            switch path {
            case "/health": self = .health
            case "/favicon.ico": self = .icon
            case _ where path.hasPrefix("/apple-touch-icon") && path.hasSuffix(".png"): self = .icon
            case "/control": self = .control(fixedDelay: try Self.milliseconds("set_delay_ms", in: query))
            default: self = .work(delay: try Self.milliseconds("delay", in: query))
            }
        } catch {
            self = .wrong(error.description)
        }
    }

    /// The first value of that name, as other servers take it; nil when there is none.
    private static func milliseconds(_ name: String, in query: [URLQueryItem]) throws(WrongDelay) -> Int? {
        guard let item = query.first(where: { $0.name == name }) else { return nil }
        let text = item.value ?? ""
        // Int's own reading would take a sign as well.
        let isNumber = !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
        guard isNumber, let value = Int(text), value <= Delay.longest else {
            throw WrongDelay(name: name, text: text)
        }
        return value
    }
}

/// A delay that cannot be had.
private struct WrongDelay: Error, CustomStringConvertible {
    let name: String
    let text: String

    var description: String {
        "\(name) must be a whole number of milliseconds from 0 to \(Delay.longest), not \"\(text)\""
    }
}
