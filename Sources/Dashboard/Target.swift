/// A request's target, taken apart: the path's segments and the query's members, decoded.
struct Target: Equatable {
    /// What lies between the slashes; `/` has one empty segment.
    let segments: [String]
    /// In their order.
    let query: [(name: String, value: String)]

    /// - Throws: ``Problem`` for what is no path, or has bytes that no name may have.
    init(_ text: String) throws(Problem) {
        guard text.hasPrefix("/") else {
            throw Problem(400, "bad_target", "the target must be a path that starts with \"/\"")
        }
        let path = text.prefix { $0 != "?" }
        var segments: [String] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let segment = PercentText.decoded(part) else { throw Self.badBytes }
            segments.append(segment)
        }
        self.segments = segments
        guard let query = PercentText.members(of: text.dropFirst(path.count + 1)) else { throw Self.badBytes }
        self.query = query
    }

    private static let badBytes = Problem(
        400, "bad_target", "the target has an escape or a byte that is not allowed")

    /// Fails for a member of the query that there is not, which would quietly ask for something else, or that is there
    /// twice.
    func refuseMembers(but known: [String]) throws(Problem) {
        if let unknown = query.first(where: { !known.contains($0.name) }) {
            let others = known.isEmpty ? "there is none here" : "there are: \(known.joined(separator: ", "))"
            throw Problem(400, "bad_query", "there is no parameter \"\(unknown.name)\"; \(others)")
        }
        for name in known { _ = try value(of: name) }
    }

    /// A member of the query that is there at most once.
    func value(of name: String) throws(Problem) -> String? {
        let values = query.filter { $0.name == name }.map(\.value)
        guard values.count < 2 else {
            throw Problem(400, "bad_query", "\"\(name)\" is there more than once")
        }
        return values.first
    }

    /// A member of the query that is a whole number.
    func integer(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = try value(of: name) else { return nil }
        return try Self.number(text, name, in: range, orElse: "bad_query")
    }

    /// A segment of the path that is the id of an exchange or a test.
    static func id(_ text: String, of what: String) throws(Problem) -> Int {
        try number(text, what, in: 1...ids.upperBound, orElse: "bad_target")
    }

    /// What an id may be, and 0 for "before the first": JSON's numbers are exact up to 2^53 - 1 (RFC 8259 section 6).
    static let ids = 0...(1 << 53) - 1

    private static func number(
        _ text: String, _ name: String, in range: ClosedRange<Int>, orElse code: String
    ) throws(Problem) -> Int {
        guard text.utf8.allSatisfy(isDigit), let number = Int(text), range.contains(number) else {
            let right = "a whole number from \(range.lowerBound) to \(range.upperBound)"
            throw Problem(400, code, "\"\(name)\" must be \(right)")
        }
        return number
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    static func == (left: Target, right: Target) -> Bool {
        left.segments == right.segments
            && left.query.elementsEqual(right.query) { $0.name == $1.name && $0.value == $1.value }
    }
}
