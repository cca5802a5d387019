import Foundation

/// Values as JSON (RFC 8259), with their members in an order that stays.
enum JSONText {
    /// The bytes of a value, without a line end.
    ///
    /// - Throws: `EncodingError` for what JSON cannot say, such as an infinite number.
    static func bytes(of value: some Encodable) throws -> [UInt8] {
        Array(try encoder.encode(value))
    }

    /// An object cut where elements may be put into lists of it that are empty, one for each of these members, in the
    /// order in which the text has them. A text of somebody else's cannot be taken for one: its quotation marks are escaped.
    static func parts(of object: [UInt8], around members: [String]) -> [[UInt8]] {
        var rest = object[...]
        var parts = members.map { member -> [UInt8] in
            guard let list = rest.firstRange(of: Array("\"\(member)\":[]".utf8)) else { return [] }
            defer { rest = rest[(list.upperBound - 1)...] }
            return Array(rest[..<(list.upperBound - 1)])
        }
        parts.append(Array(rest))
        return parts
    }

    /// Names of members are written down with each type: to have them made up of the properties' names took half of
    /// the time.
    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
}
