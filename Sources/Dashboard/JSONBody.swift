import Foundation

/// Any JSON value (RFC 8259), as a request's body brings it.
enum JSONValue: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }
}

/// A JSON object from which members are taken by name; what is wrong with one is said with its name, and what
/// nobody takes is refused.
struct JSONBody {
    private var members: [String: JSONValue]
    private var taken: Set<String> = []

    /// - Throws: ``Problem`` when the bytes are no JSON object.
    init(_ bytes: [UInt8]) throws(Problem) {
        guard JSONCheck.isUTF8(bytes) else {
            throw Problem(400, "bad_json", "the body is not JSON in UTF-8")
        }
        if let excess = JSONExcess.found(in: bytes) {
            throw Problem(400, "bad_json", "the body \(excess)")
        }
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else {
            throw Problem(400, "bad_json", "the body is not JSON")
        }
        guard case .object(let members) = value else {
            throw Problem(400, "bad_json", "the body must be a JSON object")
        }
        if let objection = JSONCheck.objection(to: bytes) {
            throw Problem(400, "bad_json", "the body is not JSON: \(objection)")
        }
        self.members = members
    }

    /// Refuses what was not taken.
    func finish() throws(Problem) {
        guard let unknown = members.keys.filter({ !taken.contains($0) }).min() else { return }
        let known = taken.sorted().joined(separator: ", ")
        throw Problem(400, "unknown_member", "there is no member \"\(unknown)\" here; there are: \(known)")
    }

    private mutating func take(_ name: String) -> JSONValue? {
        taken.insert(name)
        // A null says as much as nothing.
        return members[name] == .null ? nil : members[name]
    }

    private func wrong(_ name: String, _ right: String) -> Problem {
        Problem(400, "bad_value", "\"\(name)\" must be \(right)")
    }

    /// A text.
    mutating func string(_ name: String) throws(Problem) -> String? {
        guard let value = take(name) else { return nil }
        guard case .string(let text) = value else { throw wrong(name, "a text") }
        return text
    }

    /// One of several words.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, as type: Choice.Type
    ) throws(Problem) -> Choice? {
        guard let value = take(name) else { return nil }
        guard case .string(let text) = value, let choice = Choice(rawValue: text) else {
            throw wrong(name, "one of: " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    /// A whole number; with no range, any that a machine's word holds.
    mutating func integer(_ name: String, in range: ClosedRange<Int>? = nil) throws(Problem) -> Int? {
        guard let value = take(name) else { return nil }
        guard case .number(let number) = value, let whole = Int(exactly: number),
            range?.contains(whole) ?? true
        else { throw wrong(name, "a whole number" + Self.text(of: range)) }
        return whole
    }

    /// A number; with no range, any.
    mutating func number(_ name: String, in range: ClosedRange<Double>? = nil) throws(Problem) -> Double? {
        guard let value = take(name) else { return nil }
        guard case .number(let number) = value, range?.contains(number) ?? true else {
            throw wrong(name, "a number" + Self.text(of: range))
        }
        return number
    }

    private static func text<Bound>(of range: ClosedRange<Bound>?) -> String {
        range.map { " from \(text($0.lowerBound)) to \(text($0.upperBound))" } ?? ""
    }

    /// Without a decimal that says nothing.
    private static func text(_ bound: some Any) -> String {
        let text = "\(bound)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// True or false.
    mutating func bool(_ name: String) throws(Problem) -> Bool? {
        guard let value = take(name) else { return nil }
        guard case .bool(let bool) = value else { throw wrong(name, "true or false") }
        return bool
    }

    /// An object of texts.
    mutating func strings(_ name: String) throws(Problem) -> [String: String]? {
        guard let value = take(name) else { return nil }
        guard case .object(let members) = value else { throw wrong(name, "an object of texts") }
        var strings: [String: String] = [:]
        for (key, value) in members {
            guard case .string(let text) = value else { throw wrong("\(name).\(key)", "a text") }
            strings[key] = text
        }
        return strings
    }
}
