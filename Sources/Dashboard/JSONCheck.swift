import Foundation

/// What is too much for the decoder: it takes a member's type by trying each in turn, so that the time grows with the
/// square of the depth and more, and each value costs some microseconds of the loop that all clients share.
enum JSONExcess {
    /// How deep a body may be nested. The deepest that the API knows has two levels, so that a mistake in between still
    /// gets a message that says what is wrong.
    static let depth = 4
    /// How many values a body may have: more than a test plan with all the fields that it may have.
    static let values = 256

    /// What is too much in a text, which need not be JSON; nil for nothing. It is linear and decodes nothing.
    static func found(in text: [UInt8]) -> String? {
        var (depth, values) = (0, 1)
        var place = 0
        while place < text.count {
            switch text[place] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                values += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ","): values += 1
            case UInt8(ascii: "\""): place = JSONCheck.end(ofString: place, in: text) - 1
            default: break
            }
            if depth > Self.depth { return "is nested more than \(Self.depth) levels deep" }
            if values > Self.values { return "has more than \(Self.values) values" }
            place += 1
        }
        return nil
    }
}

/// What Foundation's decoder lets pass and we do not: a comma before the end of an object or an array, which RFC
/// 8259 has not, and a member that comes twice, of which section 4 says that nobody can tell what is meant.
enum JSONCheck {
    /// Whether a text is UTF-8, as RFC 8259 section 8.1 demands. The decoder takes UTF-16 and UTF-32 too, in which a
    /// byte of a letter may look like a quote: what it hides is not seen by a scan of bytes. A text in one of them
    /// that happens to be valid UTF-8 has NULs, which JSON has not.
    static func isUTF8(_ text: [UInt8]) -> Bool {
        !text.contains(0) && String(validating: text, as: UTF8.self) != nil
    }

    /// What is wrong with a text that the decoder takes; nil for nothing.
    static func objection(to text: [UInt8]) -> String? {
        // The names so far of each object that is open; nil for an array.
        var open: [Set<String>?] = []
        var wantsName = false
        var isBehindComma = false
        var place = 0
        while place < text.count {
            let byte = text[place]
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                place += 1
                continue
            case UInt8(ascii: "{"):
                open.append([])
                wantsName = true
            case UInt8(ascii: "["):
                open.append(nil)
                wantsName = false
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if isBehindComma { return "there is a comma before \"\(Character(Unicode.Scalar(byte)))\"" }
                _ = open.popLast()
            case UInt8(ascii: ","):
                wantsName = open.last.map { $0 != nil } ?? false
            case UInt8(ascii: "\""):
                let end = end(ofString: place, in: text)
                if wantsName, let depth = open.indices.last {
                    let name = name(text[place..<end])
                    guard open[depth]?.insert(name).inserted ?? true else {
                        return "the member \"\(name)\" is there twice"
                    }
                }
                wantsName = false
                place = end - 1
            default: break
            }
            isBehindComma = byte == UInt8(ascii: ",")
            place += 1
        }
        return nil
    }

    /// The place behind a string's last quote.
    static func end(ofString start: Int, in text: [UInt8]) -> Int {
        var place = start + 1
        while place < text.count, text[place] != UInt8(ascii: "\"") {
            place += text[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(place + 1, text.count)
    }

    /// What is between the quotes; the same name may be spelled in many ways.
    private static func name(_ quoted: ArraySlice<UInt8>) -> String {
        guard quoted.contains(UInt8(ascii: "\\")),
            let name = try? JSONDecoder().decode(String.self, from: Data(quoted))
        else { return String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self) }
        return name
    }
}
