@testable import HTTPWire

/// The chunked coding (RFC 9112, section 7.1) read in the plainest way, from all of the bytes at once.
enum PlainChunks {
    /// The body at the beginning of the bytes, or nil when there is no whole and right one.
    static func read(_ bytes: [UInt8]) -> BodyReading? {
        var rest = bytes[...]
        var reading = BodyReading()
        while let line = takeLine(&rest), let size = size(line) {
            guard size > 0 else {
                guard let trailers = takeTrailers(&rest) else { return nil }
                reading.trailers = trailers
                reading.end = .end(length: rest.startIndex)
                return reading
            }
            guard size <= rest.count else { return nil }
            reading.payload += rest.prefix(size)
            rest = rest.dropFirst(size)
            guard rest.starts(with: [13, 10]) else { return nil }
            rest = rest.dropFirst(2)
        }
        return nil
    }

    /// What is before the first line feed, when that is CRLF and the line is text otherwise.
    private static func takeLine(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: 10) else { return nil }
        let line = rest[..<end]
        rest = rest[(end + 1)...]
        return line.last == 13 && line.dropLast().isFieldText ? line.dropLast() : nil
    }

    /// One to sixteen hexadecimal digits below 2^63, and then nothing, or an extension of at most 256 bytes
    /// not counting its semicolon.
    private static func size(_ line: ArraySlice<UInt8>) -> Int? {
        let digits = line.prefix { "0123456789abcdefABCDEF".utf8.contains($0) }
        let extensionText = line.dropFirst(digits.count)
        guard digits.count <= 16, let size = Int(String(decoding: digits, as: UTF8.self), radix: 16) else {
            return nil
        }
        guard !extensionText.isEmpty else { return size }
        let text = String(decoding: extensionText.map { $0 < 0x80 ? $0 : UInt8(ascii: "~") }, as: UTF8.self)
        let token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
        let quoted = "\"(?:[^\"\\\\]|\\\\.)*\""
        guard
            let grammar = try? Regex("(?:[ \t]*;[ \t]*(?:\(token))(?:[ \t]*=[ \t]*(?:\(token)|\(quoted)))?)+")
        else {
            return nil
        }
        return extensionText.count <= 257 && text.wholeMatch(of: grammar) != nil ? size : nil
    }

    /// At most 32 fields in 4096 bytes. Those that have to come with the head are dropped.
    private static func takeTrailers(_ rest: inout ArraySlice<UInt8>) -> [PlainField]? {
        let start = rest.startIndex
        var fields: [PlainField] = []
        var count = 0
        while let line = takeLine(&rest) {
            guard !line.isEmpty else {
                return rest.startIndex - start <= 4096 && count <= 32 ? fields : nil
            }
            guard let field = try? PlainField(line: Array(line)) else { return nil }
            count += 1
            if mayTrail(field) { fields.append(field) }
        }
        return nil
    }

    private static func mayTrail(_ field: PlainField) -> Bool {
        let name = String(decoding: field.name.lowercased, as: UTF8.self)
        let excluded: Set = [
            "accept-charset", "accept-encoding", "accept-language", "age", "allow", "cache-control",
            "content-disposition", "content-encoding", "content-language", "content-location",
            "content-range",
            "content-security-policy", "expires", "from", "if-match", "if-modified-since", "if-none-match",
            "if-range",
            "if-unmodified-since", "max-forwards", "origin", "pragma", "range", "referer", "refresh",
            "set-cookie", "vary",
            "warning", "www-authenticate",
        ]
        return field.known == .other && !excluded.contains(name.replacing("_", with: "-"))
    }
}
