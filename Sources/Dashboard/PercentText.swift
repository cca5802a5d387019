/// Text with percent escapes (RFC 3986 section 2.1), as targets and forms have it.
enum PercentText {
    /// The members of a query or a form, `a=1&b`, in their order; nil for an escape or a byte that is not allowed.
    ///
    /// - Parameter plusIsSpace: as in a form that a browser sends (WHATWG URL section 5.1).
    static func members(of text: Substring, plusIsSpace: Bool = false) -> [(name: String, value: String)]? {
        var members: [(name: String, value: String)] = []
        for part in text.split(separator: "&") {
            let name = part.prefix { $0 != "=" }
            guard let decodedName = decoded(name, plusIsSpace: plusIsSpace),
                let value = decoded(part.dropFirst(name.count + 1), plusIsSpace: plusIsSpace)
            else { return nil }
            members.append((decodedName, value))
        }
        return members
    }

    /// What the text stands for; nil for a bad escape, and for what is not UTF-8 or has control characters.
    static func decoded(_ text: Substring, plusIsSpace: Bool = false) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = hexadecimal(rest.popFirst()), let low = hexadecimal(rest.popFirst()) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        guard let decoded = String(validating: bytes, as: UTF8.self),
            !decoded.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
        else { return nil }
        return decoded
    }

    private static func hexadecimal(_ byte: UInt8?) -> UInt8? {
        guard let byte else { return nil }
        return Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
    }
}
