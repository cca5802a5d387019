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
        guard text.utf8.allSatisfy(Self.isDigit), let number = Int(text), range.contains(number) else {
            let right = "a whole number from \(range.lowerBound) to \(range.upperBound)"
            throw Problem(400, "bad_query", "\"\(name)\" must be \(right)")
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
