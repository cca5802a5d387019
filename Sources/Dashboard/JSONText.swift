import Foundation

/// Values as JSON (RFC 8259), with their members in an order that stays.
enum JSONText {
    /// The bytes of a value, without a line end.
    ///
    /// - Throws: `EncodingError` for what JSON cannot say, such as an infinite number.
    static func bytes(of value: some Encodable) throws -> [UInt8] {
        Array(try encoder.encode(value))
    }

    /// Names of members are written down with each type: to have them made up of the properties' names took half of
    /// the time.
    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
}
