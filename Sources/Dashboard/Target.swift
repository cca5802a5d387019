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
        let query = text.dropFirst(path.count + 1)
        var segments: [String] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            segments.append(try Self.decode(part))
        }
        self.segments = segments
        var members: [(name: String, value: String)] = []
        for part in query.split(separator: "&") {
            let name = part.prefix { $0 != "=" }
            members.append((try Self.decode(name), try Self.decode(part.dropFirst(name.count + 1))))
        }
        self.query = members
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
        guard let number = Int(text), range.contains(number), !text.hasPrefix("+") else {
            let right = "a whole number from \(range.lowerBound) to \(range.upperBound)"
            throw Problem(400, "bad_query", "\"\(name)\" must be \(right)")
        }
        return number
    }

    /// RFC 3986 section 2.1.
    private static func decode(_ text: Substring) throws(Problem) -> String {
        let wrong = Problem(400, "bad_target", "the target has an escape or a byte that is not allowed")
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = hexadecimal(rest.popFirst()), let low = hexadecimal(rest.popFirst()) else {
                throw wrong
            }
            bytes.append(high << 4 | low)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self),
            !decoded.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
        else { throw wrong }
        return decoded
    }

    private static func hexadecimal(_ byte: UInt8?) -> UInt8? {
        guard let byte else { return nil }
        return Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
    }

    static func == (left: Target, right: Target) -> Bool {
        left.segments == right.segments
            && left.query.elementsEqual(right.query) { $0.name == $1.name && $0.value == $1.value }
    }
}
